"""What a grid makes of its file."""

from tf_explainer.steps.experiment_plan import read_plan

PLAN = """
seeds = [0]
[networks.small]
[data.animals]
data = "data/animals"
single = ["cat"]
multi = ["cat", "dog"]
negative-ratio = 1
[variants.explainer]
"""


def test_several_categories_have_no_negatives(tmp_path):
    """What limits them holds for the tasks that have some."""
    path = tmp_path / "plan.toml"
    path.write_text(PLAN)
    ratios = {
        run.task: run.options.get("negative_ratio")
        for run in read_plan(path).runs
    }
    assert ratios == {"single": 1, "multi": None}
