"""The doors of the REST API: one resource, one file, all on the pattern of `base.py`."""
