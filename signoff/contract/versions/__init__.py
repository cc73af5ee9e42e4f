"""Upgrades documents of each OpenAPI version to the model's dialect, 3.1."""
