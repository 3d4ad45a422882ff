"""How simulated homes behave: pure functions of a seed and of the time of day, so that every run can be played again."""
