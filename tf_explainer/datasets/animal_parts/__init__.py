"""ILSVRC 2013 DET Animal-Part, in its authors' layout."""
