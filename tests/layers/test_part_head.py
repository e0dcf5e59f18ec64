"""PartHead: K maps that compete, and where their peaks are."""

import keras
import numpy as np
import pytest
from scipy import special

from tf_explainer.layers import PartHead, part_places
from tf_explainer.layers.part_head import LEAST_PRESENCE
from tf_explainer.testing import check_layer

TARGET = np.random.default_rng(0).normal(2, 3, (4, 6, 5, 7)).astype("float32")


def test_contract():
    """Round trips, XLA, mixed precision."""
    check_layer(PartHead, {"parts": 3, "hidden": 4}, TARGET)


def test_maps_compete():
    """At each unit they add up to 1, the background included."""
    maps = np.asarray(PartHead(3)(TARGET))
    assert maps.shape == (4, 6, 5, 4)
    np.testing.assert_allclose(maps.sum(axis=-1), 1.0, rtol=1e-5)
    assert (maps > 0).all()


def test_inputs_are_standardized():
    """A channel in other units changes nothing once it is known."""
    head, other = PartHead(3), np.float32([1, 1, 10, 1, 1, 1, 1])
    expected = None
    for target in (TARGET, TARGET * other):
        head(target)
        head.standardize(target.mean((0, 1, 2)), target.std((0, 1, 2)))
        seen = np.asarray(head.standardized(target))
        np.testing.assert_allclose(seen.mean((0, 1, 2)), 0, atol=1e-4)
        np.testing.assert_allclose(seen.std((0, 1, 2)), 1, rtol=1e-3)
        maps = np.asarray(head(target))
        if expected is not None:
            np.testing.assert_allclose(maps, expected, atol=1e-5)
        expected = maps


def test_a_still_channel_is_not_divided_by_zero():
    """Its deviation is a thousandth of the largest one at least."""
    head = PartHead(2)
    head(TARGET)
    head.standardize(np.zeros(7), [0, 2, 1, 1, 1, 1, 1])
    np.testing.assert_allclose(head.deviation[:2], [0.002, 2])


def test_silent_parts_are_nowhere():
    """And stay so; what they had goes to the others."""
    head = PartHead(3)
    head(TARGET)
    head.silence_parts([True, False, False])
    head.silence_parts([False, False, False])
    maps = np.asarray(head(TARGET))
    assert maps[..., 0].max() < 1e-6
    np.testing.assert_allclose(maps.sum(axis=-1), 1.0, rtol=1e-5)


def test_log_odds_by_definition():
    """log(map / (1 - map)), and still growing where the map is 1."""
    keras.utils.set_random_seed(0)
    head = PartHead(3)
    head(TARGET)
    # Rounded to float32, a map near 1 has no log-odds worth the name.
    logits = np.asarray(head.logits(TARGET), np.float64)
    maps = special.softmax(logits, axis=-1)[..., :3]
    expected = np.log(maps / (1 - maps))
    np.testing.assert_allclose(
        head.log_odds(TARGET), expected, rtol=1e-4, atol=1e-4
    )
    head.conv_2.kernel.assign(1000 * head.conv_2.kernel)
    sure = np.asarray(head(TARGET))[..., :3].max(axis=(1, 2)) == 1
    odds = np.asarray(head.log_odds(TARGET)).max(axis=(1, 2))[sure]
    assert len(odds) > 1 and np.isfinite(odds).all() and np.ptp(odds) > 1


def test_place_lies_between_equal_units():
    """And units further than two away do not pull."""
    maps = np.zeros((1, 7, 7, 2), "float32")
    maps[0, 1, 2, 0] = maps[0, 1, 3, 0] = 0.8
    maps[0, 6, 6, 0] = 0.79
    row, column, presence = (np.asarray(one)[0] for one in part_places(maps))
    assert row[0] == 1 and column[0] == 2.5
    assert presence[0] == pytest.approx(0.8) and presence[1] == 0


def test_place_by_definition():
    """Fourth powers within two rows and columns together."""
    maps = np.random.default_rng(0).uniform(0, 1, (1, 6, 5, 1))
    row, column, _ = part_places(maps.astype("float32"))
    flat = maps[0, ..., 0]
    top = np.unravel_index(flat.argmax(), flat.shape)
    total, place = 0.0, np.zeros(2)
    for unit in np.ndindex(flat.shape):
        if abs(unit[0] - top[0]) + abs(unit[1] - top[1]) <= 2:
            total += flat[unit] ** 4
            place += flat[unit] ** 4 * np.array(unit)
    found = [float(row[0, 0]), float(column[0, 0])]
    np.testing.assert_allclose(found, place / total, rtol=1e-5)


def test_faint_maps_have_a_place():
    """Their fourth power would be no float32."""
    maps = np.full((1, 5, 5, 1), 1e-12, "float32")
    maps[0, 3, 1, 0] = 1e-11
    row, column, presence = part_places(maps)
    assert float(row[0, 0]) == pytest.approx(3, abs=1e-2)
    assert float(column[0, 0]) == pytest.approx(1, abs=1e-2)
    assert presence[0, 0] < LEAST_PRESENCE


@pytest.mark.parametrize("name", ["parts", "hidden"])
def test_bad_counts(name):
    """They are named."""
    with pytest.raises(ValueError, match=f"`{name}`.*received 0"):
        PartHead(**{"parts": 2, name: 0})
