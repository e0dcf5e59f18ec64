"""A page on this machine that explains one image after the other."""

import dataclasses
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from tf_explainer.errors import InputError
from tf_explainer.explainer import Explanation
from tf_explainer.runs.explained_run import Asked, RunExplainer
from tf_explainer.runs.showing import picture_of_explanation
from tf_explainer.visualization.explanations import TOP, headline
from tf_explainer.visualization.style import number_text, percent_text

COLUMNS = ("what", "gives", "share", "row, column")
# Nobody else reaches the page.
_HOST = "127.0.0.1"
_DECIDED, _NONE = "what the CNN decides", "no other class"


@dataclasses.dataclass(frozen=True)
class Answer:
    """What the page shows of one image.

    Args:
        words: The question, its answer and whether to trust it.
        picture: Image, parts and bars.
        rows: `COLUMNS` of each part and of what is left; what they give adds
            up to the score, the last row.
    """

    words: str
    picture: Image.Image
    rows: list[list[str]]


def answer_of(
    explainer: RunExplainer,
    path: Path,
    target: str | None = None,
    against: str | None = None,
    top: int | None = None,
) -> Answer:
    """Explains one image as the page does.

    Args:
        explainer: The run's.
        path: The image file.
        target: See `Asked`.
        against: See `Asked`.
        top: How many parts the picture shows.

    Raises:
        InputError: If the image cannot be explained.
    """
    ((_, told),) = explainer.explain([path], Asked(target, against))
    if isinstance(told, str):
        raise InputError(f"This image cannot be explained: {told}.")
    picture, _ = picture_of_explanation(told, top)
    return Answer(headline(told), Image.open(io.BytesIO(picture)), _rows(told))


def _rows(told: Explanation) -> list[list[str]]:
    rows = [
        [
            part.name,
            number_text(part.contribution, 3),
            percent_text(part.share, 0),
            "absent" if part.place is None else _place(part.place),
        ]
        for part in told.parts
    ]
    others = {
        "ordinary track": told.ordinary,
        "together, and biases": told.rest,
        "score": told.score,
    }
    return rows + [
        [name, number_text(value, 3), "", ""] for name, value in others.items()
    ]


def _place(place: Sequence[float]) -> str:
    return ", ".join(number_text(one) for one in place)


def serve_page(run: Path, port: int) -> None:
    """Serves the page until it is stopped; others cannot reach it.

    Args:
        run: The `--out` folder of a run with an explainer.
        port: Where it listens. Gradio must be installed.

    Raises:
        InputError: If there is no such run, or the port is taken.
    """
    import gradio

    page = page_of(gradio, RunExplainer(run), run)
    # Fonts of the machine: none is asked for in the network.
    theme = gradio.themes.Default(
        font=["system-ui", "sans-serif"], font_mono=["ui-monospace"]
    )
    try:
        page.launch(
            server_name=_HOST,
            server_port=port,
            share=False,
            ssr_mode=False,
            theme=theme,
        )
    except OSError as error:
        raise InputError(
            f"`--port` must be free, received {port}: {error}"
        ) from error


def page_of(gradio: Any, explainer: RunExplainer, run: Path) -> Any:
    """Returns the page, which is not served yet.

    Args:
        gradio: The library.
        explainer: The run's.
        run: Where it lies.
    """
    names = explainer.explainer.class_names

    def answer(
        path: str | None, target: int, against: int, top: float
    ) -> tuple[Any, ...]:
        if path is None:
            return "", None, []
        why, why_not = (
            None if i < 0 else names[int(i)] for i in (target, against)
        )
        try:
            told = answer_of(explainer, Path(path), why, why_not, int(top))
        except InputError as error:
            raise gradio.Error(str(error), print_exception=False) from error
        return told.words, told.picture, told.rows

    with gradio.Blocks(
        title="Images explained by parts", analytics_enabled=False
    ) as page:
        gradio.Markdown(f"# Images explained by parts\n\nThe CNN of `{run}`.")
        with gradio.Row():
            with gradio.Column(scale=1):
                asked = _asked(gradio, names, explainer.explainer.encoder.parts)
            with gradio.Column(scale=3):
                shown = [
                    gradio.Textbox(label="answer", lines=2),
                    gradio.Image(label="what parts give", format="png"),
                    gradio.Dataframe(headers=[*COLUMNS], label="all numbers"),
                ]
        changes = [one.change for one in asked]
        gradio.on(changes, answer, asked, shown, api_name="explain")
    return page


def _asked(gradio: Any, names: Sequence[str], parts: int) -> list[Any]:
    """Where a person says what is asked; a class is handed on as its index."""
    classes = [(name, index) for index, name in enumerate(names)]
    top = max(parts, TOP)
    return [
        # The file as it was given: the run turns it, or does not.
        gradio.Image(
            type="filepath",
            image_mode=None,
            sources=["upload", "clipboard"],
            label="image",
        ),
        gradio.Dropdown([(_DECIDED, -1), *classes], value=-1, label="why"),
        gradio.Dropdown([(_NONE, -1), *classes], value=-1, label="and not"),
        gradio.Slider(1, top, TOP, step=1, label="parts shown"),
    ]
