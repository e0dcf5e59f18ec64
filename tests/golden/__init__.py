"""Files of the first release, which later versions must read."""
