"""Explanations of single images, as HTML."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jinja2

from tf_explainer.explainer import Explanation
from tf_explainer.report.pictures import figure_uri
from tf_explainer.visualization.explanations import headline, show_explanation
from tf_explainer.visualization.style import number_text, percent_text


def explanation_html(explanation: Explanation, top: int | None = None) -> str:
    """Returns what a notebook shows of an explanation: picture and table.

    Args:
        explanation: Of one image.
        top: How many parts to show.
    """
    template = page_templates().get_template("explanation.html.j2")
    return template.render(one=_shown(explanation, top))


def write_explanations(
    path: Path, explanations: Sequence[Explanation], top: int | None = None
) -> None:
    """Writes a page of explanations that needs no network and no other file.

    Args:
        path: The file to write.
        explanations: One for each image.
        top: How many parts to show of each.
    """
    template = page_templates().get_template("explanations.html.j2")
    page = template.render(shown=[_shown(one, top) for one in explanations])
    Path(path).write_text(page, encoding="utf-8")


def page_templates() -> jinja2.Environment:
    """Returns this room's templates; what they are given is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("tf_explainer", "report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=number_text, percent=percent_text)
    return environment


def _shown(explanation: Explanation, top: int | None) -> dict[str, Any]:
    figure = show_explanation(explanation, top)
    return {
        "explanation": explanation,
        "headline": headline(explanation),
        "uri": figure_uri(figure),
        "alt": figure.get_label(),
    }
