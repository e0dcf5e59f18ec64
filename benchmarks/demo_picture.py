"""Draws the README's picture from a finished run."""

import argparse
import json
from pathlib import Path

from tf_explainer.datasets import open_dataset
from tf_explainer.evaluation import load_observation
from tf_explainer.report import pick_images
from tf_explainer.visualization import filter_gallery


def main() -> None:
    """Writes the gallery of the best filters as PNG."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", type=Path, help="folder of the run")
    parser.add_argument("picture", type=Path, help="PNG file to write")
    options = parser.parse_args()
    settings = json.loads((options.run / "result.json").read_text())["settings"]
    data = open_dataset(settings["data"], settings["image_size"] or 96)
    observation = load_observation(
        options.run / ".tf_explainer" / "observation.npz"
    )
    figure = filter_gallery(
        observation,
        lambda wanted: pick_images(data.splits["test"], wanted),
        filters=5,
        columns=7,
    )
    figure.savefig(options.picture, dpi=90)


if __name__ == "__main__":
    main()
