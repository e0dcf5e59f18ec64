"""How well `trust` tells odd images from good ones, and what it is worth.

Of a run with an explainer: test images against noise, other images and
corrupted ones, by the area under the ROC curve (1 told apart, 0.5 chance);
beside it what the CNN's own highest score tells. And whether explanations of
images that it distrusts are worse: how often explainer and CNN then decide
alike, by fifths of `trust` over all of these images.

    python benchmarks/trust.py runs/demo
    python benchmarks/trust.py runs/mine --other 'photos/*.jpg' --json
"""

import argparse
import glob
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageFilter
from rich.console import Console
from sklearn.metrics import roc_auc_score

from tf_explainer.runs.explained_run import explained_folder
from tf_explainer.runs.job import Job

IMAGES = 300
FIFTHS = 5
Corrupt = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def noise(images: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Returns pixels that are evenly spread."""
    return draw.uniform(0, 255, images.shape)


def grain(images: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Returns the images under strong Gaussian noise."""
    return np.clip(images + draw.normal(0, 60, images.shape), 0, 255)


def blurred(images: np.ndarray, _: np.random.Generator) -> np.ndarray:
    """Returns the images out of focus."""
    blur = ImageFilter.GaussianBlur(images.shape[1] / 24)
    return np.stack([np.asarray(_picture(one).filter(blur)) for one in images])


def negative(images: np.ndarray, _: np.random.Generator) -> np.ndarray:
    """Returns the images with dark and bright exchanged."""
    return 255 - images


def upside_down(images: np.ndarray, _: np.random.Generator) -> np.ndarray:
    """Returns the images upside down."""
    return images[:, ::-1]


def shuffled(images: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """Returns the images with the cells of a 4 x 4 grid exchanged."""
    side = images.shape[1] // 4
    cells = [
        images[:, i * side : (i + 1) * side, j * side : (j + 1) * side]
        for i in range(4)
        for j in range(4)
    ]
    order = draw.permutation(16)
    rows = [
        np.concatenate([cells[i] for i in order[4 * k : 4 * k + 4]], axis=2)
        for k in range(4)
    ]
    found = images.copy()
    found[:, : 4 * side, : 4 * side] = np.concatenate(rows, axis=1)
    return found


CORRUPT: tuple[Corrupt, ...] = (
    *(noise, grain, blurred),
    *(negative, upside_down, shuffled),
)


def main(arguments: list[str] | None = None) -> None:
    """Prints the tables.

    Args:
        arguments: Those of the command line by default.
    """
    options = _parser().parse_args(arguments)
    folder = explained_folder(options.run)
    job = Job(folder.settings(), folder, Console(stderr=True))
    explainer, splits = job.explainer, job.dataset.splits
    train, test = (_some(splits[name]) for name in ("train", "test"))
    if (explainer(test[:1])["trust"].numpy() < 0).all():
        explainer.learn_typical(train)
    found = measured(explainer, test, _others(options.other, test.shape))
    if options.json:
        print(json.dumps(found, indent=2))
        return
    print("| test images against | trust | the CNN's highest score |")
    print("| --- | ---: | ---: |")
    for name, one in found["auc"].items():
        print(f"| {name} | {one['trust']:.2f} | {one['confidence']:.2f} |")
    print("\n| fifth by trust, lowest first | trust up to | decide alike |")
    print("| --- | ---: | ---: |")
    for number, one in enumerate(found["fifths"], start=1):
        print(f"| {number} | {one['trust']:.2f} | {one['alike']:.2f} |")


def measured(
    explainer: Any, test: np.ndarray, others: np.ndarray | None
) -> dict[str, Any]:
    """Returns areas under the curve by kind of image, and agreement by trust.

    Args:
        explainer: A trained explainer.
        test: Good images `(images, H, W, 3)`.
        others: Images of other things; `None` for none.
    """
    draw = np.random.default_rng(0)
    odd = {kind.__name__: kind(test, draw) for kind in CORRUPT}
    if others is not None:
        odd["other images"] = others
    good = _answers(explainer, test)
    told = {name: _answers(explainer, one) for name, one in odd.items()}
    auc = {
        name: {key: _area(good[key], one[key]) for key in good if key != "same"}
        for name, one in told.items()
    }
    every = [good, *told.values()]
    usual = np.concatenate([one["trust"] for one in every])
    same = np.concatenate([one["same"] for one in every])
    order = np.argsort(usual, kind="stable")
    fifths = [
        {"trust": float(usual[rows].max()), "alike": float(same[rows].mean())}
        for rows in np.array_split(order, FIFTHS)
    ]
    return {"auc": auc, "fifths": fifths}


def _answers(explainer: Any, images: np.ndarray) -> Mapping[str, np.ndarray]:
    told = explainer.predict(np.asarray(images, np.float32), verbose=0)
    scores, own = told["scores"], told["performer_scores"]
    return {
        "trust": told["trust"],
        "confidence": own.max(axis=-1),
        "same": scores.argmax(axis=-1) == own.argmax(axis=-1),
    }


def _area(good: np.ndarray, odd: np.ndarray) -> float:
    truth = np.repeat([1, 0], [len(good), len(odd)])
    return float(roc_auc_score(truth, np.concatenate([good, odd])))


def _some(split: Any) -> np.ndarray:
    images = np.concatenate([np.asarray(one) for one in split.batches(32)])
    chosen = np.linspace(0, len(images) - 1, min(IMAGES, len(images)))
    return images[chosen.astype(int)].astype(np.float32)


def _picture(image: np.ndarray) -> Image.Image:
    return Image.fromarray(image.astype(np.uint8))


def _others(pattern: str | None, shape: tuple[int, ...]) -> np.ndarray | None:
    if pattern is None:
        return None
    size = (shape[2], shape[1])
    found = [
        np.asarray(Image.open(path).convert("RGB").resize(size))
        for path in sorted(glob.glob(pattern))[:IMAGES]
    ]
    return np.stack(found)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--other", help="files of other images, a pattern")
    parser.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    main()
