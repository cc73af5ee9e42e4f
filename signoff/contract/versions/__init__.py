"""What it takes to bring each version family of OpenAPI to the one model."""
