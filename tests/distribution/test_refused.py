"""What cannot be made right on two devices is refused in one line."""

import os
import subprocess
import sys

import pytest

SCRIPT = """
import keras, numpy as np, tensorflow as tf
from tf_explainer import Explainer
from tf_explainer.callbacks import augment_features, schedule
from tf_explainer.distribution.strategies import open_strategy
from tf_explainer.errors import InputError
from tf_explainer.layers import MirrorShift
from tf_explainer.testing import toy_images, toy_performer

strategy, performer = open_strategy("mirrored"), toy_performer()
assert strategy.num_replicas_in_sync == 2
images = toy_images(8)


def fit(explainer, count=8, **more):
    given = {"epochs": 2, "batch_size": 4, "verbose": 0, "seed": 0, **more}
    try:
        with strategy.scope():
            explainer.fit(images[:count], **given)
    except InputError as error:
        return str(error)
    return "fits"


def new(compiled=True, **settings):
    with strategy.scope():
        made = Explainer.from_performer(performer, **settings)
        if compiled:
            made.compile(optimizer=keras.optimizers.SGD(1e-4))
    return made


def told(words, found):
    assert words in found, found
    assert "\\n" not in found


told("`batch_size` 4 leaves a batch of 1 of the 5 images", fit(new(), 5))
told("mixed_float16", fit(new(dtype="mixed_float16")))
late = new(compiled=False)
late.compile(optimizer=keras.optimizers.Adam(1e-3))
told("`optimizer` must be made within", fit(late))
outside = Explainer.from_performer(performer)
outside.compile(optimizer="adam")
told("The explainer must be made within", fit(outside))
filters = new(preset="filters")
planned = schedule(epochs=2, preset="filters", shift=1)
told("schedule(", fit(filters, callbacks=planned))
# A CNN made outside, within the scope of `fit`, and single images: all fit.
works = new()
told("fits", fit(works))
assert len(works.predict(images[:1], verbose=0)["scores"]) == 1
assert len(works.predict(images[:7], batch_size=3, verbose=0)["scores"]) == 7
assert len(works.predict_on_batch(images[:3])["scores"]) == 3
print("all as told")
"""


@pytest.mark.slow
def test_two_devices_refuse_what_they_cannot_do_right(tmp_path):
    """And names what to do; a CNN made outside the scope is no fault."""
    script = tmp_path / "refused.py"
    script.write_text(SCRIPT)
    environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "-1"}
    done = subprocess.run(
        [sys.executable, script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "all as told" in done.stdout
