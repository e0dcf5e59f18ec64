"""What a step is told of the images, and what it tells."""

import io

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from tf_explainer.config.settings import Settings
from tf_explainer.runs import explainer_steps as step
from tf_explainer.runs.job import Job
from tf_explainer.runs.out_folder import OutFolder


@pytest.fixture
def make_job(tmp_path):
    """Maker of a job on two photographs a split, one of each turned."""
    images = tmp_path / "images"
    images.mkdir()
    rows = ["file,category,split"]
    for index in range(4):
        exif = Image.Exif()
        exif[0x0112] = 6 if index % 2 else 1
        pixels = np.full((6, 9, 3), 50 * index, "uint8")
        Image.fromarray(pixels).save(images / f"{index}.jpg", exif=exif)
        split, kind = ("train", "test")[index // 2], ("cat", "dog")[index % 2]
        rows.append(f"{index}.jpg,{kind},{split}")
    (tmp_path / "annotations.csv").write_text("\n".join(rows))

    def make(**options):
        settings = Settings(data=str(tmp_path), **options)
        console = Console(file=io.StringIO(), width=300)
        return Job(settings, OutFolder(tmp_path / "out"), console)

    return make


@pytest.mark.parametrize(
    ("turns", "advice"),
    [(False, "add --apply-orientation"), (True, "They are turned")],
)
def test_orientations_are_told_once(make_job, turns, advice):
    """With their count, though several steps open the images."""
    job = make_job(apply_orientation=turns)
    for size in (16, 24):
        job.open_dataset(size)
    told = job.console.file.getvalue()
    assert told.count("2 images carry an EXIF orientation") == 1
    assert advice in told


@pytest.mark.parametrize("turns", [False, True])
def test_the_server_reads_as_the_training_did(make_job, monkeypatch, turns):
    """The setting of the run reaches the exported model."""
    seen = []
    monkeypatch.setattr(
        step,
        "export_saved_model",
        lambda explainer, path, turns: (path.mkdir(), seen.append(turns)),
    )
    job = make_job(apply_orientation=turns)
    job.__dict__["explainer"] = None
    step.export(job)
    assert seen == [turns]
