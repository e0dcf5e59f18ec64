"""The SavedModel in a process that has never heard of this package."""

import io
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tf_explainer.explainer import Explainer
from tf_explainer.export import export_saved_model
from tf_explainer.export.served import OUTPUTS, served_outputs
from tf_explainer.testing import toy_images, toy_performer

CLIENT = """
import sys
import numpy as np
import tensorflow as tf
model = tf.saved_model.load(sys.argv[1])
given = np.load(sys.argv[2], allow_pickle=False)
answers = {}
for batch in (1, 5):
    images = tf.constant(given["images"][:batch])
    out = model.signatures["explain"](images=images)
    answers |= {f"{name}_{batch}": value for name, value in out.items()}
encoded = [bytes(given[f"file_{i}"]) for i in range(4)]
out = model.signatures["explain_bytes"](image_bytes=tf.constant(encoded))
answers |= {f"{name}_bytes": value for name, value in out.items()}
one = tf.constant([0] * 5)
out = model.signatures["contributions"](
    images=tf.constant(given["images"]), target=one, against=one - 1
)
answers |= {f"{name}_why": value for name, value in out.items()}
np.savez(sys.argv[3], **answers)
assert "tf_explainer" not in sys.modules
"""


def encoded(image, kind):
    """Returns the bytes of an image file."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, kind)
    return np.frombuffer(file.getvalue(), "uint8")


@pytest.mark.slow
def test_signatures_without_the_package(tmp_path):
    """Any batch size; encoded PNG gives what its pixels give; JPEG and size."""
    explainer = Explainer.from_performer(toy_performer())
    images = np.round(toy_images(5))
    explainer.calibrate(images)
    export_saved_model(explainer, tmp_path / "1")
    large = np.asarray(
        Image.fromarray(images[2].astype("uint8")).resize((70, 50))
    )
    # Image 3 without its upper half, which nobody must see.
    hidden = np.dstack([images[3], np.full((32, 32), 255)]).astype("uint8")
    hidden[:16, :, 3] = 0
    white = np.where(hidden[..., 3:] > 0, images[3], 255).astype("float32")
    files = {
        "file_0": encoded(images[0].astype("uint8"), "PNG"),
        "file_1": encoded(images[1].astype("uint8"), "JPEG"),
        "file_2": encoded(large, "PNG"),
        "file_3": encoded(hidden, "PNG"),
    }
    np.savez(tmp_path / "given.npz", images=images, **files)
    (tmp_path / "client.py").write_text(CLIENT)
    subprocess.run(
        [
            *(sys.executable, "client.py", "1", "given.npz", "answers.npz"),
        ],
        check=True,
        cwd=tmp_path,
        capture_output=True,
    )
    answers = np.load(tmp_path / "answers.npz")
    expected = explainer(images)
    for name in ("scores", "performer_scores", "part_places", "trust"):
        for batch in (1, 5):
            np.testing.assert_allclose(
                answers[f"{name}_{batch}"],
                expected[name][:batch],
                rtol=1e-4,
                atol=1e-5,
            )
    np.testing.assert_allclose(
        answers["scores_bytes"][0], expected["scores"][0], rtol=1e-3, atol=1e-4
    )
    np.testing.assert_allclose(
        answers["scores_bytes"][3],
        explainer(white[None])["scores"][0],
        rtol=1e-3,
        atol=1e-4,
    )
    assert answers["part_places_bytes"].shape == (4, explainer.encoder.parts, 2)
    pieces = explainer.contributions(images, 0)
    np.testing.assert_allclose(answers["parts_why"], pieces.parts, atol=1e-4)


EXPLAINED = {
    *("part_contributions", "ordinary", "rest", "score"),
    *("part_places", "part_presence", "scores", "performer_scores"),
    *("trust", "closeness"),
}


@pytest.fixture(scope="module")
def turning(tmp_path_factory):
    """An explainer, and its model that turns photographs.

    Written by Keras' own method, which is the same as `export_saved_model`.
    """
    explainer = Explainer.from_performer(toy_performer())
    explainer.calibrate(toy_images(5))
    path = tmp_path_factory.mktemp("turning") / "1"
    explainer.export(path, apply_orientation=True)
    return explainer, tf.saved_model.load(str(path))


@pytest.mark.slow
def test_export_of_keras_has_our_signatures(turning):
    """All of them, with the outputs that pages speak of."""
    explainer, model = turning
    found = model.signatures
    explaining = {"serving_default", "explain", "explain_bytes"}
    assert set(found) == {*explaining, *OUTPUTS, "contributions", "decode"}
    for name in explaining:
        assert set(found[name].structured_outputs) == EXPLAINED
    for name in OUTPUTS:
        told = set(found[name].structured_outputs)
        assert told == {*served_outputs(explainer, name)}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["explain", "serving_default"])
def test_another_size_is_refused(turning, name):
    """It says 32 x 32 and takes nothing else, in either direction."""
    answer = turning[1].signatures[name]
    assert answer(images=tf.zeros((2, 32, 32, 3)))["trust"].shape == (2,)
    for side in (31, 36):
        told = rf"must be \(batch, 32, 32, 3\), received \(2, 32, {side}, 3\)"
        with pytest.raises(tf.errors.InvalidArgumentError, match=told):
            answer(images=tf.zeros((2, 32, side, 3)))


@pytest.mark.slow
def test_photographs_are_turned(turning):
    """On demand a tagged photograph gives what the upright one gives."""
    explainer, model = turning
    (upright,) = np.round(toy_images(1))
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = Image.fromarray(np.rot90(upright).astype("uint8"))
    stored.save(file := io.BytesIO(), "PNG", exif=exif)
    answer = model.signatures["explain_bytes"]
    found = answer(image_bytes=tf.constant([file.getvalue()]))
    expected = explainer(upright[None])
    for name in ("scores", "part_places"):
        np.testing.assert_allclose(
            found[name], expected[name], rtol=1e-3, atol=1e-4
        )
