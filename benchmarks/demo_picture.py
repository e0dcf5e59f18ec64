"""Draws the README's picture from a finished run: a row for each part."""

import argparse
from pathlib import Path

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


if __name__ == "__main__":
    main()
