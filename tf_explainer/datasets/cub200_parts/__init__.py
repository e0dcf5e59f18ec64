"""CUB-200-2011 with boxes and landmarks."""
