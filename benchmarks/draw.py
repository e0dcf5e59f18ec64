"""How fast animals are drawn: in one process, and in one for each core."""

import argparse
import os
import time

from tf_explainer.datasets import draw_animal
from tf_explainer.datasets.drawn_animals.drawn_animals_dataset_builder import (
    draw_examples,
)


def main() -> None:
    """Prints images a second; the second line holds PNG coding as well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--size", type=int, default=96)
    options = parser.parse_args()
    for seed in range(20):
        draw_animal(seed, size=options.size)
    start = time.perf_counter()
    for seed in range(options.images // 4):
        draw_animal(seed, size=options.size)
    alone = options.images // 4 / (time.perf_counter() - start)
    print(f"one process: {alone:.0f} images a second")
    cores = os.cpu_count() or 1
    start = time.perf_counter()
    for _ in draw_examples(range(options.images), options.size, cores):
        pass
    together = options.images / (time.perf_counter() - start)
    print(f"{cores} processes: {together:.0f} examples a second")


if __name__ == "__main__":
    main()
