"""What `keras.json` says about channels changes nothing of ours."""

import os
import subprocess
import sys

import keras
import pytest

from tf_explainer.performers.mobilenet_network import channels_last

SCRIPT = """
import keras
keras.config.set_image_data_format("channels_first")
from tf_explainer.performers import PERFORMERS
from tf_explainer.testing import check_performer, toy_performer
from tf_explainer.explainer import Explainer
from tf_explainer.testing import toy_images
check_performer(toy_performer(), export=False)
for name in ("alexnet", "vgg_s"):
    made = PERFORMERS.get(name)(classes=2, width=2, units=2)
    Explainer.from_performer(made)
made = PERFORMERS.get("mobilenet")(classes=2, image_size=64, units=2)
Explainer.from_performer(made)
viewed = Explainer.from_performer(toy_performer())
viewed.fit(toy_images(4), views=1, verbose=0)
image = keras.Input((3, 32, 32))
x = keras.layers.Conv2D(2, 3, name="first")(image)
x = keras.layers.GlobalAveragePooling2D()(x)
try:
    Explainer.from_performer(keras.Model(image, keras.layers.Dense(2)(x)))
except ValueError as error:
    print(error)
"""


def test_everything_runs_with_channels_first_in_keras_json():
    """Performers, explainer, views; a performer that is so is refused."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True,
        text=True,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "received channels first in 'first'" in done.stdout


def test_the_default_comes_back():
    """Also behind an exception."""
    keras.config.set_image_data_format("channels_first")
    try:
        with pytest.raises(KeyError), channels_last():
            assert keras.config.image_data_format() == "channels_last"
            raise KeyError
        assert keras.config.image_data_format() == "channels_first"
    finally:
        keras.config.set_image_data_format("channels_last")
