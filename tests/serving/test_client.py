"""What is asked, and what comes back, by REST and by gRPC."""

import io
from concurrent import futures

import numpy as np
import pytest
from PIL import Image

from tf_explainer.errors import InputError
from tf_explainer.serving import Client, ServerError
from tf_explainer.testing import toy_images


def mean_of(signature, inputs):
    """What a model of one number says."""
    if signature != "explain":
        raise KeyError(signature)
    images = np.asarray(inputs["images"])
    return {"mean": images.mean(axis=(1, 2, 3)), "first": images[:, 0, 0]}


def test_batches_and_order(serve):
    """Five images by two are three requests, in their order."""
    servant, address = serve(mean_of)
    images = toy_images(5)
    client = Client(f"{address}/", "my model", version=4, batch_size=2)
    answers = client.explain(images)
    found = np.array([one["mean"] for one in answers])
    np.testing.assert_allclose(found, images.mean(axis=(1, 2, 3)), rtol=1e-5)
    np.testing.assert_allclose(answers[3]["first"], images[3, 0, 0], rtol=1e-6)
    assert servant.asked == ["/v1/models/my%20model/versions/4:predict"] * 3


def test_files_are_sent_as_they_are(serve, tmp_path):
    """Zeros at their ends, too."""
    content = [b"\x00\xffa\x00\x00", b"b"]
    paths = [tmp_path / str(index) for index in range(2)]
    for path, one in zip(paths, content, strict=True):
        path.write_bytes(one)
    seen = []

    def answer(signature, inputs):
        seen.append((signature, inputs["image_bytes"]))
        return {"trust": [0.5, 0.25]}

    _, address = serve(answer)
    told = Client(address, "m").explain([str(path) for path in paths])
    assert seen == [("explain_bytes", content)]
    assert [float(one["trust"]) for one in told] == [0.5, 0.25]


def test_a_busy_server_is_asked_again(serve):
    """As often as was said, and then it is told."""
    servant, address = serve(mean_of)
    servant.busy = 2
    assert len(Client(address, "m").explain(toy_images(1))) == 1
    assert len(servant.asked) == 3
    servant.busy = 9
    with pytest.raises(ServerError, match=r"refuses \(503\): busy"):
        Client(address, "m", retries=1).explain(toy_images(1))


def test_refusals_are_told(serve):
    """In the server's own words; nothing is asked again."""
    servant, address = serve(mean_of)
    with pytest.raises(ServerError, match=r"\(400\).*other"):
        Client(address, "m").ask("other", images=toy_images(1))
    assert len(servant.asked) == 1
    with pytest.raises(InputError, match="rows each, received a: 1, b: 2"):
        Client(address, "m").ask("x", a=[1], b=[1, 2])
    with pytest.raises(InputError, match="`batch_size` must.*received 0"):
        Client(address, "m", batch_size=0)


def test_nobody_there(serve):
    """It is not ready, and a question fails in a line."""
    _, address = serve(mean_of)
    assert Client(address, "m").is_ready()
    gone = Client("http://127.0.0.1:9", "m", retries=0, timeout=2)
    assert not gone.is_ready()
    with pytest.raises(ServerError, match="no answer from http://127.0.0.1:9"):
        gone.explain(toy_images(1))


@pytest.mark.slow
def test_answers_of_a_real_model(serve, exported):
    """Those of the explainer, of pixels and of files."""
    explainer, _, answer = exported
    _, address = serve(answer)
    client = Client(address, "toy", batch_size=2)
    images = np.round(toy_images(3))
    _check_answers(client, explainer, images)
    with pytest.raises(ServerError, match=r"must be \(batch, 32, 32, 3\)"):
        client.explain(toy_images(1)[:, :30])


def _check_answers(client, explainer, images):
    expected = explainer.contributions(images)
    for index, one in enumerate(client.explain(images)):
        np.testing.assert_allclose(
            one["part_contributions"], expected.parts[index], atol=1e-4
        )
    file = io.BytesIO()
    Image.fromarray(images[0].astype("uint8")).save(file, "PNG")
    (told,) = client.ask("explain_bytes", image_bytes=[file.getvalue()])
    np.testing.assert_allclose(told["score"], expected.score[0], atol=1e-3)


@pytest.mark.slow
def test_the_same_by_grpc(exported):
    """Over TensorFlow Serving's own service, and by a client of others."""
    grpc = pytest.importorskip("grpc")
    stubs = pytest.importorskip(
        "tensorflow_serving.apis.prediction_service_pb2_grpc"
    )
    explainer, _, answer = exported
    server = grpc.server(futures.ThreadPoolExecutor(2))
    stubs.add_PredictionServiceServicer_to_server(
        _service(stubs, answer), server
    )
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        client = Client(f"grpc://127.0.0.1:{port}", "toy", batch_size=2)
        assert client.is_ready()
        _check_answers(client, explainer, np.round(toy_images(3)))
        with pytest.raises(ServerError, match="no signature other"):
            client.ask("other", images=toy_images(1))
        independent = pytest.importorskip("ovmsclient")
        other = independent.make_grpc_client(f"127.0.0.1:{port}")
        told = other.predict({"images": toy_images(2)}, "toy")
        assert told["part_contributions"].shape == (2, 3)
    finally:
        server.stop(None).wait()


def _service(stubs, answer):
    import tensorflow as tf
    from tensorflow_serving.apis import get_model_metadata_pb2, predict_pb2

    class Service(stubs.PredictionServiceServicer):
        def Predict(self, request, context):
            name = request.model_spec.signature_name or "serving_default"
            inputs = {
                key: tf.make_ndarray(value)
                for key, value in request.inputs.items()
            }
            if name not in answer.model.signatures:
                context.abort(5, f"no signature {name}")
            response = predict_pb2.PredictResponse()
            for key, value in answer(name, inputs).items():
                tensor = tf.make_tensor_proto(value.numpy())
                response.outputs[key].CopyFrom(tensor)
            return response

        def GetModelMetadata(self, request, context):
            return get_model_metadata_pb2.GetModelMetadataResponse()

    return Service()
