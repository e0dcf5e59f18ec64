"""The parts that animals are made of."""

# The order is that of the landmarks, and 1 + index is the value in part maps.
# Paired parts (eyes, ears, legs …) are one part: leaving it out removes both.
PART_NAMES = (
    "head",
    "eyes",
    "ears",
    "horns",
    "muzzle",
    "beak",
    "trunk",
    "tusks",
    "neck",
    "mane",
    "torso",
    "front_legs",
    "hind_legs",
    "wings",
    "tail",
)
