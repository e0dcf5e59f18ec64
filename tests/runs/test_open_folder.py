"""The `--out` folder is opened only where nothing can be lost."""

import errno

import pytest

from tf_explainer.errors import InputError
from tf_explainer.experiments.search_folder import open_tune_folder
from tf_explainer.runs.opening import open_folder
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.runs.step_order import STEPS, steps_after

ALL = tuple(STEPS)


def opened(*arguments, **options):
    """Returns what an open folder holds; it is closed again."""
    with open_folder(*arguments, **options) as found:
        return found


def opened_search(*arguments, **options):
    """Returns what an open folder holds; it is closed again."""
    with open_tune_folder(*arguments, **options) as found:
        return found


def _finished_run(path, **options):
    folder, settings = opened(path, ALL, options)
    for step in STEPS:
        for name in STEPS[step].leaves:
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_text(step)
        folder.add_seconds(step, 1.0)
        folder.finish(step, {"history": {}})
    return folder


def _open_run(path, options):
    return opened(path, ALL, options)


def test_new_folder_stores_settings(tmp_path):
    """A second look at the folder gives the same settings."""
    folder, settings = opened(tmp_path / "a" / "b", ALL, {"epochs": 3})
    assert settings.epochs == 3
    assert OutFolder(folder.path).settings() == settings


@pytest.mark.parametrize("flags", [{}, {"resume": True}, {"overwrite": True}])
def test_foreign_folder_is_refused(tmp_path, flags):
    """A folder with files of others is never touched, whatever the flag."""
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(InputError, match="`--out` holds files that"):
        opened(tmp_path, ALL, {}, **flags)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_file_is_refused(tmp_path):
    """`--out` may not be a file."""
    (tmp_path / "out").write_text("")
    with pytest.raises(InputError, match="must be a folder, received"):
        opened(tmp_path / "out", ALL, {})


def test_folder_that_cannot_be_written(tmp_path):
    """A path through a file is the user's to mend."""
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        opened(tmp_path / "file" / "out", ALL, {})


@pytest.mark.parametrize("open_it", [_open_run, opened_search])
def test_disk_full_at_the_first_write(tmp_path, monkeypatch, open_it):
    """The same command works when there is space again."""

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("tf_explainer.whole_files._flush", full)
        with pytest.raises(OSError, match="No space"):
            open_it(tmp_path, {"epochs": 3})
    (tmp_path / ".tf_explainer" / "lock").write_text("")
    (tmp_path / ".tf_explainer" / ".writing-settings.json").write_text("{")
    assert open_it(tmp_path, {"epochs": 3})[1].epochs == 3


@pytest.mark.parametrize("name", [".tf_explainer/notes", "figures/lock"])
def test_what_is_no_trace_is_refused(tmp_path, name):
    """Nor is a folder of somebody's, even an empty one, taken for free."""
    (tmp_path / name).mkdir(parents=True)
    (tmp_path / name / "own.txt").write_text("mine")
    with pytest.raises(InputError, match="did not write"):
        opened(tmp_path, ALL, {})


def test_run_of_another_version(tmp_path):
    """Settings that this version does not know cannot be gone on with."""
    folder = _finished_run(tmp_path)
    stored = {**folder.settings().to_json(), "gamma": 1}
    folder.write_json(tmp_path / ".tf_explainer" / "settings.json", stored)
    with pytest.raises(InputError, match="another version"):
        opened(tmp_path, ALL, {}, resume=True)
    opened(tmp_path, ALL, {}, overwrite=True)


@pytest.mark.parametrize(
    "text", ["{}", "", "[]", "{", '{"epochs": 3}', "null", "\x00\xff"]
)
@pytest.mark.parametrize("name", ["settings", "performer", "seconds"])
def test_damaged_files_are_named(tmp_path, name, text):
    """Nothing that is lost becomes a default; `--overwrite` begins anew."""
    folder = _finished_run(tmp_path, epochs=7)
    file = tmp_path / ".tf_explainer" / f"{name}.json"
    file.write_text(text, encoding="latin-1")
    read = {
        "settings": folder.settings,
        "seconds": folder.seconds,
        "performer": lambda: folder.record("performer"),
    }[name]
    if name == "settings" or not text.startswith("{") or text == "{":
        with pytest.raises(InputError, match=f"{name}.json"):
            read()
    if name == "settings":
        for steps in (ALL, ["report"]):
            with pytest.raises(InputError, match="settings.json is damaged"):
                opened(tmp_path, steps, {}, resume=True)
    _, settings = opened(tmp_path, ALL, {"epochs": 5}, overwrite=True)
    assert settings.epochs == 5 and folder.settings().epochs == 5


@pytest.mark.parametrize("name", ["performer", "seconds"])
def test_damage_is_told_before_anything_is_set_aside(tmp_path, name):
    """A step that is refused for it loses no result."""
    folder = _finished_run(tmp_path)
    file = tmp_path / ".tf_explainer" / f"{name}.json"
    file.write_text("[" * 100_000)
    with pytest.raises(InputError, match=f"{name}.json is damaged"):
        opened(tmp_path, ["evaluate"], {}, overwrite=True)
    for step in ("evaluate", "report"):
        assert folder.is_done(step)
        assert all((tmp_path / leaf).exists() for leaf in STEPS[step].leaves)


def test_a_setting_out_of_range_is_of_the_file(tmp_path):
    """Not of the command line, where nobody gave it."""
    folder = _finished_run(tmp_path)
    stored = {**folder.settings().to_json(), "epochs": -3}
    file = tmp_path / ".tf_explainer" / "settings.json"
    folder.write_json(file, stored)
    with pytest.raises(InputError, match="settings.json is damaged .*epochs"):
        opened(tmp_path, ["report"], {}, resume=True)


def test_earlier_run_is_refused(tmp_path):
    """The message names both ways on."""
    _finished_run(tmp_path)
    with pytest.raises(InputError, match="--resume .* --overwrite"):
        opened(tmp_path, ALL, {})
    with pytest.raises(InputError, match="received both"):
        opened(tmp_path, ALL, {}, resume=True, overwrite=True)


def test_overwrite_removes_only_what_is_ours(tmp_path):
    """A note that the user put beside the results stays."""
    _finished_run(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    folder, _ = opened(tmp_path, ALL, {"seed": 4}, overwrite=True)
    assert not any(folder.is_done(step) for step in STEPS)
    folder.replaced.drop()
    left = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    ours = {"settings.json", "seconds.json", "lock"}
    assert left == {"notes.txt", *ours}


def test_bad_options_delete_nothing(tmp_path):
    """`--overwrite` beside a wrong option leaves the old run."""
    folder = _finished_run(tmp_path)
    with pytest.raises(InputError, match="`--epochs`"):
        opened(tmp_path, ALL, {"epochs": 0}, overwrite=True)
    assert folder.explainer.is_file()


def test_resume_uses_the_stored_settings(tmp_path):
    """Options need not be repeated, and may be."""
    _finished_run(tmp_path, epochs=7)
    for options in ({}, {"epochs": 7}):
        _, settings = opened(tmp_path, ALL, options, resume=True)
        assert settings.epochs == 7


def test_resume_before_the_first_epoch(tmp_path):
    """The command that Ctrl-C prints goes on with the user's images."""
    _, first = opened(tmp_path, ALL, {"data": "mine", "epochs": 7})
    for options in ({}, {"epochs": 7}):
        folder, again = opened(tmp_path, ALL, options, resume=True)
        assert again == first == folder.settings()
    _, mended = opened(tmp_path, ALL, {"epochs": 8}, resume=True)
    assert (mended.data, mended.epochs) == ("mine", 8)


def test_resume_names_what_differs(tmp_path):
    """Every option that does not agree is listed with both values."""
    _finished_run(tmp_path, epochs=7)
    with pytest.raises(InputError) as error:
        opened(tmp_path, ALL, {"epochs": 8, "seed": 2}, resume=True)
    assert "--epochs was 7, received 8" in str(error.value)
    assert "--seed was 0, received 2" in str(error.value)


def test_resume_may_mend_what_no_step_has_used(tmp_path):
    """A misspelt layer found after the performer costs no second training."""
    folder = _finished_run(tmp_path, target_layer="relu44")
    folder.set_aside(["explain", *steps_after("explain")])
    options = {"target_layer": "relu4"}
    _, settings = opened(tmp_path, ALL, options, resume=True)
    assert settings.target_layer == "relu4"
    (folder.backup("explain") / "weights").write_text("epoch 1")
    with pytest.raises(InputError, match="--target-layer was relu4, received"):
        opened(tmp_path, ALL, {"target_layer": "relu3"}, resume=True)


def test_failed_start_does_not_block(tmp_path):
    """A run that did nothing yet is begun anew without any flag."""
    opened(tmp_path, ALL, {"data": "typo"})
    _, settings = opened(tmp_path, ALL, {"data": "right"})
    assert settings.data == "right"


def test_step_needs_the_one_before(tmp_path):
    """The message is the command that is missing."""
    with pytest.raises(InputError, match="tf-explainer performer --out"):
        opened(tmp_path / "new", ["explain"], {})
    assert not (tmp_path / "new").exists()


def test_step_done_is_refused(tmp_path):
    """A single step is not repeated by accident."""
    _finished_run(tmp_path)
    with pytest.raises(InputError, match="explain done already"):
        opened(tmp_path, ["explain"], {})


def test_step_begun_is_refused(tmp_path):
    """Nor is the backup of a stopped step thrown away by accident."""
    folder = _finished_run(tmp_path)
    folder.set_aside(["explain"])
    (folder.backup("explain") / "weights").write_text("epoch 3")
    with pytest.raises(InputError, match="explain begun already"):
        opened(tmp_path, ["explain"], {})
    folder, _ = opened(tmp_path, ["explain"], {}, resume=True)
    assert folder.is_begun("explain")


def test_step_overwritten_makes_later_ones_stale(tmp_path):
    """A new explainer takes the old numbers, page and served model away."""
    folder = _finished_run(tmp_path)
    opened(
        tmp_path,
        ["explain"],
        {"eta": 2.0},
        may_change=["eta"],
        overwrite=True,
    )
    assert folder.is_done("performer") and folder.performer.is_file()
    for step in ("explain", "evaluate", "report", "export"):
        assert not folder.is_done(step)
    assert not folder.result.exists() and not folder.saved_model.exists()
    assert folder.settings().eta == 2.0
    assert folder.seconds() == {"performer": 1.0}


def test_step_may_not_change_an_earlier_one(tmp_path):
    """Options of the performer cannot change once it is there."""
    folder = _finished_run(tmp_path)
    with pytest.raises(InputError, match="--seed was 0, received 1"):
        opened(
            tmp_path,
            ["explain"],
            {"seed": 1},
            may_change=["eta"],
            overwrite=True,
        )
    assert folder.is_done("explain")


def test_steps_after():
    """What becomes stale follows from what the steps need."""
    assert steps_after("performer") == list(STEPS)[1:]
    assert steps_after("evaluate") == ["report"]
    assert steps_after("export") == []


def test_seconds_add_up(tmp_path):
    """The attempts of a step that was stopped count together."""
    folder, _ = opened(tmp_path, ALL, {})
    folder.add_seconds("performer", 1.5)
    folder.add_seconds("performer", 2.0)
    assert folder.seconds() == {"performer": 3.5}
