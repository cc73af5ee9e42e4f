"""The reference of a document: one page that works offline, and the same as Markdown."""
