"""The commands that draw what a finished run's units read: fields, grad-cam."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from tf_explainer.cli import COMMANDS
from tf_explainer.cli.request import RUN, start_tensorflow
from tf_explainer.config.data import MOST_PIXELS
from tf_explainer.config.explainer import MOST_PARTS
from tf_explainer.errors import InputError

_OUT = typer.Option(help="Folder to write to; RUN itself by default.")
_MOST_CHANNELS, _MOST_IMAGES = 65_535, 1000
_KINDS = ("parts", "filters", "top_conv")


@COMMANDS.register("fields")
def fields(
    run: Annotated[Path, RUN],
    of: Annotated[
        list[str] | None,
        typer.Option(
            help="What to draw: parts, filters of conv-interp-2, or top_conv, "
            "channels of the CNN's top conv-layer; several stand side by "
            "side. Parts by default, filters where there are none."
        ),
    ] = None,
    part: Annotated[
        list[int] | None,
        typer.Option(
            min=1,
            max=MOST_PARTS,
            help="Number of a part, from 1; may be repeated.",
        ),
    ] = None,
    filter: Annotated[
        list[int] | None,
        typer.Option(
            min=0,
            max=_MOST_CHANNELS,
            help="Number of a filter, from 0; may be repeated.",
        ),
    ] = None,
    channel: Annotated[
        list[int] | None,
        typer.Option(
            min=0,
            max=_MOST_CHANNELS,
            help="Number of a channel of the CNN's top conv-layer, from 0; "
            "may be repeated.",
        ),
    ] = None,
    patch: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MOST_PIXELS,
            help="Side of the square that covers the image, pixels; about a "
            "ninth of the image by default.",
        ),
    ] = None,
    stride: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MOST_PIXELS,
            help="Its step, pixels; a quarter of it by default.",
        ),
    ] = None,
    images: Annotated[
        int, typer.Option(min=1, max=_MOST_IMAGES, help="Images in a row.")
    ] = 5,
    quick: Annotated[
        bool,
        typer.Option(
            "--quick",
            help="Draw round fields where a unit answers, and cover nothing.",
        ),
    ] = False,
    out: Annotated[Path | None, _OUT] = None,
) -> None:
    """Draw what each part reads of its best test images, as fields.png.

    Small squares cover the image, one place after the other; where that
    lowers a part's response, the part reads the image.

    Examples:

      tf-explainer fields runs/mine

      tf-explainer fields runs/mine --part 1 --part 3 --patch 15 --images 8

      tf-explainer fields runs/mine --of filters --of top_conv

      tf-explainer fields runs/mine --quick
    """
    which = _asked(
        of or (), {"parts": part, "filters": filter, "top_conv": channel}
    )
    start_tensorflow()
    from tf_explainer.runs.pictures import FieldsAsked, draw_fields

    asked = FieldsAsked(which, patch, stride, images, quick)
    typer.echo(draw_fields(run, asked, out))


def _asked(
    of: Sequence[str], numbers: dict[str, list[int] | None]
) -> dict[str, list[int] | None]:
    """Kind to its numbers, of those that are asked for."""
    for kind in of:
        if kind not in _KINDS:
            raise InputError(
                f"`--of` must be one of {', '.join(_KINDS)}, received {kind!r}."
            )
    asked = {
        kind: numbers[kind] or None
        for kind in _KINDS
        if kind in of or numbers[kind]
    }
    if chosen := asked.get("parts"):
        # People count parts from 1, as their names do.
        asked["parts"] = [number - 1 for number in chosen]
    return asked


@COMMANDS.register("grad-cam")
def grad_cam(
    run: Annotated[Path, RUN],
    images: Annotated[
        int, typer.Option(min=1, max=_MOST_IMAGES, help="Test images.")
    ] = 6,
    category: Annotated[
        str | None,
        typer.Option(
            help="Whose score, and whose images; the one that the CNN sees in "
            "each image by default."
        ),
    ] = None,
    out: Annotated[Path | None, _OUT] = None,
) -> None:
    """Draw where class scores come from, by Grad-CAM, as grad_cam.png.

    At the CNN's top conv-layer, at the explainer's, and by part.

    Examples:

      tf-explainer grad-cam runs/mine

      tf-explainer grad-cam runs/mine --category cat --images 8
    """
    start_tensorflow()
    from tf_explainer.runs.pictures import draw_grad_cam

    typer.echo(draw_grad_cam(run, images, category, out))
