"""The parts that animals are made of."""

# The order is that of the landmarks, and 1 + index is the value in part maps.
# Paired parts (eyes, ears, legs …) are one part: removing it removes all.
PART_NAMES = (
    "head",
    "eyes",
    "ears",
    "horns",
    "muzzle",
    "beak",
    "trunk",
    "neck",
    "torso",
    "front_legs",
    "hind_legs",
    "wings",
    "tail",
)
