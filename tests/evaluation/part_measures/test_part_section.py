"""The section `part_maps` of a whole result."""

import dataclasses
import json

import numpy as np
import pytest

from tf_explainer.evaluation.comparison import compare
from tf_explainer.evaluation.observation import (
    load_observation,
    save_observation,
)
from tf_explainer.evaluation.part_measures.observed import (
    EXPLAINER,
    ObservedParts,
)
from tf_explainer.evaluation.result import measure, validate_result

REST = {"settings": {}, "seed": 0, "versions": {}, "seconds": {}}


@pytest.fixture(scope="module")
def with_parts(made_observation, made_parts):
    """Maker of observations: names to what their parts follow."""

    def make(follows, noise=0.02, **kinds):
        observation = made_observation(**kinds)
        splits = {
            name: dataclasses.replace(
                split,
                parts={
                    one: made_parts(split.landmarks, follow, noise, seed)
                    for one, follow in follows.items()
                },
            )
            for seed, (name, split) in enumerate(observation.splits.items())
        }
        return dataclasses.replace(observation, splits=splits)

    return make


@pytest.fixture(scope="module")
def found(with_parts):
    """Two parts found, one that never moves, beside collapsed ones."""
    return with_parts({EXPLAINER: [0, 2, -1], "frame": [0, 0, 0, 0]})


def test_every_key_is_in_the_schema(found):
    """It validates, and the numbers say what was made."""
    result = measure(found)
    assert validate_result({**result, **REST}) is None
    section = result["part_maps"]
    assert set(section) == {
        *("parts", "nmi", "ari", "ami", "one_to_one", "one_to_one_found"),
        *("largest_share", "regression", "by_part", "controls"),
        *("nmi_interval", "ari_interval", "one_to_one_interval"),
    }
    # Three winners at three landmarks: the background is one of them.
    assert section["nmi"] == pytest.approx(100)
    assert section["one_to_one_found"] == 2
    assert section["one_to_one"] == pytest.approx(2 / 3, abs=0.02)
    assert section["controls"]["frame"]["parts"] == 4
    assert section["controls"]["frame"]["largest_share"] == 1


def test_parts_bear_names(found):
    """Those that tell their landmark; the others have none."""
    first, second, third = measure(found)["part_maps"]["by_part"]
    assert (first["landmark"], second["landmark"]) == ("head", "tail")
    assert first["skill"] > 0.9
    assert first["presence"] == pytest.approx(51 / 60)
    assert third == {"landmark": None, "presence": 1.0}


def test_collapse_does_not_win(with_parts):
    """Many parts on one landmark: less than one part each, in all numbers."""
    spread, collapsed = (
        measure(with_parts({EXPLAINER: follow}))["part_maps"]
        for follow in ([0, 1, 2], [0, 0, 0])
    )
    for name in ("nmi", "ari", "ami", "one_to_one", "one_to_one_found"):
        assert collapsed[name] < 0.8 * spread[name], name
    assert collapsed["largest_share"] > 2 * spread["largest_share"]
    assert collapsed["regression"] > 2 * spread["regression"]


def test_without_landmarks(with_parts):
    """Only how often each part is there."""
    observation = with_parts({EXPLAINER: [-1, -1]}, landmark_names=())
    result = measure(observation)
    assert validate_result({**result, **REST}) is None
    assert result["part_maps"] == {
        "parts": 2,
        "by_part": [{"landmark": None, "presence": 1.0}] * 2,
        "controls": {},
    }


def test_without_parts(observation):
    """An explainer without part maps has no section."""
    assert "part_maps" not in measure(observation)


def test_the_file_keeps_them(found, tmp_path):
    """Each array comes back; the same numbers follow."""
    save_observation(found, tmp_path / "observation.npz")
    again = load_observation(tmp_path / "observation.npz")
    for name, split in found.splits.items():
        assert set(again.splits[name].parts) == set(split.parts)
        assert set(again.splits[name].peaks) == set(split.peaks)
        for one, parts in split.parts.items():
            for field in dataclasses.fields(ObservedParts):
                np.testing.assert_array_equal(
                    getattr(again.splits[name].parts[one], field.name),
                    getattr(parts, field.name),
                )
    assert measure(again) == measure(found)


def test_two_runs_side_by_side(found, with_parts):
    """The numbers of both stand in the table of plain ones."""
    other = with_parts({EXPLAINER: [0, 0, 0]})
    table = compare(found, other)
    assert json.loads(json.dumps(table, allow_nan=False)) == table
    row = table["plain"]["part_maps_one_to_one_found"]
    assert row == {"one": 2, "other": 1}
    assert "part_maps_nmi" in table["plain"]
    assert not any("interval" in name for name in table["plain"])
