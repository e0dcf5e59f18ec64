"""KServe's two protocols: what is read, and what is refused in a line."""

import base64
import io
import json

import numpy as np
import pytest
import requests
from PIL import Image

pytest.importorskip("kserve")
RED = np.zeros((2, 3, 3), "uint8")
RED[..., 0] = 90
IMAGE = RED.tolist()
BOMB = (50_000, 50_000)


def file_of(pixels, kind="PNG", **options):
    """The content of an image file."""
    Image.fromarray(pixels).save(file := io.BytesIO(), kind, **options)
    return file.getvalue()


def bomb():
    """A PNG of few bytes that says it has 2.5 thousand million pixels."""
    content = bytearray(file_of(RED))
    content[16:24] = b"".join(side.to_bytes(4, "big") for side in BOMB)
    return bytes(content)


def b64(content):
    """As JSON has bytes."""
    return {"b64": base64.b64encode(content).decode()}


def v1(address, body, verb="predict", **more):
    """The answer of the first protocol."""
    data = body if isinstance(body, bytes) else json.dumps(body)
    url = f"{address}/v1/models/toy:{verb}"
    return requests.post(url, data=data, timeout=20, **more)


def v2(address, body, behind=None, **headers):
    """The answer of the second, with bytes behind the JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers.setdefault("content-type", "application/json")
    if behind is not None:
        headers["content-type"] = "application/octet-stream"
        headers["inference-header-content-length"] = str(len(data))
    url = f"{address}/v2/models/toy/infer"
    return requests.post(
        url, data=data + (behind or b""), headers=headers, timeout=20
    )


def tensor(name="images", shape=(1, 2, 3, 3), datatype="FP32", **more):
    """One input of the second protocol."""
    return {"name": name, "shape": [*shape], "datatype": datatype, **more}


@pytest.mark.parametrize(
    "instance", [IMAGE, {"images": IMAGE}, b64(file_of(RED))]
)
def test_instances(live, mean, instance):
    """As TensorFlow Serving takes them; files where the graph takes pixels."""
    address = live(mean)
    for kind in ("application/json", "application/json; charset=utf-8", ""):
        answer = v1(
            address,
            {"instances": [instance] * 2},
            headers={"content-type": kind},
        )
        assert answer.json() == {"predictions": [{"mean": 30.0}] * 2}
        assert answer.headers["content-type"] == "application/json"
    named = {"instances": [{"image_bytes": b64(file_of(RED))}]}
    assert v1(address, named).json() == {"predictions": [{"mean": 30.0}]}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b'{"instances": ' + b"[" * 5000, "no JSON"),
        (b'{"instances": [[[[NaN]]]]}', "no JSON"),
        ([], "must be a JSON object"),
        ({"instances": [IMAGE], "other": 1}, "must be a JSON object"),
        ({}, "`instances` must be a list of one image"),
        ({"instances": []}, "`instances` must be a list of one image"),
        ({"instances": "x" * 999}, "`instances` must be a list of one image"),
        ({"instances": [1]}, r"must be (batch, 2, 3, 3), received (1,)"),
        ({"instances": [IMAGE[:1]]}, "received (1, 1, 3, 3)"),
        ({"instances": [IMAGE, IMAGE[:1]]}, "rows of unequal lengths"),
        ({"instances": [[[["a"] * 3] * 3] * 2]}, "or something else"),
        ({"instances": [[[[None] * 3] * 3] * 2]}, "or something else"),
        ({"instances": [[[[1e39] * 3] * 3] * 2]}, "must be finite"),
        ({"instances": [{"pixels": 1}]}, "takes images, received pixels"),
        ({"instances": [IMAGE, b64(b"")]}, "must all be of one kind"),
        ({"instances": [b64(b"hello")]}, "image 0: the file is no JPEG"),
        ({"instances": [b64(b"")]}, "image 0: the file is no JPEG"),
        ({"instances": [{"b64": 3}]}, "image 0: `image_bytes` must be"),
        ({"instances": [{"b64": "%"}]}, "image 0: it is no base64"),
        ({"instances": [b64(bomb())]}, "image 0: 50000 x 50000 pixels"),
        ({"instances": [IMAGE], "signature_name": "x"}, "`signature_name`"),
        ({"instances": [IMAGE], "signature_name": [1]}, "`signature_name`"),
        ({"instances": [IMAGE], "target": "cat"}, "`target` is for :explain"),
    ],
)
def test_bodies_that_are_none(live, mean, body, words):
    """Nothing is computed."""
    answer = v1(live(mean), body)
    assert answer.status_code == 400 and words in answer.json()["error"]
    assert len(answer.text) < 600 and not mean.asked


def test_pixels_are_counted_before_they_are_decoded(live, mean):
    """Over all images of a request."""
    mean.max_pixels = 11
    address, large = live(mean), b64(file_of(RED))
    assert v1(address, {"instances": [large]}).ok
    answer = v1(address, {"instances": [large] * 2})
    assert answer.status_code == 400
    assert "11 pixels together at most, received 12" in answer.text


def test_explain_refuses(live, mean):
    """What only the other verb takes, and classes that are none."""
    address = live(mean)
    for more, words in (
        ({"signature_name": "decode"}, "is for :predict"),
        ({"target": "cow"}, "must be one of cat, dog, received 'cow'"),
        ({"target": 0, "against": "cat"}, "must be another class"),
        ({"target": [0, 1]}, "for each of the 1 images"),
        ({"instances": [{"images": IMAGE, "x": 1}]}, "must be images"),
    ):
        answer = v1(address, {"instances": [IMAGE], **more}, "explain")
        assert answer.status_code == 400 and words in answer.json()["error"]


def test_tensors(live, mean):
    """In JSON and behind it, as numbers and as files."""
    address, numbers = live(mean), RED.ravel().tolist()
    answer = v2(address, {"id": "7", "inputs": [tensor(data=numbers)]}).json()
    (mean_of,) = answer["outputs"]
    assert (answer["id"], answer["model_name"]) == ("7", "toy")
    assert mean_of["data"] == [30.0] and mean_of["datatype"] == "FP32"
    for kind in ("FP32", "UINT8", "INT64"):
        size = {
            "binary_data_size": RED.size * {"F": 4, "U": 1, "I": 8}[kind[0]]
        }
        bytes_ = RED.astype(
            {"F": "<f4", "U": "u1", "I": "<i8"}[kind[0]]
        ).tobytes()
        one = tensor(datatype=kind, parameters=size)
        answer = v2(address, {"inputs": [one]}, bytes_)
        assert answer.json()["outputs"][0]["data"] == [30.0]
    file = file_of(RED)
    text = tensor("image_bytes", [1], "BYTES", data=[b64(file)["b64"]])
    assert v2(address, {"inputs": [text]}).json()["outputs"] == [mean_of]
    behind = len(file).to_bytes(4, "little") + file
    one = tensor("image_bytes", [1], "BYTES")
    one["parameters"] = {"binary_data_size": len(behind)}
    asked = {"inputs": [one], "outputs": [{"name": "mean"}]}
    assert v2(address, asked, behind).json()["outputs"] == [mean_of]
    asked["parameters"] = {"binary_data_output": True}
    asked["outputs"][0]["parameters"] = {"binary_data": True}
    answer = v2(address, asked, behind)
    start = int(answer.headers["inference-header-content-length"])
    assert np.frombuffer(answer.content[start:], "<f4").tolist() == [30.0]


@pytest.mark.parametrize(
    ("body", "behind", "words"),
    [
        (b"{", None, "JSON"),
        (b"{}", None, "inputs: Field required"),
        (b"[]", b"", "must be a request of the open inference protocol"),
        (b"{", b"", "must be a request of the open inference protocol"),
        ({"inputs": []}, None, "takes images, received nothing"),
        ({"inputs": [tensor(data=[1])]}, None, "is no FP32 of shape [1, 2"),
        ({"inputs": [tensor(data=["a"] * 18)]}, None, "is no FP32"),
        ({"inputs": [tensor(shape=[18], data=[1] * 18)]}, None, "(18,)"),
        ({"inputs": [tensor(shape=[], data=[1])]}, None, "must have rows"),
        ({"inputs": [tensor(datatype="X", data=[1])]}, None, "is no X"),
        ({"inputs": [tensor(shape=[99], data=[1] * 99)]}, None, "32 images"),
        ({"inputs": [tensor("a", data=[1] * 18)]}, None, "received a"),
        ({"inputs": [tensor()]}, b"1234", "must be a request"),
        (
            {"inputs": [tensor(parameters={"binary_data_size": 72})]},
            b"1234",
            "must be a request",
        ),
        (
            {"inputs": [tensor("image_bytes", [1], "BYTES", data=["%"])]},
            None,
            "image 0: it is no base64",
        ),
        (
            b'{"inputs": [{"name": "images", "shape": [1, 2, 3, 3], "datatype":'
            b'"FP32", "data": [' + b"NaN, " * 17 + b"NaN]}]}",
            None,
            "must be finite",
        ),
    ],
)
def test_tensors_that_are_none(live, mean, body, behind, words):
    """What was sent does not come back in full."""
    answer = v2(live(mean), body, behind)
    assert answer.status_code == 400 and words in answer.json()["error"]
    assert len(answer.text) < 600 and not mean.asked


def test_what_is_told_of_the_model(live, mean):
    """In words of the second protocol; and metrics."""
    address = live(mean)
    told = requests.get(f"{address}/v2/models/toy").json()
    shape = [-1, 2, 3, 3]
    images = {"name": "images", "datatype": "FP32", "shape": shape}
    assert told["inputs"] == [images]
    assert told["outputs"][0]["name"] == "mean"
    assert requests.get(f"{address}/v2/models/toy/ready").json()["ready"]
    assert requests.get(f"{address}/v1/models/toy").json()["ready"]
    assert "model_repository" not in requests.get(f"{address}/v2").text
    v1(address, {"instances": [IMAGE]})
    metrics = requests.get(f"{address}/metrics").text
    assert 'request_predict_seconds_count{model_name="toy"}' in metrics
    answer = requests.get(f"{address}/v2/models/toy/versions/3/ready")
    assert answer.status_code == 501


def test_a_fault_of_ours_tells_nothing(live, mean, caplog):
    """The log has it, under the number that was told."""
    mean.fails = RuntimeError(f"cannot open {__file__}")
    answer = v1(live(mean), {"instances": [IMAGE]})
    assert answer.status_code == 500
    told = answer.json()["error"]
    assert told.startswith("a fault of the server") and "/" not in told
    number = told.split()[-1]
    assert any(
        number in one.getMessage() and one.exc_info for one in caplog.records
    )


def test_an_answer_that_is_not_finite(live, mean):
    """JSON would have it as nothing."""
    mean.run = lambda signature, given: {"mean": np.float32([1, np.nan])}
    answer = v1(live(mean), {"instances": [IMAGE] * 2})
    assert answer.status_code == 400
    assert "image 1: its numbers are too large" in answer.json()["error"]
