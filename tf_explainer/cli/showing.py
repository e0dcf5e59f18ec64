"""The commands for a person with new images: show, name, app."""

import importlib.util
from pathlib import Path
from typing import Annotated

import typer

from tf_explainer.cli import COMMANDS
from tf_explainer.cli.request import RUN, start_tensorflow
from tf_explainer.config.explainer import MOST_PARTS
from tf_explainer.errors import InputError


@COMMANDS.register("show")
def show(
    run: Annotated[Path, RUN],
    images: Annotated[
        list[Path],
        typer.Argument(
            metavar="IMAGE...",
            help="Image files, or folders of which all images are taken.",
        ),
    ],
    target: Annotated[
        str | None,
        typer.Option(
            help="Class whose score is explained, by name or number; what the "
            "CNN decides by default."
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(help="Class whose score is taken off: why not this one?"),
    ] = None,
    top: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=MOST_PARTS,
            help="Parts that a picture shows, those that give most; 5 by "
            "default.",
        ),
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            help="How what a part gives is counted: removal, shapley or "
            "gradient; removal by default."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder to write to; RUN/shown by default."),
    ] = None,
    json: Annotated[
        bool,
        typer.Option("--json", help="Print the numbers, and write nothing."),
    ] = False,
) -> None:
    """Explain new images: a picture of each, a page of all, and numbers.

    Writes explanations.html, explanations.json and one PNG an image. An
    image that cannot be read is named at the end; all others are explained.

    Examples:

      tf-explainer show runs/mine my_cat.jpg

      tf-explainer show runs/mine photos/ --target cat --against dog

      tf-explainer show runs/mine my_cat.jpg --json
    """
    if json and (top or out):
        raise InputError(
            "`--json` prints all numbers and writes nothing; leave out --top "
            "and --out, or --json."
        )
    start_tensorflow()
    from tf_explainer.runs.explained_run import Asked
    from tf_explainer.runs.showing import (
        faults_text,
        json_text,
        show_images,
        tell_images,
    )

    asked = Asked(target, against, kind)
    if json:
        shown = tell_images(run, images, asked)
        typer.echo(json_text(shown.numbers), nl=False)
    else:
        shown = show_images(run, images, asked, top, out)
        for file in shown.files:
            # The page has the pictures.
            if file.suffix != ".png":
                typer.echo(file)
    if shown.faults:
        raise InputError(faults_text(shown.faults))


@COMMANDS.register("name")
def name(
    run: Annotated[Path, RUN],
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="NUMBER=NAME...",
            help="Number of a part and its name; no name gives the number "
            "back.",
        ),
    ] = None,
) -> None:
    """Give parts names of your own, or list what they are called.

    The explainer, the report and the served model take them; nothing is
    measured anew.

    Examples:

      tf-explainer name runs/mine

      tf-explainer name runs/mine 3=head 5=tail

      tf-explainer name runs/mine 3=
    """
    start_tensorflow()
    from tf_explainer.runs.naming import name_parts_of_run, parts_of_run

    found = name_parts_of_run(run, names) if names else parts_of_run(run)
    for number, part in enumerate(found, start=1):
        absent = "  (in no image)" if part.is_silent else ""
        typer.echo(f"{number:>3}  {part.name}{absent}")


@COMMANDS.register("app")
def app(
    run: Annotated[Path, RUN],
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Where the page listens.")
    ] = 7860,
) -> None:
    """Open a page on this machine that explains images dropped into it.

    It needs Gradio: pip install 'tf_explainer[app]'. No other machine can
    reach it; Ctrl-C ends it.

    Examples:

      tf-explainer app runs/mine
    """
    if importlib.util.find_spec("gradio") is None:
        raise InputError(
            "`app` needs Gradio, which is not installed: pip install "
            "'tf_explainer[app]'"
        )
    start_tensorflow()
    from tf_explainer.runs.live_page import serve_page

    serve_page(run, port)
