"""What a server refuses: too much, too many, too slow, and strangers."""

import concurrent.futures
import http.client
import json
import socket
import time
from urllib.parse import urlsplit

import numpy as np
import pytest
import requests

pytest.importorskip("kserve")
SECRET = "a secret of ours, long enough"
IMAGE = np.full((2, 3, 3), 7.0).tolist()
PREDICT = "/v1/models/toy:predict"


def ask(address, images=1, **more):
    """The answer of `:predict`."""
    body = {"instances": [IMAGE] * images}
    return requests.post(address + PREDICT, json=body, timeout=20, **more)


def refused(answer, status, words):
    """Checks that it is refused in one line of JSON."""
    told = answer.json()
    assert (answer.status_code, set(told)) == (status, {"error"})
    assert words in told["error"] and "\n" not in told["error"]


def test_batch_and_pixels(live, mean):
    """Each limit is told."""
    mean.max_pixels = 99
    address = live(mean, max_batch=3)
    assert ask(address, 3).json()["predictions"] == [{"mean": 7.0}] * 3
    refused(ask(address, 4), 400, "may ask about 3 images, received 4")
    assert mean.asked == [3]


def test_length_of_a_body(live, mean):
    """Told by its header or not: what is too long is not read to its end."""
    host = urlsplit(live(mean, max_body=1)).netloc
    for length in (True, False):
        connection = http.client.HTTPConnection(host, timeout=20)
        connection.putrequest("POST", PREDICT)
        if length:
            connection.putheader("Content-Length", str(2**40))
            connection.endheaders()
        else:
            connection.putheader("Transfer-Encoding", "chunked")
            connection.endheaders()
            for _ in range(17):
                connection.send(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
        answer = connection.getresponse()
        assert answer.status == 413
        assert "1 MiB at most" in json.loads(answer.read())["error"]
        connection.close()
    assert not mean.asked


def test_a_full_queue(live, mean):
    """One is computed, one waits, the third is told to come again."""
    mean.go.clear()
    address = live(mean, concurrency=1, queue=1)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(ask, address) for _ in range(2)]
        assert mean.begun.acquire(timeout=20)
        while "in_flight 2.0" not in requests.get(f"{address}/metrics").text:
            time.sleep(0.01)
        full = ask(address)
        refused(full, 503, "2 requests are waiting already")
        assert full.headers["Retry-After"] == "1"
        # Whether it lives is told all the same.
        assert requests.get(f"{address}/v2/health/live").json()["live"]
        mean.go.set()
        assert [one.result().status_code for one in waiting] == [200, 200]
    assert ask(address).ok
    assert (
        'requests_total{status="503"} '
        in requests.get(f"{address}/metrics").text
    )


def test_who_waits_too_long_is_not_computed(live, mean):
    """The first is given up, and the second never begun; then it goes on."""
    mean.go.clear()
    address = live(mean, concurrency=1, queue=3, timeout=0.5)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        late = [pool.submit(ask, address) for _ in range(2)]
        for one in late:
            refused(one.result(), 504, "no answer within 0.5 s")
    mean.go.set()
    assert ask(address, 2).ok
    assert mean.asked == [1, 2]


def test_a_slow_body(live, mean):
    """It takes no place for longer than an answer may."""
    host = urlsplit(live(mean, timeout=0.5))
    with socket.create_connection((host.hostname, host.port), 20) as slow:
        head = f"POST {PREDICT} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
        slow.sendall(head.encode() + b"\r\n{")
        told = slow.recv(4096)
    assert told.startswith(b"HTTP/1.1 408") and b"not complete" in told


@pytest.mark.parametrize("shown", [None, "Bearer", f"Bearer {SECRET}x", SECRET])
def test_strangers(live, mean, shown):
    """Without the secret only life and readiness are told."""
    address = live(mean, SECRET)
    headers = {"Authorization": shown} if shown else {}
    for path in ("/metrics", "/v2", "/v1/models/toy", "/nowhere"):
        answer = requests.get(address + path, headers=headers)
        refused(answer, 401, "Authorization: Bearer SECRET")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    refused(ask(address, headers=headers), 401, "missing or wrong")
    for path in ("/", "/v2/health/live", "/v2/health/ready"):
        assert requests.get(address + path, headers=headers).ok
    assert not mean.asked


def test_who_knows_the_secret(live, mean):
    """Its own header does not come back to it."""
    address = live(mean, SECRET)
    headers = {"Authorization": f"Bearer {SECRET}"}
    answer = ask(address, headers=headers)
    assert answer.ok and SECRET not in str(answer.headers)
    assert requests.get(f"{address}/metrics", headers=headers).ok


def test_events_and_other_models(live, mean):
    """Nobody takes the model away, and nobody gets another one."""
    address = live(mean)
    refused(ask(address, headers={"ce-id": "1"}), 415, "CloudEvents")
    for verb in ("load", "unload"):
        url = f"{address}/v2/repository/models/toy/{verb}"
        refused(requests.post(url), 501, "has one model")
    assert ask(address).ok
    url = f"{address}/v1/models/other:predict"
    refused(requests.post(url, json={}), 404, "other does not exist")
    for path in ("/docs", "/openapi.json"):
        refused(requests.get(address + path), 404, "Not Found")
