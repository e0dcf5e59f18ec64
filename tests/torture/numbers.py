"""No layer and no loss makes NaN of finite numbers."""

import random

import tensorflow as tf

from tests.torture.odd_maps import (
    FORMS,
    LAYERS,
    SHAPES,
    SIZES,
    check_filter_loss_of,
    check_layer_of,
    maps_of,
)
from tests.torture.promise import Budget, Outcome, promise
from tf_explainer.config.explainer import ExplainerSettings
from tf_explainer.losses import FILTER_LOSSES, FilterLoss


@promise(
    "finite numbers",
    "No layer and no filter loss makes NaN of finite maps, however odd.",
    "Maps of one filter in one image, 0, denormal, and up to the largest "
    "float32, constant, one hot, negative, of all sizes at once, through every "
    "layer; value and gradient of every filter loss.",
    share=0.5,
    quick=True,
)
def finite_numbers(budget: Budget, draw: random.Random) -> Outcome:
    """New maps until the time is over."""
    outcome = Outcome()
    losses = {kind: _loss(kind, draw) for kind in FILTER_LOSSES.names()}
    for _ in budget.cases(60, 4000):
        kind = draw.choice(SHAPES), draw.choice(SIZES), draw.choice(FORMS)
        maps = maps_of(*kind, seed=draw.randrange(10**9))
        outcome.cases += len(maps) * maps.shape[-1]
        for name in LAYERS:
            _checked(outcome, f"{name} of {kind}", check_layer_of, name, maps)
        if kind[0] == SHAPES[0]:
            name = draw.choice(list(losses))
            held = losses[name], tf.abs(maps)
            _checked(outcome, f"{name} of {kind}", check_filter_loss_of, *held)
    return outcome


def _checked(outcome, told, check, *arguments):
    try:
        check(*arguments)
    except AssertionError as error:
        outcome.check(False, f"{told}: {error}")


def _loss(kind, draw):
    settings = ExplainerSettings()
    return FilterLoss(
        kind,
        beta=settings.beta,
        peak_score=draw.choice((0.0, 1.0)),
        diversity=settings.diversity,
        diversity_reach=1,
        initial_weight=1.0,
    )
