"""What a run does: every option of the command line, checked."""

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from tf_explainer.steps.check_option import check_option
from tf_explainer.steps.check_together import check_together
from tf_explainer.steps.data_options import DataOptions
from tf_explainer.steps.explainer_options import ExplainerOptions
from tf_explainer.steps.option import option
from tf_explainer.steps.performer_options import PerformerOptions


@dataclasses.dataclass(frozen=True)
class Settings(ExplainerOptions, PerformerOptions, DataOptions):
    """One field for each option; a field's help text says what it is.

    Values are checked and converted, such as `"a,b"` to a tuple.

    Raises:
        InputError: If a value has the wrong type or lies outside its limits.
    """

    full: bool = option(
        False,
        "Also measure on jittered crops, how peaks follow the image (which "
        "needs no landmarks), what it costs to cover them or to remove parts "
        "of drawn animals; takes long.",
        "measures",
    )
    batch_size: int = option(32, "Images at a time.", "speed", minimum=1)

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = check_option(field, getattr(self, field.name))
            object.__setattr__(self, field.name, value)
        check_together(self)

    def with_options(self, options: Mapping[str, Any]) -> "Settings":
        """Returns a copy with the options given; `None` is "not given"."""
        given = {k: v for k, v in options.items() if v is not None}
        return dataclasses.replace(self, **given)

    def to_json(self) -> dict[str, Any]:
        """Returns the settings as JSON values."""
        return json.loads(json.dumps(dataclasses.asdict(self), default=str))
