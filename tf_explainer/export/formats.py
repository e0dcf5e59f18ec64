"""The explainer in the formats of other engines, each compared with Keras.

A new format is one function here or in a new file, registered in `FORMATS`:
it writes a file into a folder and returns what answers from it. What it
answers is then compared with the explainer's own answers; beyond the
tolerance nothing is left behind.
"""

import importlib
import json
import re
import tempfile
import warnings
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from tf_explainer import __version__
from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.export.names import ASSETS, FORMAT, name_tables
from tf_explainer.export.questions import (
    EXPLAINED,
    answered,
    explanation_of,
    traced,
)
from tf_explainer.export.served import OUTPUTS, export_saved_model
from tf_explainer.registry import Registry
from tf_explainer.whole_files import atomic_write

Answer = Callable[[np.ndarray], Mapping[str, Any]]
Writer = Callable[[Explainer, Path, bool], Answer]
FORMATS: Registry[Writer] = Registry("format", __package__)
"""Name → function that writes a format, and answers from what it wrote."""

# Of the largest value of each output.
TOLERANCE = 1e-3
# Two units may be equally strong to the last digit, and then another one wins.
_PLACES = ("part_places", "peaks")
_NO_TIES = 0.98


class Exported(NamedTuple):
    """What was written.

    Attributes:
        folder: `<out>/<version>`.
        differences: Output to the largest difference from Keras, as a share
            of its largest value.
    """

    folder: Path
    differences: dict[str, float]


def export_model(
    explainer: Explainer,
    out: str | Path,
    images: Any,
    format: str = "savedmodel",
    apply_orientation: bool = False,
    card: str | None = None,
) -> Exported:
    """Writes the next version of an explainer, and compares it with Keras.

    Args:
        explainer: A trained explainer.
        out: Folder of the versions, as TF Serving wants it: `out/1`, `out/2`,
            …; an older one is never written over.
        images: `(batch, H, W, 3)`, on which the two are compared.
        format: One of `FORMATS`.
        apply_orientation: See `export_saved_model`.
        card: Text of `model_card.md`, see `model_card`; `None` writes none.

    Raises:
        InputError: If the format is unknown or its engine is not installed,
            or if what was written answers otherwise than Keras.
    """
    write = FORMATS.get(format)
    given = tf.constant(np.asarray(images, np.float32))
    expected = _plain(explainer)(given)
    folder = Path(out) / str(_next_version(Path(out)))
    with atomic_write(folder) as beside:
        beside.mkdir()
        answers = write(explainer, beside, apply_orientation)(given.numpy())
        differences = _differences(expected, answers)
        _check_close(format, differences)
        assets = beside / ASSETS if format == "savedmodel" else beside
        assets.mkdir(exist_ok=True)
        facts = {
            "form": FORMAT,
            "format": format,
            "apply_orientation": apply_orientation,
            "compared_on": len(given),
            "differences": differences,
            "tolerance": TOLERANCE,
            "versions": _versions(format),
            **name_tables(explainer),
        }
        text = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
        (assets / "export.json").write_text(text, encoding="utf-8")
        if card is not None:
            (assets / "model_card.md").write_text(card, encoding="utf-8")
    return Exported(folder, differences)


def _next_version(out: Path) -> int:
    if out.exists() and not out.is_dir():
        raise InputError(f"`out` must be a folder, received the file {out}.")
    taken = [
        int(one.name)
        for one in (out.iterdir() if out.is_dir() else ())
        if re.fullmatch(r"[1-9]\d*", one.name)
    ]
    return max(taken, default=0) + 1


def _differences(
    expected: Mapping[str, Any], answers: Mapping[str, Any]
) -> dict[str, float]:
    found = {}
    for name, value in expected.items():
        one, other = np.asarray(value), np.asarray(answers[name])
        apart = np.abs(one - other)
        scale = max(float(np.abs(one).max(initial=0)), 1e-6)
        if name in _PLACES:
            places = apart.max(axis=-1)
            apart = np.quantile(places, _NO_TIES, method="lower")
        found[name] = float(apart.max(initial=0)) / scale
    return found


def _check_close(format: str, differences: Mapping[str, float]) -> None:
    name = max(differences, key=lambda one: differences[one])
    if not differences[name] <= TOLERANCE:
        raise InputError(
            f"`format` {format} answers otherwise than Keras: {name!r} differs "
            f"by {differences[name]:.2g} of its largest value, more than "
            f"{TOLERANCE}. "
            "Nothing was written; take another format, or tell us."
        )


def _versions(format: str) -> dict[str, str]:
    engines = {"onnx": ["onnx", "tf2onnx", "onnxruntime"]}
    engines["openvino"] = [*engines["onnx"], "openvino"]
    names = ["tensorflow", "keras", *engines.get(format, [])]
    others = {name: metadata.version(name) for name in names}
    return {"tf_explainer": __version__, **others}


def _needed(format: str, *modules: str) -> list[Any]:
    try:
        return [importlib.import_module(name) for name in modules]
    except ImportError as error:
        raise InputError(
            f"`format` {format} needs {error.name}, which is not installed: "
            f"pip install 'tf_explainer[{format}]'"
        ) from error


@FORMATS.register("savedmodel")
def savedmodel(
    explainer: Explainer, folder: Path, apply_orientation: bool
) -> Answer:
    """Writes all signatures, see `export_saved_model`.

    Args:
        explainer: A trained explainer.
        folder: Where to write.
        apply_orientation: See `export_saved_model`.
    """
    export_saved_model(explainer, folder, apply_orientation)
    model = tf.saved_model.load(str(folder))

    def answer(images: np.ndarray) -> dict[str, Any]:
        given = tf.constant(images)
        told = model.signatures["explain"](images=given)
        if explainer.encoder.parts:
            return told
        return {**told, **model.signatures["filters"](images=given)}

    return answer


@FORMATS.register("litert")
def litert(
    explainer: Explainer, folder: Path, apply_orientation: bool
) -> Answer:
    """Writes `explain.tflite`, with LiteRT's own operations alone.

    Args:
        explainer: A trained explainer.
        folder: Where to write.
        apply_orientation: Not read: it takes pixels alone.
    """
    archive = keras.export.ExportArchive()
    for one in (explainer, *explainer.answers.copies):
        archive.track(one)
    archive.add_endpoint("explain", _plain(explainer))
    # From concrete functions it converts, too, to what gives NaN.
    with tempfile.TemporaryDirectory() as between:
        archive.write_out(between, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(
            between, signature_keys=["explain"]
        )
        content = converter.convert()
    path = folder / "explain.tflite"
    path.write_bytes(content)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*tf.lite.Interpreter is deprecated")
        interpreter = tf.lite.Interpreter(model_path=str(path))
    run = interpreter.get_signature_runner("explain")
    return lambda images: run(images=images)


@FORMATS.register("onnx")
def onnx(explainer: Explainer, folder: Path, apply_orientation: bool) -> Answer:
    """Writes `explain.onnx`.

    Args:
        explainer: A trained explainer.
        folder: Where to write.
        apply_orientation: Not read: it takes pixels alone.
    """
    convert, runtime = _needed("onnx", "tf2onnx", "onnxruntime")
    graph, path = _plain(explainer), folder / "explain.onnx"
    convert.convert.from_function(
        graph, graph.input_signature, opset=17, output_path=str(path)
    )
    session = runtime.InferenceSession(str(path))
    names = [output.name for output in session.get_outputs()]
    return lambda images: dict(
        zip(names, session.run(None, {"images": images}), strict=True)
    )


@FORMATS.register("openvino")
def openvino(
    explainer: Explainer, folder: Path, apply_orientation: bool
) -> Answer:
    """Writes `explain.xml` and `explain.bin`.

    Args:
        explainer: A trained explainer.
        folder: Where to write.
        apply_orientation: Not read: it takes pixels alone.
    """
    (engine,) = _needed("openvino", "openvino")
    onnx(explainer, folder, False)
    between = folder / "explain.onnx"
    model = engine.convert_model(str(between))
    engine.save_model(
        model, str(folder / "explain.xml"), compress_to_fp16=False
    )
    between.unlink()
    # Else it rounds to what the processor multiplies fastest.
    exact = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = engine.compile_model(str(folder / "explain.xml"), "CPU", exact)

    def answer(images: np.ndarray) -> dict[str, Any]:
        found = compiled(images)
        names = [output.get_any_name() for output in compiled.outputs]
        return {name: found[name] for name in names}

    return answer


def _plain(explainer: Explainer) -> Any:
    """`explain` without the checks of sizes, which other engines have not.

    They have no gradients either, by which filters without parts are judged:
    of these it tells what they see.
    """
    shape = (None, *explainer.examples.shape)
    names = (*EXPLAINED, *OUTPUTS["filters"])

    def answer(images: Any) -> dict[str, Any]:
        if explainer.encoder.parts:
            return explanation_of(explainer, images, answered(explainer))
        out = explainer(images, training=False)
        return {name: out[name] for name in names}

    return traced(answer, tf.TensorSpec(shape, tf.float32, name="images"))
