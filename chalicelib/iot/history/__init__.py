"""What a home's readings come to over a quarter of an hour, a day, a month. Pure.

A summary is a function of the set of readings that are stored, never a counter: whatever came late, twice or in another
order, the same readings give the same summary.
"""
