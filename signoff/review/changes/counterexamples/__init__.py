"""Counterexamples: values that keep one revision's schema and break the other's."""
