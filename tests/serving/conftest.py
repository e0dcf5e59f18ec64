"""Servers in this process: one like TensorFlow Serving's, and KServe's own.

TensorFlow Serving itself cannot be had here; what it answers is written down
in tensorflow.org/tfx/serving/api_rest.
"""

import base64
import contextlib
import http.server
import json
import threading
import types

import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.config.serving import ServingOptions
from tf_explainer.explainer import Explainer
from tf_explainer.explainer.answer_rows import Known
from tf_explainer.export import export_model
from tf_explainer.serving.served_model import ServedModel
from tf_explainer.testing import toy_images, toy_performer


class Servant:
    """Answers by a function of signature and inputs; counts the requests.

    Args:
        answer: From a signature and its inputs, arrays, to its outputs.
    """

    def __init__(self, answer):
        self.answer, self.asked, self.busy = answer, [], 0

    def reply(self, path, body):
        """The status, and what the REST interface says."""
        self.asked.append(path)
        if self.busy:
            self.busy -= 1
            return 503, {"error": "busy"}
        if body is None:
            state = [{"version": "1", "state": "AVAILABLE"}]
            return 200, {"model_version_status": state}
        rows = [
            {key: _value(value) for key, value in row.items()}
            for row in body["instances"]
        ]
        inputs = {key: [row[key] for row in rows] for key in rows[0]}
        try:
            told = self.answer(body["signature_name"], inputs)
        except (KeyError, ValueError, tf.errors.OpError) as error:
            return 400, {"error": str(error)}
        told = {key: np.asarray(value).tolist() for key, value in told.items()}
        return 200, {
            "predictions": [
                {key: value[row] for key, value in told.items()}
                for row in range(len(rows))
            ]
        }


def _value(value):
    if isinstance(value, dict):
        return base64.b64decode(value["b64"])
    return value


@contextlib.contextmanager
def _serving(servant):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self._say(*servant.reply(self.path, None))

        def do_POST(self):
            length = int(self.headers["Content-Length"])
            body = json.loads(self.rfile.read(length))
            self._say(*servant.reply(self.path, body))

        def _say(self, status, told):
            text = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def serve():
    """Function of an answering function to a servant and its address."""
    with contextlib.ExitStack() as stack:

        def start(answer):
            servant = Servant(answer)
            return servant, stack.enter_context(_serving(servant))

        yield start


@pytest.fixture(scope="session")
def exported(tmp_path_factory):
    """An explainer of three parts, and its SavedModel's signatures."""
    explainer = Explainer.from_performer(toy_performer(), parts=3)
    explainer.calibrate(toy_images())
    out = tmp_path_factory.mktemp("models") / "toy"
    folder = export_model(explainer, out, toy_images(2)).folder
    model = tf.saved_model.load(str(folder))

    def answer(signature, inputs):
        given = {
            key: tf.constant(
                value, tf.string if key.endswith("bytes") else tf.float32
            )
            for key, value in inputs.items()
        }
        return model.signatures[signature](**given)

    answer.model = model
    return explainer, folder, answer


@contextlib.contextmanager
def _live(served, token=None, **given):
    from tf_explainer.serving.server import (
        application,
        listening_socket,
        server_of,
    )

    options = ServingOptions(name="toy", port=0, **given)
    with listening_socket(options, token) as listening:
        server = server_of(application(served, options, token), options)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listening]}, daemon=True
        )
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def live():
    """Function of a model and options to the address of KServe's server."""
    pytest.importorskip("kserve")
    with contextlib.ExitStack() as stack:

        def start(served, token=None, **options):
            return stack.enter_context(_live(served, token, **options))

        yield start


def _signature(**inputs):
    """What a graph says of itself."""
    mean = {"mean": tf.TensorSpec((None,), tf.float32)}
    return types.SimpleNamespace(
        structured_input_signature=((), inputs), structured_outputs=mean
    )


class Mean(ServedModel):
    """Tells the mean of each image of 2 x 3 pixels, when it is let.

    Args:
        max_pixels: See `ServedModel`.
    """

    def __init__(self, max_pixels=None):
        self.max_pixels, self.shape = max_pixels, (2, 3, 3)
        self.known = Known(("cat", "dog"), [], (0, 0, 0, 0))
        self.signatures = {
            "serving_default": _signature(
                images=tf.TensorSpec((None, *self.shape), tf.float32)
            ),
            "decode": _signature(image_bytes=tf.TensorSpec((None,), tf.string)),
        }
        self.go, self.begun = threading.Event(), threading.Semaphore(0)
        self.go.set()
        self.asked, self.fails = [], None

    def run(self, signature, given):
        """In the graph's place."""
        if self.fails is not None:
            raise self.fails
        if signature == "decode":
            rows = [tf.io.decode_image(one) for one in given["image_bytes"]]
            return {"images": np.stack(rows).astype("float32")}
        self.begun.release()
        self.go.wait(20)
        self.asked.append(len(given["images"]))
        return {"mean": given["images"].mean(axis=(1, 2, 3))}


@pytest.fixture
def mean():
    """A model that is quick to make."""
    made = Mean()
    yield made
    made.go.set()
