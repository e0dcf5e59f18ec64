"""Tables and galleries of a folder of runs."""

import dataclasses
import json
import shutil
import types

import pytest

from tf_explainer.config.settings import Settings
from tf_explainer.errors import InputError
from tf_explainer.evaluation.observation import save_observation
from tf_explainer.evaluation.result import measure
from tf_explainer.runs import paper_tables as module
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.runs.paper_tables import tables
from tf_explainer.tables import read_runs


@pytest.fixture(scope="module")
def result(observation):
    """What `evaluate` writes of the made observation."""
    # What was not given is filled in there.
    settings = Settings().to_json() | {"variant": "explainer"}
    extra = {"settings": settings, "seed": 0}
    return json.dumps(measure(observation) | extra)


@pytest.fixture
def runs(tmp_path, result, observation, made_images, monkeypatch):
    """Three seeds, one of them with its observation, and its images."""
    for seed in (0, 1, 2):
        folder = OutFolder(tmp_path / f"runs/seed{seed}")
        folder.path.mkdir(parents=True)
        folder.result.write_text(result.replace('"seed": 0', f'"seed": {seed}'))
    folder = OutFolder(tmp_path / "runs/seed1")
    folder.store_settings(Settings())
    save_observation(observation, folder.observation)
    monkeypatch.setattr(
        module.Job, "dataset", types.SimpleNamespace(splits={"test": None})
    )
    monkeypatch.setattr(
        module, "pick_images", lambda split, indices: made_images(indices)
    )
    return tmp_path / "runs"


def test_files_and_galleries(runs, tmp_path):
    """Three forms of the numbers, and two pictures that the text shows."""
    text = tables(runs, tmp_path / "out", pictures=True)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"tables.md", "tables.tex", "tables.csv", "galleries"}
    assert (tmp_path / "out/tables.md").read_text() == text
    for part in ("## Table 3", "## Figure 5", "Expected as in", "## Figure 4"):
        assert part in text
    pictures = list((tmp_path / "out/galleries").iterdir())
    assert len(pictures) == 2
    for path in pictures:
        assert f"(galleries/{path.name})" in text
    shutil.rmtree(tmp_path / "out")
    assert "Figure 4" not in tables(runs, tmp_path / "out")


def test_runs_without_what_was_seen(runs, tmp_path):
    """Numbers alone, of another machine: the text says why no picture is."""
    OutFolder(runs / "seed1").observation.unlink()
    text = tables(runs, tmp_path / "out", pictures=True)
    assert "no gallery, since no run of it holds what" in text
    assert not (tmp_path / "out/galleries").exists()


def test_names_that_differ_in_signs_alone(runs, tmp_path):
    """Neither picture replaces the other."""
    (run,) = (r for r in read_runs(runs) if r.job.seed == 1)
    both = [
        dataclasses.replace(
            run, job=dataclasses.replace(run.job, task="single", category=name)
        )
        for name in ("a b", "a-b")
    ]
    module.galleries(both, tmp_path / "galleries")
    assert len(list((tmp_path / "galleries").iterdir())) == 4


def test_a_gallery_that_cannot_be_drawn(runs, monkeypatch):
    """The data are gone: the numbers come all the same, with the reason."""

    def gone(self):
        raise InputError("There is no folder x.")

    monkeypatch.setattr(module.Job, "dataset", property(gone))
    text = tables(runs, pictures=True)
    assert "no gallery, since There is no folder x." in text
    with pytest.raises(InputError, match="`--like` must be one of"):
        tables(runs, like="pascal")
