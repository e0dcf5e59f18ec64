"""`tf-explainer serve`: who may ask, what is refused, and how it ends."""

import base64
import concurrent.futures
import io
import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
import requests
from PIL import Image

from tf_explainer.cli.app import main
from tf_explainer.config.serving import TOKEN_VARIABLE, ServingOptions
from tf_explainer.errors import InputError
from tf_explainer.serving.server import listening_socket, read_token

SECRET = "0123456789abcdef"


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_no_place_for_strangers(host):
    """Others ask with a secret, or somebody says that they need none."""
    with pytest.raises(InputError, match="lets other machines ask.*no secret"):
        listening_socket(ServingOptions(host=host, port=0), None)
    for options, token in (
        (ServingOptions(host=host, port=0), SECRET),
        (ServingOptions(host=host, port=0, token=False), None),
    ):
        try:
            listening_socket(options, token).close()
        except InputError as error:
            # A machine without IPv6.
            assert host == "::" and "cannot be listened on" in str(error)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_this_machine_needs_no_secret(host):
    """And a port that is taken is told."""
    with listening_socket(ServingOptions(host=host, port=0), None) as one:
        taken = ServingOptions(host=host, port=one.getsockname()[1])
        with pytest.raises(InputError, match="cannot be listened on: "):
            listening_socket(taken, None)
    with pytest.raises(InputError, match="`--host` must be an address"):
        listening_socket(ServingOptions(host="no.host.invalid"), None)


def test_where_the_secret_comes_from(tmp_path, monkeypatch):
    """The file wins over the environment; a short one is none."""
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    assert read_token(ServingOptions()) is None
    monkeypatch.setenv(TOKEN_VARIABLE, SECRET)
    assert read_token(ServingOptions()) == SECRET
    file = tmp_path / "secret.txt"
    file.write_text(SECRET[::-1] + "\n")
    options = ServingOptions(token_file=file)
    assert read_token(options) == SECRET[::-1]
    for text in ("", "short", "with some spaces in it", "ä" * 20):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match="--token-file` must hold 16"):
            read_token(options)
    with pytest.raises(InputError, match="lets everybody ask.*received both"):
        read_token(ServingOptions(token=False))
    with pytest.raises(InputError, match="cannot be read.*No such file"):
        read_token(ServingOptions(token_file=tmp_path / "none"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "either `RUN` or `--model`"),
        (["run", "--model", "model"], "received both"),
        (["run"], "`RUN` must be the --out folder"),
        (["--model", "model"], "`--model` must be a folder"),
        (["run", "--port", "70000"], "`--port` must be <= 65535"),
        (["run", "--timeout", "0"], "`--timeout` must be > 0"),
        (["run", "--name", "a/b"], "`name` must be of small letters"),
    ],
)
def test_what_cannot_be_served(arguments, words, capsys, tmp_path, monkeypatch):
    """One line, and 2."""
    pytest.importorskip("kserve")
    monkeypatch.chdir(tmp_path)
    assert main(["serve", *arguments]) == 2
    told = capsys.readouterr().err
    assert words in told and told.count("\n") == 1


def test_missing_library(capsys, monkeypatch):
    """The extra that brings it is named."""
    monkeypatch.setitem(sys.modules, "kserve", None)
    assert main(["serve", "run"]) == 2
    assert "pip install 'tf_explainer[serve]'" in capsys.readouterr().err


@pytest.fixture
def started(exported, tmp_path):
    """Function of further arguments to a process that serves."""
    pytest.importorskip("kserve")
    processes = []

    def start(*more, **environment):
        arguments = ["serve", "--model", str(exported[1]), "--port", "0"]
        with open(tmp_path / "log", "wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tf_explainer", *arguments, *more],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, **environment},
            )
        processes.append(process)
        return process, process.stdout.readline().strip()

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_was_taken_is_answered(started, number, tmp_path):
    """Told to end under load it answers all of it, takes no more, and is 0."""
    process, address = started("--concurrency", "1")
    # Large files take the one that is computed so long that all others wait.
    noise = np.random.default_rng(0).integers(0, 9, (900, 900, 3), "uint8")
    Image.fromarray(noise).save(file := io.BytesIO(), "PNG")
    one = {"b64": base64.b64encode(file.getvalue()).decode()}
    body = json.dumps({"instances": [one] * 8})
    metrics = address.split("/v1/")[0] + "/metrics"

    def ask():
        return requests.post(f"{address}:explain", data=body, timeout=60)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(ask) for _ in range(8)]
        while (taken := _in_flight(metrics)) < 5:
            assert not all(one.done() for one in asked)
        process.send_signal(number)
        answers = [one.exception() or one.result() for one in asked]
    whole = [one for one in answers if isinstance(one, requests.Response)]
    assert [one.status_code for one in whole] == [200] * len(whole)
    # Who came when nobody listened any more was not taken.
    assert len(whole) >= taken
    assert all(len(one.json()["explanations"]) == 8 for one in whole)
    assert process.wait(30) == 0
    assert (tmp_path / "log").read_text() == ""
    with pytest.raises(requests.ConnectionError):
        ask()


def _in_flight(metrics):
    for line in requests.get(metrics, timeout=20).text.splitlines():
        if line.startswith("tf_explainer_requests_in_flight "):
            return float(line.split()[1])
    return 0.0


@pytest.mark.slow
def test_a_secret_from_the_environment(started):
    """On an address of this machine, too, if one is set."""
    _, address = started(**{TOKEN_VARIABLE: SECRET})
    assert address.startswith("http://127.0.0.1:")
    assert requests.get(address, timeout=20).status_code == 401
    headers = {"Authorization": f"Bearer {SECRET}"}
    assert requests.get(address, headers=headers, timeout=20).json()["ready"]


@pytest.mark.slow
def test_refuses_to_open_up(exported, capsys, monkeypatch):
    """Before the model is read."""
    pytest.importorskip("kserve")
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    arguments = ["serve", "--model", str(exported[1]), "--host", "0.0.0.0"]
    assert main(arguments) == 2
    assert "lets other machines ask" in capsys.readouterr().err
