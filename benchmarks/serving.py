"""How fast `tf-explainer serve` answers, beside a bare call of its SavedModel.

Of a run with an explainer, on this machine alone: locust asks by several
users, without a pause, and compares each answer with the known one; in turns
with that the same SavedModel is called in this process with the same images,
by one thread and by as many as the server computes with.
Last, as many answers as wanted about single files, with the server's memory.

    pip install locust
    python benchmarks/serving.py runs/demo
    python benchmarks/serving.py runs/demo --answers 500 --json
"""

import argparse
import base64
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import requests
from PIL import Image

from tf_explainer.config.serving import ServingOptions
from tf_explainer.errors import InputError
from tf_explainer.runs.explained_run import explained_folder
from tf_explainer.runs.exporting import export_run
from tf_explainer.runs.job import Job
from tf_explainer.serving.served_model import ServedModel

BATCH = 8
IMAGES = 64
USERS = 4
ROUNDS = 5
_MIB = 2**20
_NAME = "explainer"


class Question(NamedTuple):
    """One request, and how the model is asked without a server.

    Attributes:
        path: Of the address.
        headers: Of the request.
        body: Of the request.
        signature: Of the SavedModel.
        inputs: Of the signature.
    """

    path: str
    headers: dict[str, str]
    body: bytes
    signature: str
    inputs: dict[str, Any]


def pixels_as_json(images: np.ndarray) -> Question:
    """Returns images as numbers of JSON, first protocol."""
    body = {"instances": images.tolist()}
    return _v1(body, "serving_default", {"images": _floats(images)})


def files_as_json(images: np.ndarray) -> Question:
    """Returns PNG files as base64 in JSON, first protocol."""
    files = [_png(one) for one in images]
    rows = [{"b64": base64.b64encode(file).decode()} for file in files]
    body = {"signature_name": "explain_bytes"}
    body["instances"] = [{"image_bytes": row} for row in rows]
    return _v1(body, "explain_bytes", {"image_bytes": files})


def pixels_as_bytes(images: np.ndarray) -> Question:
    """Returns images as bytes behind JSON, second protocol."""
    told = {
        "name": "images",
        "datatype": "UINT8",
        "shape": list(images.shape),
        "parameters": {"binary_data_size": images.size},
    }
    head = json.dumps({"id": "1", "inputs": [told]}).encode()
    headers = {
        "Content-Type": "application/octet-stream",
        "Inference-Header-Content-Length": str(len(head)),
    }
    path, inputs = f"/v2/models/{_NAME}/infer", {"images": _floats(images)}
    body = head + images.tobytes()
    return Question(path, headers, body, "serving_default", inputs)


FORMS: tuple[Callable[[np.ndarray], Question], ...] = (
    pixels_as_json,
    pixels_as_bytes,
    files_as_json,
)


def main(arguments: list[str] | None = None) -> None:
    """Prints the tables.

    Args:
        arguments: Those of the command line by default.
    """
    options = _parser().parse_args(arguments)
    if shutil.which("locust") is None:
        raise InputError("locust is not on the path: pip install locust")
    with tempfile.TemporaryDirectory() as place:
        model = export_run(options.run, "savedmodel", Path(place, "m")).folder
        images = _images(options.run)
        with _served(model) as (address, process):
            ask = _Locust(address, Path(place))
            served = ServedModel(model)
            served.warm_up()
            found = {
                "batches": [
                    compared(served, ask, images, form, options.requests)
                    for form in FORMS
                ],
                "answers": many(served, ask, images, process, options.answers),
            }
    print(json.dumps(found, indent=2) if options.json else table(found))


def compared(
    served: ServedModel,
    ask: "_Locust",
    images: np.ndarray,
    form: Callable[[np.ndarray], Question],
    count: int,
) -> dict[str, Any]:
    """Returns the server's speed beside that of bare calls.

    Args:
        served: The model in this process.
        ask: Asks the server.
        images: uint8 `(images, H, W, 3)`.
        form: How images are sent.
        count: Requests.
    """
    questions = [
        form(images[start : start + BATCH])
        for start in range(0, len(images), BATCH)
    ]
    known = [served.ask(one.signature, one.inputs) for one in questions]
    threads = ServingOptions().concurrency
    # In turns, since who else uses the machine comes and goes.
    rounds = [
        (
            _bare(served, questions, count // ROUNDS, 1),
            _bare(served, questions, count // ROUNDS, threads),
            ask(questions, known, count // ROUNDS),
        )
        for _ in range(ROUNDS)
    ]
    summed = ("asked", "right", "wrong", "lost")
    return {
        "form": form.__name__,
        **{key: sum(told[key] for *_, told in rounds) for key in summed},
        "rounds": [
            {
                "to_one": _speed(told) / one["per_second"],
                "to_several": _speed(told) / several["per_second"],
                "p99": told["p99_ms"] / several["p99_ms"],
                "per_second": _speed(told),
            }
            for one, several, told in rounds
        ],
    }


def _speed(told: dict[str, Any]) -> float:
    return told["right"] / told["seconds"]


def _bare(
    served: ServedModel, questions: Sequence[Question], count: int, threads: int
) -> dict[str, float]:
    """Calls of the graph, and nothing beside them."""
    given = [
        (served.signatures[one.signature], _tensors(one)) for one in questions
    ]

    def call(index: int) -> float:
        graph, inputs = given[index % len(given)]
        begun = time.perf_counter()
        for value in graph(**inputs).values():
            value.numpy()
        return time.perf_counter() - begun

    with ThreadPoolExecutor(threads) as pool:
        begun = time.perf_counter()
        seconds = list(pool.map(call, range(count)))
        whole = time.perf_counter() - begun
    return {
        "per_second": count / whole,
        "p99_ms": 1000 * float(np.quantile(seconds, 0.99)),
    }


def many(
    served: ServedModel,
    ask: "_Locust",
    images: np.ndarray,
    process: subprocess.Popen,
    count: int,
) -> dict[str, Any]:
    """Returns whether many answers were right, and the server's memory.

    Args:
        served: The model in this process.
        ask: Asks the server.
        images: uint8 `(images, H, W, 3)`.
        process: The server.
        count: Requests, each with one file.
    """
    questions = [files_as_json(one[None]) for one in images]
    known = [served.ask(one.signature, one.inputs) for one in questions]
    # Those of the batches before have left their mark.
    ask(questions, known, max(count // 20, 1))
    with _memory_of(process.pid) as samples:
        told = ask(questions, known, count)
    late = np.array(samples[len(samples) // 2 :])
    seconds, used = late[:, 0], late[:, 1] / _MIB
    slope = np.polyfit(seconds, used, 1)[0] if len(late) > 2 else np.nan
    return {
        **told,
        "per_second": _speed(told),
        "peak_mib": max(one for _, one in samples) / _MIB,
        "begin_mib": samples[0][1] / _MIB,
        "end_mib": samples[-1][1] / _MIB,
        "slope_mib_per_1000": float(slope / _speed(told) * 1000),
    }


class _memory_of:
    """Samples a process's resident memory while a block runs."""

    def __init__(self, pid: int) -> None:
        self._pid, self._done = pid, threading.Event()
        self.samples: list[tuple[float, int]] = []

    def __enter__(self) -> list[tuple[float, int]]:
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self.samples

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        statm = Path(f"/proc/{self._pid}/statm")
        while not self._done.wait(0.2):
            pages = int(statm.read_text().split()[1])
            page = os.sysconf("SC_PAGE_SIZE")
            self.samples.append((time.perf_counter(), pages * page))


class _Locust:
    """Asks by locust, in a process of its own.

    Args:
        address: Of the server.
        place: Folder for what it is told.
    """

    def __init__(self, address: str, place: Path) -> None:
        self._address, self._place = address, place

    def __call__(
        self, questions: Sequence[Question], known: Sequence[Any], count: int
    ) -> dict[str, Any]:
        plan = self._place / "plan.json"
        listed = []
        for index, (one, answer) in enumerate(
            zip(questions, known, strict=True)
        ):
            body = self._place / f"body_{index}"
            body.write_bytes(one.body)
            flat = one.path.startswith("/v2")
            numbers = {
                name: (value.ravel() if flat else value).tolist()
                for name, value in answer.items()
            }
            listed.append(
                {
                    "path": one.path,
                    "headers": one.headers,
                    "body": str(body),
                    "known": numbers,
                }
            )
        plan.write_text(json.dumps({"count": count, "questions": listed}))
        subprocess.run(
            [
                *("locust", "--headless", "--host", self._address),
                *("--users", str(USERS), "--spawn-rate", str(USERS)),
                *("--only-summary", "--locustfile"),
                str(Path(__file__).with_name("serving_load.py")),
            ],
            env={**os.environ, "SERVING_LOAD": str(plan)},
            capture_output=True,
            timeout=3600,
        )
        found = plan.with_suffix(".found")
        told = json.loads(found.read_text(encoding="utf-8"))
        found.unlink()
        return told


class _served:
    """The server as a process, on a free port of this machine."""

    def __init__(self, model: Path) -> None:
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tf_explainer", "serve", "--port", "0"),
                *("--name", _NAME, "--model", str(model)),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> tuple[str, subprocess.Popen]:
        line = self._process.stdout.readline()
        address = line.partition("/v1/")[0]
        requests.get(address, timeout=60).raise_for_status()
        return address, self._process

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()


def table(found: dict[str, Any]) -> str:
    """Returns the tables as Markdown.

    Args:
        found: What was measured.
    """
    return "\n".join(_lines(found))


def _lines(found: dict[str, Any]) -> Iterator[str]:
    threads = ServingOptions().concurrency
    yield (
        f"| {BATCH} images a request, sent as | throughput by that of "
        f"{threads} bare callers | by that of one | p99 by bare calls' p99 | "
        "requests | right |"
    )
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for one in found["batches"]:
        told = [
            _median([turn[name] for turn in one["rounds"]])
            for name in ("to_several", "to_one", "p99")
        ]
        yield (
            f"| {one['form'].replace('_', ' ')} | {' | '.join(told)} | "
            f"{one['asked']} | {one['right']} |"
        )
    one = found["answers"]
    yield ""
    yield "| single files | |\n| --- | ---: |"
    for name in ("asked", "right", "wrong", "lost"):
        yield f"| {name} | {one[name]:,} |"
    yield f"| p99 by p50 | {one['p99_ms'] / one['p50_ms']:.1f} |"
    for name in ("begin", "end", "peak"):
        yield f"| memory, {name}, MiB | {one[f'{name}_mib']:.0f} |"
    slope = one["slope_mib_per_1000"]
    yield f"| slope of its second half, MiB in 1,000 answers | {slope:+.2f} |"


def _median(values: Sequence[float]) -> str:
    low, high = min(values), max(values)
    return f"{np.median(values):.2f} ({low:.2f} to {high:.2f})"


def _v1(body: dict[str, Any], signature: str, inputs: Any) -> Question:
    headers = {"Content-Type": "application/json"}
    path = f"/v1/models/{_NAME}:predict"
    return Question(path, headers, json.dumps(body).encode(), signature, inputs)


def _floats(images: np.ndarray) -> np.ndarray:
    return images.astype(np.float32)


def _png(image: np.ndarray) -> bytes:
    Image.fromarray(image).save(file := io.BytesIO(), "PNG")
    return file.getvalue()


def _tensors(question: Question) -> dict[str, Any]:
    # It was imported with all else.
    import tensorflow as tf

    return {name: tf.constant(one) for name, one in question.inputs.items()}


def _images(run: Path) -> np.ndarray:
    from rich.console import Console

    folder = explained_folder(run)
    job = Job(folder.settings(), folder, Console(stderr=True))
    split = job.dataset.splits["test"]
    batches = [np.asarray(one) for one in split.batches(BATCH)]
    return np.concatenate(batches)[:IMAGES].round().astype(np.uint8)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=Path)
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--answers", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    return parser


if __name__ == "__main__":
    main()
