"""What a grid makes of its file."""

import pytest

from tf_explainer.errors import InputError
from tf_explainer.experiments.plan import read_plan

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


@pytest.mark.parametrize(
    "option",
    [
        "performer-epochs = 3",
        "image-size = 64",
        'performer = "other.keras"',
        'categories = ["cow"]',
        "seed = 7",
    ],
)
def test_variants_share_images_and_performer(tmp_path, option):
    """An option that could not be heeded is no option."""
    path = tmp_path / "plan.toml"
    path.write_text(PLAN + "[variants.other]\n" + option)
    name = option.split()[0].replace("-", "_")
    with pytest.raises(
        InputError, match=rf"\[variants.other\] must leave '{name}'"
    ):
        read_plan(path)
