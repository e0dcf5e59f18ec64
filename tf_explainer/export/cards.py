"""The page that travels with an exported model."""

import re
from collections.abc import Mapping
from typing import Any

import jinja2


def model_card(result: Mapping[str, Any]) -> str:
    """Returns a model card as Markdown, with Hugging Face's headings.

    Args:
        result: Contents of `result.json`.

    Source:
        Mitchell et al. 2019, *Model Cards for Model Reporting*.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("tf_explainer", "export"),
        # Of pages alone; these are none.
        autoescape=jinja2.select_autoescape(),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["plain"] = _plain
    settings = result.get("settings", {})
    return environment.get_template("model_card.md.j2").render(
        data=result["data"],
        classes=result["data"]["categories"],
        parts=result.get("part_names", []),
        verdict=result.get("trust"),
        images=result["images"],
        seed=result["seed"],
        # Paths are the user's own affair.
        settings={
            name: value
            for name, value in settings.items()
            if value not in (None, "", [], {}) and "/" not in str(value)
        },
        measures=_measures(result),
        versions=[f"{k} {v}" for k, v in result["versions"].items()],
    )


def _plain(value: Any) -> str:
    """A text as it is: nothing in it is a tag, a link or a cell of a table."""
    text = " ".join(str(value).split())
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([\\`*_\[\]|])", r"\\\1", text)


def _measures(result: Mapping[str, Any]) -> dict[str, str]:
    found = {
        "accuracy of the CNN": _percent(result["performer"].get("accuracy")),
        "accuracy through the explainer": _percent(
            result["explainer"].get("accuracy")
        ),
        "same decision": _percent(result["explainer"].get("agreement")),
        "accuracy lost (Δ error), points": _number(result.get("delta_error")),
        "p, weight of the parts": _number(result.get("p")),
        "class score lost without the parts": _percent(
            result.get("contributions", {}).get("removal")
        ),
    }
    return {name: text for name, text in found.items() if text}


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.1f} %"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
