"""One file an animal: its measures, as `ANIMAL`."""
