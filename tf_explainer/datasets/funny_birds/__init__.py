"""FunnyBirds, rendered birds with maps of their parts."""
