"""Schemas as sets of values: a normal form, and how two of them differ."""
