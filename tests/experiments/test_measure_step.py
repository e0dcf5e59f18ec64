"""A measured step."""

import keras
import pytest

from tf_explainer.experiments.forecast import measure_step
from tf_explainer.explainer import Explainer
from tf_explainer.performers.small_network import small_cnn


@pytest.mark.slow
def test_a_small_network(tmp_path):
    """Times are positive, epochs count, and the size is that of the models."""
    options = {"image_size": 32, "performer_epochs": 2, "epochs": 4}
    step = measure_step(options)
    assert 0 < step.look < step.learn
    assert step.performer > 0
    performer = small_cnn(2, image_size=32)
    explainer = Explainer.from_performer(performer)
    count = performer.count_params() + explainer.count_params()
    assert step.size == 4 * count
    path = tmp_path / "given.keras"
    performer.save(path)
    keras.utils.clear_session()
    assert measure_step({"performer": path}).performer == 0
