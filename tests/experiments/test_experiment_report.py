"""What is left to do, and what it takes."""

from PIL import Image

from tf_explainer.experiments.forecast import StepTime, experiment_report
from tf_explainer.experiments.grid import Experiment
from tf_explainer.experiments.plan import read_plan


def test_dry_run_counts_the_images_of_a_folder(tmp_path):
    """Where the data are there, the time is for all of them."""
    data = tmp_path / "data"
    (data / "images").mkdir(parents=True)
    rows = ["file,category,split"]
    for index in range(10):
        name, split = f"{index}.png", "train" if index < 7 else "test"
        Image.new("RGB", (20, 20), (index, 0, 0)).save(data / "images" / name)
        rows.append(f"{name},{'ab'[index % 2]},{split}")
    (data / "annotations.csv").write_text("\n".join(rows) + "\n")
    plan = tmp_path / "plan.toml"
    plan.write_text(
        f"seeds = [0]\n[networks.n]\n[variants.v]\n[data.d]\n"
        f'data = "{data}"\nmulti = ["a", "b"]\n'
    )
    step = StepTime(performer=0.0, look=360.0, learn=0.0, size=1)
    experiment = Experiment(read_plan(plan), tmp_path / "runs")
    lines = experiment_report(experiment, 1, lambda options: step)
    # 7 images and 3 views of each, and 3 to test on.
    assert lines[-2].startswith("time: 3.1 hours for 1 runs on")
    assert "where they are not there" not in lines[-2]
