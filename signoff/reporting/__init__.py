"""Reports: one model of what they say, one writer for each format, and how commands are asked for them."""
