"""How far a setting is searched."""

import keras_tuner

# On a logarithmic scale: what counts is the order of magnitude.
_MAGNITUDES = {
    "eta": (0.03, 10.0),
    "learning_rate": (5e-5, 2e-3),
    "frozen_learning_rate": (1e-4, 3e-3),
    "peak_score": (0.005, 1.0),
    "filter_weight": (0.1, 60.0),
}
_AMOUNTS = {
    "score_weight": (0.0, 3.0),
    "silence": (0.0, 0.7),
    "ordinary_dropout": (0.0, 0.7),
    "diversity": (0.0, 2.0),
    "stray_limit": (0.0, 0.6),
}
_COUNTS = {"diversity_reach": (0, 1)}


def searched_number(
    hp: keras_tuner.HyperParameters,
    name: str,
    default: float,
    between: tuple[float, float] | None = None,
) -> float | None:
    """Returns what a trial takes for one setting.

    Args:
        hp: Hyperparameters of a trial.
        name: The setting.
        default: Where the search begins; the range is widened to hold it.
        between: The range, if it is not the setting's usual one.

    Returns:
        The value, or `None` in a conditional scope that is not active.
    """
    kinds = {**_MAGNITUDES, **_AMOUNTS, **_COUNTS}
    least, most = between or kinds[name]
    least, most = min(least, default), max(most, default)
    if name in _COUNTS:
        return hp.Int(name, int(least), int(most), default=int(default))
    sampling = "log" if name in _MAGNITUDES else "linear"
    return hp.Float(name, least, most, sampling=sampling, default=default)
