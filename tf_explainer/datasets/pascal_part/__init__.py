"""Pascal-Part: six animals of VOC2010 with their parts."""
