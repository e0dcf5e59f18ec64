"""New images, explained by a run's explainer: pictures, a page, JSON."""

import base64
import dataclasses
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from tf_explainer.explainer import Explanation
from tf_explainer.report.explanation_page import page_templates
from tf_explainer.runs.explained_run import Asked, RunExplainer, name_text
from tf_explainer.runs.picture_files import (
    images_of,
    open_pictures,
    picture_names,
)
from tf_explainer.runs.terminal import count_bar
from tf_explainer.visualization.explanations import headline, show_explanation
from tf_explainer.whole_files import atomic_write

PAGE, NUMBERS = "explanations.html", "explanations.json"
# Dots an inch: 1150 pixels wide.
_DPI = 120
# Whom a bar would only disturb.
_FEW = 3


@dataclasses.dataclass(frozen=True)
class Shown:
    """What was made of images.

    Args:
        files: What was written: the page, the numbers, the pictures.
        numbers: `Explanation.to_dict` of each image.
        faults: The other images, each with the reason.
    """

    files: list[Path]
    numbers: list[dict[str, Any]]
    faults: dict[Path, str]


def show_images(
    run: Path,
    images: Sequence[Path],
    asked: Asked,
    top: int | None = None,
    out: Path | None = None,
    console: Console | None = None,
) -> Shown:
    """Writes a picture of each image, a page of all, and their numbers.

    Args:
        run: The `--out` folder of a run with an explainer.
        images: Files, and folders of which all images are taken.
        asked: What is asked of them.
        top: How many parts a picture shows; `None` for the usual number.
        out: Folder to write to; `shown` in the run's by default.
        console: Where progress is shown; standard error by default.

    Raises:
        InputError: If there is no such run or class, or if nothing can be
            written to `out`.
    """
    paths, explainer = images_of(images), RunExplainer(run)
    # What is refused must not leave a folder behind.
    explanations = explainer.explain(paths, asked)
    folder = open_pictures(out or Path(run) / "shown")
    names = picture_names(paths, folder)
    shown = Shown([], [], {})
    sections = []
    with _bar(paths, console) as done:
        for path, one in explanations:
            done(1)
            if isinstance(one, str):
                shown.faults[path] = one
                continue
            picture, words = picture_of_explanation(one, top)
            _write(folder / names[path], picture)
            shown.files.append(folder / names[path])
            shown.numbers.append(one.to_dict())
            sections.append(_section(one, picture, words))
    if sections:
        page = page_templates().get_template("explanations.html.j2")
        texts = {
            PAGE: page.render(shown=sections),
            NUMBERS: json_text(shown.numbers),
        }
        for name, text in texts.items():
            _write(folder / name, text.encode())
        shown.files[:0] = [folder / name for name in texts]
    return shown


def tell_images(
    run: Path,
    images: Sequence[Path],
    asked: Asked,
    console: Console | None = None,
) -> Shown:
    """Returns the numbers of images, and writes nothing.

    Args:
        run: See `show_images`.
        images: See `show_images`.
        asked: See `show_images`.
        console: See `show_images`.

    Raises:
        InputError: If there is no such run or class.
    """
    paths = images_of(images)
    shown = Shown([], [], {})
    with _bar(paths, console) as done:
        for path, one in RunExplainer(run).explain(paths, asked):
            done(1)
            if isinstance(one, str):
                shown.faults[path] = one
            else:
                shown.numbers.append(one.to_dict())
    return shown


def json_text(numbers: Sequence[Mapping[str, Any]]) -> str:
    """Returns a list as JSON, as a person reads it.

    Args:
        numbers: What is told of each image.
    """
    text = json.dumps(numbers, indent=2, allow_nan=False, ensure_ascii=False)
    return text + "\n"


def faults_text(faults: Mapping[Path, str]) -> str:
    """Returns in one line which images could not be explained, and why.

    Args:
        faults: Path to reason.
    """
    listed = [f"{name_text(path)} ({why})" for path, why in faults.items()]
    return f"could not be explained: {'; '.join(listed)}."


def _bar(paths: Sequence[Path], console: Console | None) -> Any:
    console = console or Console(stderr=True, quiet=len(paths) <= _FEW)
    return count_bar("explaining", len(paths), console)


def picture_of_explanation(
    explanation: Explanation, top: int | None = None
) -> tuple[bytes, str]:
    """Returns a picture as PNG, and in words what it shows.

    Args:
        explanation: Of one image.
        top: How many parts it shows; `None` for the usual number.
    """
    figure = show_explanation(explanation, top)
    # To press harder takes longer, and saves a tenth of the file.
    figure.savefig(
        file := io.BytesIO(),
        format="png",
        dpi=_DPI,
        pil_kwargs={"compress_level": 3},
    )
    return file.getvalue(), str(figure.get_label())


def _section(
    explanation: Explanation, picture: bytes, words: str
) -> dict[str, Any]:
    """What the page shows of one image; it is not drawn again."""
    text = base64.b64encode(picture).decode()
    return {
        "explanation": explanation,
        "headline": headline(explanation),
        "uri": f"data:image/png;base64,{text}",
        "alt": words,
    }


def _write(path: Path, content: bytes) -> None:
    with atomic_write(path) as beside:
        beside.write_bytes(content)
