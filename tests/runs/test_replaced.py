"""What `--overwrite` takes away comes back if the new run is refused."""

import errno
from pathlib import Path

import pytest

from tf_explainer.config.settings import Settings
from tf_explainer.runs.claim import Replaced
from tf_explainer.runs.opening import open_folder
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.runs.step_order import STEPS


def _content(folder):
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def finished(tmp_path):
    """The folder of a finished run, whose files hold their own names."""
    folder = OutFolder(tmp_path)
    folder.store_settings(Settings(epochs=7))
    for step, facts in STEPS.items():
        for name in facts.leaves:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(name)
        folder.add_seconds(step, 1.0)
        folder.finish(step, {})
    return folder


@pytest.mark.parametrize("steps", [list(STEPS), ["explain", "evaluate"]])
def test_every_file_comes_back(finished, steps):
    """Records, times and settings, too; no result lies about meanwhile."""
    before = _content(finished.path)
    finished.set_aside(steps)
    finished.store_settings(Settings(epochs=8))
    assert not finished.is_done("explain")
    assert not list(finished.path.rglob("result.json"))
    assert finished.settings().epochs == 8
    finished.add_seconds("explain", 5.0)
    assert finished.replaced.put_back()
    assert _content(finished.path) == before
    assert not finished.replaced.put_back()


def test_of_two_attempts_the_finished_one_counts(finished):
    """The second one begins where the first one was stopped."""
    before = _content(finished.path)
    for epochs in (8, 9):
        finished.set_aside(list(STEPS))
        finished.store_settings(Settings(epochs=epochs))
        finished.performer.write_text("half")
    finished.replaced.put_back()
    assert _content(finished.path) == before


def test_a_folder_in_its_place_comes_back(tmp_path):
    """With all that is in it, in place of what was made since."""
    model = tmp_path / "saved_model" / "1"
    model.mkdir(parents=True)
    (model / "a").write_text("old")
    replaced = Replaced(tmp_path)
    replaced.set_aside([model], [])
    assert replaced.holds(model) and not model.exists()
    model.mkdir()
    (model / "b").write_text("new")
    replaced.put_back()
    assert _content(model) == {"a": "old"}


def test_a_step_done_anew_ends_it(finished):
    """From then on the old files would belong to nothing."""
    finished.set_aside(["evaluate", "report"])
    assert finished.outdated(["evaluate"]) == ["report.html"]
    assert finished.outdated(["evaluate", "report"]) == []
    finished.finish("evaluate", {})
    assert finished.outdated(["evaluate"]) == []
    assert not finished.replaced.put_back()


@pytest.mark.parametrize("name", ["copy2", "store"])
def test_a_full_disk_gives_all_of_it_back(finished, monkeypatch, name):
    """Half a copy takes nothing's place."""
    before = _content(finished.path)

    def full(_, place):
        if name == "copy2":
            Path(place).write_text("")
        raise OSError(errno.ENOSPC, "No space left on device")

    if name == "copy2":
        monkeypatch.setattr("tf_explainer.runs.claim.shutil.copy2", full)
    else:
        monkeypatch.setattr(OutFolder, "store_settings", full)
    with pytest.raises(OSError, match="No space"):
        with open_folder(finished.path, list(STEPS), {}, overwrite=True):
            raise AssertionError("it was opened")
    (finished.path / ".tf_explainer" / "lock").unlink(missing_ok=True)
    assert _content(finished.path) == before
