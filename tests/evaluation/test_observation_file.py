"""An observation comes back from disk as it went."""

import dataclasses
import json

import numpy as np
import pytest

from tf_explainer.errors import InputError
from tf_explainer.evaluation.observation import (
    load_observation,
    save_observation,
)


def test_round_trip(observation, tmp_path):
    """Every field and array, bit by bit."""
    path = tmp_path / "observation.npz"
    save_observation(observation, path)
    again = load_observation(path)
    for field in dataclasses.fields(observation):
        if field.name != "splits":
            np.testing.assert_equal(
                getattr(again, field.name), getattr(observation, field.name)
            )
    for name, split in observation.splits.items():
        other = again.splits[name]
        assert (other.files, other.skipped) == (split.files, split.skipped)
        np.testing.assert_array_equal(other.labels, split.labels)
        np.testing.assert_array_equal(other.landmarks, split.landmarks)
        assert set(other.peaks) == set(split.peaks)
        for layer, peaks in split.peaks.items():
            np.testing.assert_array_equal(
                other.peaks[layer].positions, peaks.positions
            )
            np.testing.assert_array_equal(
                other.peaks[layer].strengths, peaks.strengths
            )


def test_arrays_that_are_no_longer_read(observation, tmp_path):
    """A file that holds more than is asked for is read as any other."""
    path = tmp_path / "observation.npz"
    save_observation(observation, path)
    with np.load(path) as arrays:
        kept = dict(arrays)
    more = np.zeros(observation.splits["test"].peaks["target"].strengths.shape)
    np.savez(path, **kept, **{"test/target/entropies": more})
    assert set(load_observation(path).splits["test"].peaks) == set(
        observation.splits["test"].peaks
    )


def test_part_of_each_filter(observation, tmp_path):
    """It comes back; a file from before it was kept has none."""
    path = tmp_path / "observation.npz"
    owner = (0, 2, 1, 1, 0, 2, 2)
    save_observation(
        dataclasses.replace(observation, part_of_filter=owner), path
    )
    assert load_observation(path).part_of_filter == owner
    with np.load(path) as arrays:
        kept = dict(arrays)
    about = json.loads(str(kept["about"]))
    del about["part_of_filter"]
    np.savez(path, **{**kept, "about": np.array(json.dumps(about))})
    assert load_observation(path).part_of_filter == ()


def test_names_of_any_script(made_observation, tmp_path):
    """File and landmark names are text, not identifiers."""
    path = tmp_path / "observation.npz"
    odd = made_observation(("a/b", "尾", "<i>"), name="Тест")
    save_observation(odd, path)
    again = load_observation(path)
    assert again.landmark_names == odd.landmark_names
    assert again.name == odd.name


def test_missing_file(tmp_path):
    """The message names it."""
    with pytest.raises(InputError, match="gone.npz"):
        load_observation(tmp_path / "gone.npz")


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_truncated_file(observation, tmp_path, share):
    """A file cut short is refused with what to do."""
    path = tmp_path / "observation.npz"
    save_observation(observation, path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(InputError, match="evaluate again"):
        load_observation(path)


def test_other_format(tmp_path):
    """A file of a later version is refused."""
    path = tmp_path / "observation.npz"
    np.savez(path, about=np.array(json.dumps({"format": 99})))
    with pytest.raises(InputError, match="later version"):
        load_observation(path)


def test_pickle_is_refused(tmp_path):
    """Nothing in the file is executed."""
    path = tmp_path / "observation.npz"
    np.savez(path, about=np.array([{"format": 1}], dtype=object))
    with pytest.raises(InputError, match="no observation"):
        load_observation(path)


def test_other_ending(observation, tmp_path):
    """numpy would write to another name than asked."""
    with pytest.raises(InputError, match=".npz"):
        save_observation(observation, tmp_path / "observation.bin")
