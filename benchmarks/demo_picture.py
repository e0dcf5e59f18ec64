"""Draws the README's pictures from a finished run.

A row for each part, and one image explained:

    python benchmarks/demo_picture.py runs/demo benchmarks/results/demo.png \\
        --explained benchmarks/results/why.png
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from tf_explainer.evaluation import load_observation
from tf_explainer.report import pick_images
from tf_explainer.runs.job import Job
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.visualization import filter_gallery, part_gallery
from tf_explainer.visualization.part_galleries import part_rows

ROWS = 6


def main(arguments: list[str] | None = None) -> None:
    """Writes the gallery of the parts as PNG; of filters without them.

    Args:
        arguments: Those of the command line by default.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="folder of the run")
    parser.add_argument("picture", type=Path, help="PNG file to write")
    parser.add_argument(
        "--explained", type=Path, help="PNG file of one image explained"
    )
    options = parser.parse_args(arguments)
    folder = OutFolder(options.run)
    job = Job(folder.settings(), folder, Console(stderr=True))
    observation = load_observation(folder.observation)
    has_parts = bool(part_rows(observation))
    draw = part_gallery if has_parts else filter_gallery
    rows = {"parts": ROWS} if has_parts else {"filters": ROWS}
    figure = draw(
        observation,
        lambda wanted: pick_images(job.dataset.splits["test"], wanted),
        columns=7,
        **rows,
    )
    figure.savefig(options.picture, dpi=90)
    if options.explained:
        why = explained_image(job, observation)
        why.plot().savefig(options.explained, dpi=110)


def explained_image(job: Job, observation: Any) -> Any:
    """Explains the first test image that both models get right.

    Against the class that the performer puts second.

    Args:
        job: The run.
        observation: What it showed.
    """
    scores = observation.performer_scores
    order = np.argsort(-scores, axis=1, kind="stable")
    labels = observation.splits["test"].labels
    right = (order[:, 0] == labels) & (
        observation.scores.argmax(axis=1) == labels
    )
    index = int(np.flatnonzero(right)[0])
    image = pick_images(job.dataset.splits["test"], [index])[index]
    return job.explainer.explain(image, against=int(order[index, 1]))


if __name__ == "__main__":
    main()
