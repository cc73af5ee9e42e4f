"""The behaviour of the saved reports API, for its mock."""
