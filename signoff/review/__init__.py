"""The review of a document: what is wrong in it, and what a change of it means for its users."""
