"""Heat maps of a real, tiny network, all asked the same."""

import keras
import numpy as np
import pytest

from tf_explainer.errors import InputError
from tf_explainer.evaluation import faithfulness
from tf_explainer.evaluation.causal import HEATS
from tf_explainer.evaluation.causal.heat_faithfulness import MEASURES
from tf_explainer.evaluation.causal.heat_scenes import class_scores
from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_images, toy_performer

FEW = ("center", "explainer", "random")


@pytest.fixture(scope="module")
def explainer():
    """With four parts, not trained."""
    explainer = Explainer.from_performer(toy_performer(), parts=4)
    explainer.calibrate(toy_images(4))
    return explainer


@pytest.fixture(scope="module")
def found(explainer):
    """Three heat maps on four of twelve images."""
    done = []
    numbers = faithfulness(
        explainer,
        toy_images(),
        count=4,
        steps=4,
        methods=FEW,
        batch_size=3,
        progress=done.append,
    )
    assert done == [3, 1]
    return numbers


def test_every_measure_of_every_heat_map(found):
    """A mean with its interval; what was asked stands beside them."""
    asked = {name: found[name] for name in ("images", "steps", "fill")}
    assert asked == {"images": 4, "steps": 4, "fill": "blur"}
    for measure in MEASURES:
        numbers = found[measure]
        names = {name for name in numbers if not name.endswith("_interval")}
        assert names == set(FEW)
        for name in names:
            low, high = numbers[f"{name}_interval"]
            assert low <= numbers[name] <= high
    for measure in ("deletion", "insertion"):
        assert all(0 <= found[measure][name] <= 1 for name in FEW)
    assert found["max_sensitivity"]["center"] == 0
    # Another heat for the least change.
    assert found["max_sensitivity"]["random"] > 0.2


def test_batches_do_not_matter(explainer, found):
    """Each image has its subsets; the noise is the same for all."""
    again = faithfulness(
        explainer, toy_images(), 4, 4, methods=FEW, batch_size=4
    )
    for measure in MEASURES:
        for name in FEW:
            assert found[measure][name] == pytest.approx(
                again[measure][name], abs=2e-3
            )


@pytest.mark.slow
def test_all_heat_maps_under_another_fill(explainer):
    """By default every one; a heat of 0 everywhere has no sensitivity."""
    found = faithfulness(explainer, toy_images(), 2, 2, fill="ring")
    for measure in ("deletion", "insertion", "mu_fidelity"):
        assert set(HEATS.names()) <= set(found[measure])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"steps": 1}, "`steps` must be 2 or more, received 1"),
        ({"count": 0}, "`count` must be 1 or more, received 0"),
        ({"batch_size": 0}, "`batch_size` must be 1 or more"),
        ({"fill": "blurr"}, "Did you mean 'blur'"),
        ({"methods": ("gradcam",)}, "`methods` must be a list.*grad_cam"),
        ({"methods": "random"}, "`methods` must be a list"),
        ({"images": np.zeros((2, 8, 8, 3))}, "`images` must hold images of"),
    ],
)
def test_what_does_not_fit_is_refused(explainer, wrong, words):
    """In one line that names the argument."""
    images = wrong.pop("images", toy_images())
    with pytest.raises(InputError, match=words):
        faithfulness(explainer, images, **wrong)


@pytest.mark.parametrize("end", ["softmax", "sigmoid", None])
def test_probabilities_are_the_performers(end):
    """Its own outputs, if these are some; of plain scores the softmax."""
    toy = toy_performer()
    last = keras.layers.Dense(3, activation=end, name="last")
    performer = keras.Model(toy.inputs[0], last(toy.layers[-2].output))
    explainer = Explainer.from_performer(performer, parts=4)
    found = class_scores(explainer)(toy_images(3)).shares
    own = np.asarray(performer(toy_images(3)))
    if end is None:
        own = np.asarray(keras.ops.softmax(own))
    np.testing.assert_allclose(found, own, atol=1e-5)
