"""The SavedModel in a process that has never heard of this package."""

import io
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from tf_explainer.datasets.rgb_image import rgb_image
from tf_explainer.explainer import Explainer
from tf_explainer.export import export_saved_model
from tf_explainer.export.saved_model import _decoded
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
np.savez(sys.argv[3], **answers)
assert "tf_explainer" not in sys.modules
"""


def encoded(image, kind):
    """Returns the bytes of an image file."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, kind)
    return np.frombuffer(file.getvalue(), "uint8")


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        *(("RGBA", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("RGB", "PNG")),
        *(("L", "PNG"), ("RGB", "JPEG"), ("L", "JPEG"), ("RGB", "GIF")),
    ],
)
def test_files_are_read_as_for_training(tmp_path, mode, kind):
    """What is transparent becomes white, whatever color it hides."""
    colors = np.random.default_rng(0).integers(0, 256, (8, 8, 4), "uint8")
    colors[2:6, 2:6, 3] = (0, 60, 200, 255)
    more = {"transparency": 3} if mode == "P" else {}
    path = tmp_path / f"image.{kind}"
    Image.fromarray(colors).convert(mode).save(path, kind, **more)
    found = _decoded(tf.constant(path.read_bytes()), 8, 8, 3)
    # Two readers of JPEG need not agree to the last digit.
    close = 3 if kind == "JPEG" else 1
    np.testing.assert_allclose(found, rgb_image(path), atol=close)


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
    for name in ("scores", "performer_scores", "peaks", "p"):
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
    assert answers["peaks_bytes"].shape == (4, explainer.filters, 2)
