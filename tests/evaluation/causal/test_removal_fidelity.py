"""Claims on parts, against what erasing their regions costs."""

import sys
import types

import numpy as np
import pytest

from tf_explainer.errors import InputError
from tf_explainer.evaluation.causal import FILLS, removal_fidelity
from tf_explainer.evaluation.causal.compared import Compared, fidelity_numbers
from tf_explainer.evaluation.causal.fidelity import erasure_losses
from tf_explainer.evaluation.causal.regions import Regions
from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_images, toy_performer

MODULE = sys.modules[removal_fidelity.__module__]
PARTS = 4


def bright_parts(count=6):
    """Black images whose four quadrants hold a patch of some brightness."""
    random = np.random.default_rng(0)
    images = np.zeros((count, 16, 16, 3), np.float32)
    masks = np.zeros((count, 16, 16, PARTS), np.float32)
    for part in range(PARTS):
        rows, columns = (
            slice(8 * place + 2, 8 * place + 6) for place in divmod(part, 2)
        )
        light = random.uniform(10, 255, (count, 1, 1, 3))
        images[:, rows, columns] = light
        masks[:, rows, columns, part] = random.uniform(0.5, 1, count)[
            :, None, None
        ]
    present = np.ones((count, PARTS), bool)
    return Regions(images, {}, np.zeros(count, int), None, masks, present)


def pixel_sums(images):
    """A linear performer: the sum of all pixels, and half of it in red."""
    total = np.asarray(images, np.float64).sum(axis=(1, 2))
    logits = np.stack([total.sum(axis=1), total[:, 0] / 2], axis=1)
    return types.SimpleNamespace(logits=logits, rebuilt=-logits)


def _lost(regions):
    """What a black fill takes away."""
    light = regions.images.sum(axis=-1, dtype=np.float64)
    return np.einsum("bhw,bhwk->bk", light, regions.masks)


def test_loss_of_a_linear_performer_is_known():
    """The light under the soft mask; the border's color is black."""
    regions = bright_parts()
    regions.present[1, 2] = False
    sizes = []

    def look(images):
        sizes.append(len(images))
        return pixel_sums(images)

    whole = pixel_sums(regions.images)
    lost, rescored = erasure_losses(
        look, regions, whole, regions.images, "border", 5
    )
    expected = np.where(regions.present, _lost(regions), np.nan)
    np.testing.assert_allclose(lost, expected, rtol=1e-5)
    np.testing.assert_array_equal(rescored, -lost)
    assert sizes == [5, 5, 5, 5, 3]


class Known:
    """An explainer whose parts and claims are known."""

    encoder = types.SimpleNamespace(parts=PARTS)
    examples = types.SimpleNamespace(shape=(16, 16, 3))


@pytest.fixture
def found(monkeypatch):
    """Who knows the loss, who has it upside down, who says nothing."""
    regions = bright_parts()
    lost = _lost(regions)
    claims = {"removal": lost, "gradient": -lost, "area": 0 * lost}
    monkeypatch.setattr(MODULE, "see", lambda *_: pixel_sums)
    monkeypatch.setattr(MODULE, "region_claims", lambda *_: dict(claims))
    monkeypatch.setattr(
        MODULE, "Regions", types.SimpleNamespace(of=lambda *_: regions)
    )
    return removal_fidelity(Known(), regions.images, fills=("border", "ring"))


def test_who_knows_the_loss_is_right(found):
    """1, and its negative −1; the score that falls, too."""
    for numbers in (*found["fills"].values(), found["mean"]):
        assert numbers["removal"] == pytest.approx(1)
        assert numbers["removal_interval"] == pytest.approx([1, 1])
        assert numbers["gradient"] == pytest.approx(-1)
        assert numbers["rescoring"] == pytest.approx(-1)
        assert -1 <= numbers["chance"] < 1
        assert "area" not in numbers
    assert found["images"] == 6 and list(found["fills"]) == ["border", "ring"]


def test_how_far_removal_lies_above_its_controls(found):
    """Image by image, so that the mean is the difference of the means."""
    (name,) = (one for one in found["above"] if "interval" not in one)
    mean = found["mean"]
    expected = mean["removal"] - mean[name]
    assert name == "chance"
    assert found["above"][name] == pytest.approx(expected)
    low, high = found["above"][f"{name}_interval"]
    assert low <= expected <= high and expected > 0


def test_images_with_too_few_parts_do_not_count():
    """Two parts have no order; nor have parts that all cost the same."""
    lost = np.array(
        [[1.0, 2, 3], [np.nan, 1, 2], [4, 4, 4], [np.nan, np.nan, np.nan]]
    )
    claim = np.array([[0.1, 0.3, 0.2], [9, 2, 1], [1, 2, 3], [1, 2, 3]])
    there = ~np.isnan(lost)
    found = fidelity_numbers(
        Compared(there, {"area": claim}, {"blur": lost}, {"blur": lost})
    )
    assert found["images"] == 1
    assert found["mean"] == {"area": pytest.approx(0.5), "rescoring": 1}
    nothing = Compared(there[1:], {}, {"blur": lost[1:]}, {"blur": lost[1:]})
    assert fidelity_numbers(nothing) == {"images": 0}


@pytest.fixture(scope="module")
def explainer():
    """With four parts, trained for a moment."""
    explainer = Explainer.from_performer(toy_performer(), parts=PARTS)
    explainer.fit(toy_images(), epochs=16, batch_size=6, verbose=0, seed=0)
    return explainer


@pytest.mark.slow
def test_numbers_of_a_real_network(explainer):
    """Every claim under every fill; one seed, one result."""
    found = removal_fidelity(explainer, toy_images(), batch_size=5)
    assert 0 < found["images"] <= 12
    assert set(found["fills"]) == set(FILLS.names())
    claims = {
        *("removal", "shapley", "gradient", "area", "chance", "rescoring"),
        *("grad_cam", "integrated_gradients", "target_erasure"),
    }
    ends = {f"{name}_interval" for name in claims}
    assert set(found["mean"]) == claims | ends
    for name in claims:
        several = [fill[name] for fill in found["fills"].values()]
        assert found["mean"][name] == pytest.approx(np.mean(several))
    again = removal_fidelity(explainer, toy_images(), batch_size=12)
    assert again["images"] == found["images"]
    assert again["mean"]["area"] == pytest.approx(found["mean"]["area"])


def test_needs_parts():
    """And says so; filters have no regions."""
    alone = Explainer.from_performer(toy_performer(), parts=0)
    with pytest.raises(InputError, match="`explainer` must have parts"):
        removal_fidelity(alone, toy_images())


@pytest.mark.slow
def test_some_claims_alone(explainer):
    """Who is not asked is not there; without removal there is no chance."""
    found = removal_fidelity(
        explainer, toy_images(), 12, ("blur",), claims=("area",)
    )
    assert {"area", "rescoring"} <= set(found["mean"])
    assert not {"removal", "chance", "grad_cam"} & set(found["mean"])
    assert "above" not in found
    with pytest.raises(InputError, match="`claims` must be a list.*removal"):
        removal_fidelity(explainer, toy_images(), claims=("remove",))


@pytest.mark.parametrize("fills", [(), "ring", ("rink",)])
def test_fills_are_named(explainer, fills):
    """A list of known ones; a typing error is told."""
    with pytest.raises(InputError, match="ring"):
        removal_fidelity(explainer, toy_images(), fills=fills)
