"""The picture shows the images of the run."""

import types

from tf_explainer.config.settings import Settings
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.evaluation.observation import save_observation
from tf_explainer.runs import job as job_module
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.testing import toy_performer


def test_data_are_opened_as_in_the_run(
    tmp_path, monkeypatch, observation, made_images, load_script
):
    """With all of its options, at the performer's size."""
    module = load_script("demo_picture")
    folder = OutFolder(tmp_path / "run")
    options = {"train": 24, "test": 12}
    settings = Settings(data_option=options, categories=("cat", "dog"))
    folder.store_settings(settings)
    save_observation(observation, folder.observation)
    toy_performer().save(folder.performer)
    asked, shown = [], types.SimpleNamespace(tagged=())

    def opened(data, image_size, categories, **more):
        asked.append((data, image_size, categories, more["train"]))
        return PartDataset("made", ("cat", "dog"), (), {"test": shown})

    monkeypatch.setattr(job_module, "open_dataset", opened)
    monkeypatch.setattr(module, "pick_images", lambda _, w: made_images(w))
    picture = tmp_path / "picture.png"
    module.main([str(folder.path), str(picture)])
    assert asked == [(None, 32, ("cat", "dog"), 24)]
    assert picture.read_bytes()[1:4] == b"PNG"


def test_explains_what_both_get_right(observation, made_images, load_script):
    """Against the second; the first that both models get right."""
    module = load_script("demo_picture")
    asked = []
    explainer = types.SimpleNamespace(
        explain=lambda image, against: asked.append((image, against))
    )
    job = types.SimpleNamespace(
        explainer=explainer,
        dataset=types.SimpleNamespace(splits={"test": None}),
    )
    module.pick_images = lambda _, wanted: made_images(wanted)
    module.explained_image(job, observation)
    # The explainer is wrong on the first six.
    ((image, against),) = asked
    assert (image == made_images([6])[6]).all()
    assert against == 1 - observation.splits["test"].labels[6]
