"""Faults to plant in the example server, one at a time, and correct variants that must not be accused."""
