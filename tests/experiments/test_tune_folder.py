"""The `--out` folder of a search, and the options stored in it."""

import pytest

from tf_explainer.config.settings import Settings
from tf_explainer.errors import InputError
from tf_explainer.experiments.search_folder import open_tune_folder
from tf_explainer.runs.out_folder import OutFolder


def opened_search(*arguments, **options):
    """Returns what an open folder holds; it is closed again."""
    with open_tune_folder(*arguments, **options) as found:
        return found


def _begun(path, options):
    """A search whose performer is there."""
    folder, _, _ = opened_search(path, options)
    folder.performer.finish("performer", {})
    return folder


def test_options_are_kept_for_resume(tmp_path):
    """They need not be given again; what was not given stays open."""
    out = tmp_path / "tune"
    options = {"eta": 2.0, "categories": ["a,b"], "data": "x", "trials": None}
    _, settings, given = opened_search(out, options)
    assert (settings.eta, settings.trials) == (2.0, 20)
    assert given == {"eta": 2.0, "categories": ("a,b",), "data": "x"}
    folder, again, kept = opened_search(out, {"trials": 30}, resume=True)
    assert again.eta == 2.0 and again.trials == 30
    assert kept == {**given, "trials": 30}
    _, third, _ = opened_search(out, {"data": "x"}, resume=True)
    assert third == again
    assert folder.is_ours() and not OutFolder(out).is_ours()


def test_failed_start_does_not_block(tmp_path):
    """Nothing was done yet: other options begin anew, or go on."""
    opened_search(tmp_path, {"data": "typo", "eta": 2.0})
    flags = {"resume": True}
    _, settings, _ = opened_search(tmp_path, {"data": "right"}, **flags)
    assert (settings.data, settings.eta) == ("right", 2.0)
    _, settings, given = opened_search(tmp_path, {"data": "third"})
    assert settings.eta is None and given == {"data": "third"}


def test_other_options_are_refused_on_resume(tmp_path):
    """The trials done before would mean something else."""
    _begun(tmp_path, {"eta": 2.0})
    with pytest.raises(InputError, match="--eta was 2.0, received 3.0"):
        opened_search(tmp_path, {"eta": 3.0}, resume=True)
    with pytest.raises(InputError, match="--silence was not given"):
        opened_search(tmp_path, {"silence": 0.1}, resume=True)


def test_an_earlier_search_is_not_lost(tmp_path):
    """Only on request, and then nothing of anybody else's."""
    folder = _begun(tmp_path, {})
    folder.best.write_text("eta = 1.0\n")
    own = tmp_path / "notes.txt"
    own.write_text("mine")
    with pytest.raises(InputError, match="holds an earlier search"):
        opened_search(tmp_path, {})
    with pytest.raises(InputError, match="received both"):
        opened_search(tmp_path, {}, resume=True, overwrite=True)
    opened_search(tmp_path, {}, overwrite=True)
    assert not folder.best.exists() and own.read_text() == "mine"


def test_folders_of_others_are_left_alone(tmp_path):
    """Other files, a run, a file in the folder's place."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "notes.txt").write_text("mine")
    OutFolder(tmp_path / "b").store_settings(Settings())
    for name in "ab":
        for flags in ({}, {"resume": True}, {"overwrite": True}):
            with pytest.raises(InputError, match="tf-explainer did not write"):
                opened_search(tmp_path / name, {}, **flags)
    with pytest.raises(InputError, match="received the file"):
        opened_search(tmp_path / "a" / "notes.txt", {})


@pytest.mark.parametrize(
    "options, match",
    [
        ({"trials": 0}, "`--trials` must be >= 1"),
        ({"objective": "skil"}, "'skil'. Did you mean 'skill'"),
        ({"validation_share": 1.0}, "`--validation-share` must be <= 0.99"),
        ({"min_p": 2.0}, "`--min-p` must be <= 1"),
    ],
)
def test_wrong_options(tmp_path, options, match):
    """Told before anything is written."""
    with pytest.raises(InputError, match=match):
        opened_search(tmp_path / "out", options)
    assert not (tmp_path / "out").exists()
