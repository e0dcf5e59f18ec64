"""One file a part: how its shapes follow from a few measures."""
