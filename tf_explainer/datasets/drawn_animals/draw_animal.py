"""stub, the real drawing follows"""
import numpy as np
from tf_explainer.datasets.drawn_animals.categories import CATEGORIES
from tf_explainer.datasets.drawn_animals.drawing import Drawing
from tf_explainer.datasets.drawn_animals.part_names import PART_NAMES

def draw_animal(seed, category=None, size=96, without=()):
    rng = np.random.default_rng(seed)
    label = int(rng.integers(len(CATEGORIES)))
    if category is None:
        category = CATEGORIES[label]
    label = CATEGORIES.index(category)
    image = rng.integers(0, 60, (size, size, 3)).astype("uint8")
    part_map = np.zeros((size, size), "uint8")
    landmarks = np.full((len(PART_NAMES), 2), np.nan, "float32")
    for part in range(len(PART_NAMES)):
        if PART_NAMES[part] in without or (part + label) % 4 == 0:
            continue
        y, x = 0.2 + 0.6 * rng.random(2)
        r, c = int(y * size), int(x * size)
        landmarks[part] = y, x
        part_map[r-4:r+4, c-4:c+4] = part + 1
        image[r-4:r+4, c-4:c+4] = 20 * part
    return Drawing(image, part_map, landmarks, category, PART_NAMES, seed)
