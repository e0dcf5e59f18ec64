"""A real explainer behind KServe's server: it tells what Keras tells."""

import base64
import io
import shutil

import numpy as np
import pytest
import requests
from PIL import Image

from tf_explainer.errors import InputError
from tf_explainer.serving import Client, ServerError
from tf_explainer.serving.model_folder import version_folder
from tf_explainer.serving.served_model import ServedModel
from tf_explainer.testing import toy_images

SECRET = "a secret of ours, long enough".replace(" ", "-")
IMAGES = np.round(toy_images(3))


@pytest.fixture(scope="module")
def served(exported):
    """The model, read once."""
    model = ServedModel(exported[1])
    model.warm_up()
    return model


def b64(pixels):
    """An image as PNG, as JSON has bytes."""
    Image.fromarray(pixels.astype("uint8")).save(file := io.BytesIO(), "PNG")
    return {"b64": base64.b64encode(file.getvalue()).decode()}


def close(told, expected):
    """Compares numbers in dictionaries and lists; all else must be equal."""
    if isinstance(expected, dict):
        assert set(told) == set(expected)
        for key, value in expected.items():
            close(told[key], value)
    elif isinstance(expected, list):
        assert len(told) == len(expected)
        for one, other in zip(told, expected, strict=True):
            close(one, other)
    elif isinstance(expected, float):
        assert told == pytest.approx(expected, rel=1e-3, abs=1e-4)
    else:
        assert told == expected


@pytest.mark.slow
def test_explanations(live, served, exported):
    """Word for word those of `Explainer.explain`, of pixels and of files."""
    explainer, address = exported[0], live(served)
    names = explainer.class_names
    decided = explainer.performer(IMAGES).numpy().argmax(axis=1)
    other = ((decided + 1) % len(names)).tolist()
    for target, against in (
        (None, None),
        (names[1], None),
        (None, other),
        (names[0], [1, 2, 1]),
    ):
        expected = explainer.explain(IMAGES, target, against)
        for instances in (IMAGES.tolist(), [b64(image) for image in IMAGES]):
            body = {"instances": instances}
            body |= {"target": target, "against": against}
            answer = requests.post(
                f"{address}/v1/models/toy:explain", json=body, timeout=60
            )
            told = answer.json()["explanations"]
            close(told, [one.to_dict() for one in expected])


@pytest.mark.slow
def test_client_of_ours(live, served, exported):
    """The one for TensorFlow Serving asks this one, too, with a token."""
    explainer, address = exported[0], live(served, SECRET)
    client = Client(address, "toy", batch_size=2, token=SECRET)
    assert client.is_ready()
    expected = explainer.contributions(IMAGES)
    for index, one in enumerate(client.explain(IMAGES)):
        np.testing.assert_allclose(
            one["part_contributions"], expected.parts[index], atol=1e-4
        )
    told = client.ask(
        "contributions", images=IMAGES, target=[0] * 3, against=[-1] * 3
    )
    expected = explainer.contributions(IMAGES, 0)
    np.testing.assert_allclose(
        [one["score"] for one in told], expected.score, atol=1e-4
    )
    with pytest.raises(ServerError, match=r"must be \(batch, 32, 32, 3\)"):
        client.explain(IMAGES[:, :30])
    with pytest.raises(ServerError, match="`target` must hold"):
        client.ask(
            "contributions", images=IMAGES, target=[9] * 3, against=[0] * 3
        )
    stranger = Client(address, "toy", retries=0)
    assert not stranger.is_ready()
    with pytest.raises(ServerError, match=r"refuses \(401\)"):
        stranger.explain(IMAGES)


@pytest.mark.slow
def test_by_the_second_protocol(live, served, exported):
    """Any signature, of pixels and files; KServe's own client agrees."""
    kserve = pytest.importorskip("kserve")
    address = live(served)
    one = kserve.InferInput("images", [*IMAGES.shape], "FP32")
    one.set_data_from_numpy(IMAGES.astype("float32"))
    request = kserve.InferRequest("toy", [one])
    request.parameters = {"signature_name": "classify"}
    body, length = request.to_rest()
    answer = requests.post(
        f"{address}/v2/models/toy/infer",
        data=body,
        headers={
            "content-type": "application/octet-stream",
            "inference-header-content-length": str(length),
        },
        timeout=60,
    )
    told = {one["name"]: one for one in answer.json()["outputs"]}
    scores = exported[0](IMAGES)["scores"].numpy()
    assert told["scores"]["shape"] == [*scores.shape]
    np.testing.assert_allclose(
        told["scores"]["data"], scores.ravel(), atol=1e-5
    )


@pytest.mark.slow
def test_a_damaged_file(live, served):
    """Its head is fine, so that the graph has to find out."""
    address = live(served)
    whole = base64.b64decode(b64(IMAGES[0])["b64"])
    short = base64.b64encode(whole[: len(whole) // 2]).decode()
    body = {"instances": [b64(IMAGES[0]), {"b64": short}]}
    answer = requests.post(
        f"{address}/v1/models/toy:explain", json=body, timeout=60
    )
    assert answer.status_code == 400
    told = answer.json()["error"]
    assert told.startswith("`image_bytes` cannot be read, counted from 0: ")
    assert told.endswith("image 1: the file is cut off or damaged")


@pytest.mark.slow
def test_models_that_are_none(exported, tmp_path):
    """Of others, and of an older version of ours."""
    folder = exported[1]
    assert version_folder(folder.parent) == version_folder(folder) == folder
    (tmp_path / "2").mkdir()
    for path in (tmp_path, tmp_path / "2", tmp_path / "none"):
        with pytest.raises(InputError, match="`--model` must be a folder"):
            version_folder(path)
    model = tmp_path / "3"
    shutil.copytree(folder, model)
    assert version_folder(tmp_path) == model
    names = model / "assets.extra" / "names.json"
    names.write_text('{"class_names": [], "part_names": []}')
    with pytest.raises(InputError, match="older tf_explainer"):
        ServedModel(model)
    names.unlink()
    with pytest.raises(InputError, match="that tf-explainer export wrote"):
        ServedModel(model)
