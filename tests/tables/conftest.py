"""Runs with made numbers."""

import pytest

from tf_explainer.tables.run_numbers import Job, RunNumbers


@pytest.fixture(scope="session")
def make_run():
    """Maker of a run: all that matters is the value of its instability."""

    def make(value, category="cat", seed=0, missing="", **more):
        facts = {
            "data": "pascal_part",
            "task": "multi" if category == "average" else "single",
            "category": category,
            "performer": "vgg_m",
            "variant": "explainer",
            **more,
        }
        values = {
            ("location_instability", "top_conv"): 0.2,
            ("location_instability", facts["variant"]): value,
            ("location_instability", "constant_center"): 0.07,
            ("p", facts["variant"]): 0.9,
            ("error", facts["variant"]): 8.0,
            ("delta_error", facts["variant"]): 2.0,
            ("error", "performer"): 6.0,
        }
        job = Job(seed=seed, **facts)
        return RunNumbers(job, {} if missing else values, {}, missing)

    return make
