"""Settings that a search leaves as they are."""

from collections.abc import Mapping
from typing import Any

from keras_tuner.errors import FatalError

from tf_explainer.config.explainer import ExplainerSettings
from tf_explainer.config.schedule import Schedule
from tf_explainer.errors import InputError
from tf_explainer.tuning.space import usual_settings

CUT = ("target_layer", "replaced_layer", "reconstructed_layers")
NOT_BY_PROXY = {
    name: getattr(ExplainerSettings(), name)
    for name in ("diversity", "diversity_reach")
}
"""Fixed where the landmark-free proxy judges: it likes filters all alike."""


def fixed_by_proxy(fixed: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the fixed settings of a search that no landmark judges.

    Args:
        fixed: Settings that are not searched.
    """
    has_parts = usual_settings(fixed)["parts"]
    return dict(fixed) if has_parts else {**NOT_BY_PROXY, **fixed}


def check_names(fixed: Mapping[str, Any]) -> None:
    """Refuses what is no setting of an explainer or its schedule.

    Args:
        fixed: Name to value.

    Raises:
        InputError: If there is such a name; the message names those there are.
    """
    known = {
        *CUT,
        *ExplainerSettings.__dataclass_fields__,
        *Schedule.__dataclass_fields__,
    } - {"epochs", "negative_category"}
    unknown = sorted(set(fixed) - known)
    if unknown:
        raise InputError(
            f"`fixed` received {', '.join(unknown)}; settings are: "
            f"{', '.join(sorted(known))}."
        )


def check_fit_arguments(given: Mapping[str, Any]) -> None:
    """Refuses epochs that a tuner hands to `fit`.

    Args:
        given: Further arguments of `fit`.

    Raises:
        FatalError: If they hold epochs. Those of a trial belong to its
            schedule of two phases; keras-tuner's own Hyperband would go on
            from the weights of an earlier trial, whose second phase is over.
    """
    if "initial_epoch" in given:
        raise FatalError(
            "An explainer cannot go on from the weights of a trial with fewer "
            "epochs, whose parts stand still already. Take "
            'ExplainerTuner(model, oracle="hyperband"), which trains anew.'
        )
    if "epochs" in given:
        raise FatalError(
            "`epochs` is an argument of `ExplainerHyperModel`, not of "
            f"`search`, received {given['epochs']}."
        )
