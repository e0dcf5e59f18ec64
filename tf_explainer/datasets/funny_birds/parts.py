"""The parts of FunnyBirds and their colors in the part maps."""

# What an intervention removes; paired parts are one.
PARTS = ("beak", "eye", "foot", "tail", "wing")

# A landmark for each color of a part map, as in the data set's own code.
COLORS = {
    "beak": (255, 255, 0),
    "eye01": (255, 255, 253),
    "eye02": (255, 255, 254),
    "foot01": (255, 0, 1),
    "foot02": (255, 0, 2),
    "tail": (0, 0, 255),
    "wing01": (0, 255, 1),
    "wing02": (0, 255, 2),
}
