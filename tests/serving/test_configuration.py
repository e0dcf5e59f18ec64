"""The server's files are what its own formats take."""

import ast
import shutil
import subprocess
import sys

import pytest
import tensorflow as tf
import yaml

from tf_explainer import __version__
from tf_explainer.config.options import option_name
from tf_explainer.config.serving import TOKEN_VARIABLE, ServingOptions
from tf_explainer.errors import InputError
from tf_explainer.serving import write_configuration, write_warm_up
from tf_explainer.serving.warm_up import FILE
from tf_explainer.testing import toy_images

NAMES = ServingOptions.__dataclass_fields__
MODEL = "pvc://models/my-animals"
# As in `request_limits`, which needs KServe.
OPEN = ("/v2/health/live", "/v2/health/ready")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """All files of a model with hostile names of parts."""
    out = tmp_path_factory.mktemp("served")
    names = ["head", "'; import os; '", '"""', "ohr\n"]
    written = write_configuration(out, "my-animals", names, batch_size=16)
    assert sorted(out.iterdir()) == sorted(written)
    return out


def test_compose(folder):
    """Limits, health, and no port that others reach."""
    (service,) = yaml.safe_load((folder / "compose.yaml").read_text())[
        "services"
    ].values()
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    for file in ("models", "batching", "monitoring"):
        assert any(f"/config/{file}.conf" in one for one in service["command"])
    assert service["deploy"]["resources"]["limits"]["memory"] == "4g"
    assert "/v1/models/my-animals " in service["healthcheck"]["test"][-1]


def test_protocol_buffers(folder):
    """As the server's own parser reads them."""
    configs = pytest.importorskip("tensorflow_serving.config")
    text = pytest.importorskip("google.protobuf.text_format")
    server = pytest.importorskip(
        "tensorflow_serving.config.model_server_config_pb2"
    )
    assert configs is not None
    found = text.Parse(
        (folder / "models.config").read_text(), server.ModelServerConfig()
    )
    (model,) = found.model_config_list.config
    assert (model.name, model.model_platform) == ("my-animals", "tensorflow")
    assert model.base_path == "/models/my-animals"
    assert (
        "max_batch_size { value: 16 }" in (folder / "batching.conf").read_text()
    )


def test_examples(folder, serve, tmp_path):
    """Python that is what it seems, and a script that asks."""
    tree = ast.parse((folder / "ask.py").read_text())
    (names,) = [
        ast.literal_eval(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.List)
    ][:1]
    assert names == ["head", "'; import os; '", '"""', "ohr\n"]
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    seen = []

    def answer(signature, inputs):
        seen.append((signature, inputs["image_bytes"]))
        return {"trust": [0.5]}

    servant, address = serve(answer)
    (tmp_path / "a b.jpg").write_bytes(b"\xff\xd8photo\x00")
    told = subprocess.run(
        ["sh", str(folder / "ask.sh"), "a b.jpg"],
        cwd=tmp_path,
        env={"SERVER": address, "PATH": "/usr/bin:/bin", "no_proxy": "*"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert seen == [("explain_bytes", [b"\xff\xd8photo\x00"])]
    assert servant.asked == ["/v1/models/my-animals:predict"]
    assert '"trust": 0.5' in told.stdout


def _made(kind, read):
    """An object of a class, which takes no key that it does not know."""
    names = {key: name for name, key in kind.attribute_map.items()}
    return kind(**{names[key]: value for key, value in read.items()})


def test_inference_service(tmp_path):
    """KServe's and the cluster's own classes know each key; two components."""
    kserve = pytest.importorskip("kserve")
    cluster = pytest.importorskip("kubernetes.client")
    written = write_configuration(tmp_path, "my-animals", server="kserve")
    service, docker = (path.read_text() for path in written)
    read = yaml.safe_load(service)
    found = _made(kserve.V1beta1InferenceService, read)
    assert (found.api_version, found.kind, found.metadata) == (
        *("serving.kserve.io/v1beta1", "InferenceService"),
        {"name": "my-animals"},
    )
    spec = _made(kserve.V1beta1InferenceServiceSpec, found.spec)
    predictor = _made(kserve.V1beta1PredictorSpec, spec.predictor)
    model = _made(kserve.V1beta1ModelSpec, predictor.model)
    _made(cluster.V1ResourceRequirements, model.resources)
    named = _made(kserve.V1beta1ModelFormat, model.model_format).name
    assert (named, model.storage_uri) == ("tensorflow", MODEL)
    explainer = _made(kserve.V1beta1ExplainerSpec, spec.explainer)
    _made(cluster.V1PodSecurityContext, explainer.security_context)
    _check_container(cluster, *explainer.containers)
    assert f"'tf_explainer[serve]=={__version__}'" in docker
    assert "USER 1000\n" in docker


def _check_container(cluster, read):
    assert set(read) <= {*cluster.V1Container.attribute_map.values()}
    # By this name KServe knows it.
    assert read["name"] == "kserve-container"
    for probe in ("readinessProbe", "livenessProbe", "startupProbe"):
        assert set(read[probe]) <= {*cluster.V1Probe.attribute_map.values()}
        assert read[probe]["httpGet"]["path"] in OPEN
    model, token = read["env"]
    assert model == {"name": "STORAGE_URI", "value": MODEL}
    assert token == {
        "name": TOKEN_VARIABLE,
        "valueFrom": {
            "secretKeyRef": {"name": "my-animals-token", "key": "token"}
        },
    }
    shell, flag, line = read["command"]
    assert (shell, flag) == ("sh", "-c")
    words = line.split()
    assert words[:3] == ["exec", "tf-explainer", "serve"]
    options = dict(zip(words[3::2], words[4::2], strict=True))
    assert options == {
        "--model": "/mnt/models",
        "--name": "my-animals",
        "--host": "0.0.0.0",
        "--port": str(read["ports"][0]["containerPort"]),
    }
    assert set(options) <= {"--model", *map(option_name, NAMES)}


@pytest.mark.parametrize("name", ["a_b", "a-", "1a", "x" * 41])
def test_names_that_are_no_hosts(name, tmp_path):
    """KServe makes addresses of them."""
    with pytest.raises(InputError, match="`name` must be.*for kserve"):
        write_configuration(tmp_path, name, server="kserve")
    with pytest.raises(InputError, match="`server` must be.*'kserv'"):
        write_configuration(tmp_path, name, server="kserv")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["", "a/b", "A", "a b", "-a", "ä", "x" * 64])
def test_names_that_are_none(name, tmp_path):
    """They would stand in addresses, paths and commands."""
    with pytest.raises(InputError, match="`name` must be of small letters"):
        write_configuration(tmp_path, name)
    assert not list(tmp_path.iterdir())


def test_warm_up_without_the_interface(tmp_path, monkeypatch):
    """The extra is named, and nothing is written."""
    for module in ("tensorflow_serving", "tensorflow_serving.apis"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InputError, match=r"tf_explainer\[serving\]"):
        write_warm_up(tmp_path, "m", toy_images(2))
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_warm_up_is_answered(exported):
    """Each record, read back, is a question that the model answers."""
    logs = pytest.importorskip("tensorflow_serving.apis.prediction_log_pb2")
    _, folder, answer = exported
    path = write_warm_up(folder, "toy", toy_images(3))
    assert path == folder / FILE
    asked = []
    for record in tf.data.TFRecordDataset(str(path)):
        log = logs.PredictionLog.FromString(record.numpy())
        request = log.predict_log.request
        assert request.model_spec.name == "toy"
        inputs = {
            key: tf.make_ndarray(value) for key, value in request.inputs.items()
        }
        signature = request.model_spec.signature_name
        told = answer(signature, inputs)
        asked.append((signature, len(told["scores"])))
    assert asked == [
        *(("explain", 1), ("classify", 1), ("explain", 3), ("classify", 3)),
        ("explain_bytes", 1),
    ]
