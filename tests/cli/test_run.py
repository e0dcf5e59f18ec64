"""The main job from end to end, in processes of its own, on tiny images."""

import functools
import json
import os
import shutil
import signal
import subprocess
import sys

import keras
import numpy as np
import pytest
from PIL import Image

from tf_explainer.cli.app import main
from tf_explainer.evaluation.result import result_schema
from tf_explainer.runs.out_folder import OutFolder
from tf_explainer.runs.step_order import STEPS

SIZE = 48
LOAD = """
import sys, json, numpy, keras, tf_explainer
images = numpy.load(sys.argv[2])
explainer = keras.saving.load_model(sys.argv[1] + "/explainer.keras")
performer = keras.saving.load_model(sys.argv[1] + "/performer.keras")
out = explainer(images)
numpy.savez(
    sys.argv[3],
    scores=out["scores"],
    performer_scores=out["performer_scores"],
    performer=performer(images),
)
"""
SERVE = """
import sys, numpy, tensorflow as tf
images = numpy.load(sys.argv[2])
served = tf.saved_model.load(sys.argv[1] + "/saved_model/1")
numpy.savez(sys.argv[3], **served.signatures["explain"](tf.constant(images)))
if "tf_explainer" in sys.modules:
    sys.exit("tf_explainer was imported")
"""


def _command(*arguments):
    return [sys.executable, "-m", "tf_explainer", *map(str, arguments)]


def _call(command, env=None):
    """Runs a command; it must not end in a traceback."""
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, env=env
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.mark.slow
def test_every_file_is_there(finished):
    """The table of the documentation, and nothing half written."""
    out, done = finished
    names = {path.name for path in out.iterdir()}
    assert names == {
        "result.json",
        "report.html",
        "performer.keras",
        "explainer.keras",
        "saved_model",
        ".tf_explainer",
    }
    assert (out / "saved_model" / "1" / "saved_model.pb").is_file()
    assert not [path for path in out.rglob(".writing-*")]
    for name in names - {".tf_explainer"}:
        assert name in done.stdout


@pytest.mark.slow
def test_result_has_the_documented_form(finished):
    """The numbers agree with the schema and with the options given."""
    import jsonschema

    result = json.loads((finished[0] / "result.json").read_text())
    jsonschema.validate(result, result_schema())
    assert list(result["seconds"]) == list(STEPS)
    assert result["images"] == {"train": 40, "test": 20, "skipped": 0}
    assert result["settings"]["epochs"] == 4
    assert result["settings"]["schedule"]["epochs"] == 4
    assert result["versions"]["tensorflow"]


@pytest.mark.slow
def test_progress_goes_to_standard_error(finished):
    """One line an epoch where there is no terminal, for both models."""
    lines = finished[1].stderr
    assert "performer: epoch 2/2" in lines
    assert "explainer: epoch 4/4" in lines
    assert "loss" in lines and " p 0." in lines


def _wonders(text):
    """Returns what tells a user nothing."""
    words = ("WARNING", "absl", "I0000", "W0000", "E0000", "oneDNN", "it/s")
    return [word for word in words if word in text]


@pytest.mark.slow
def test_nothing_to_wonder_about(finished):
    """No step lets through what the libraries tell of themselves."""
    assert not _wonders(finished[1].stderr + finished[1].stdout)


@pytest.mark.slow
def test_first_run_says_that_images_are_made(tmp_path):
    """An empty home and no prepared data: one line, and no bars of tfds."""
    command = _command("performer", "--out", tmp_path / "out", "--image-size")
    command += ["48", "--performer-epochs", "1", "--data-dir"]
    command += [str(tmp_path / "data"), "--data-option", "train=12"]
    left = {k: v for k, v in os.environ.items() if not k.startswith("TF_")}
    home = tmp_path / "home"
    home.mkdir()
    done = _call(
        [*command, "--data-option", "test=12"], {**left, "HOME": str(home)}
    )
    assert done.returncode == 0, done.stderr
    assert not _wonders(done.stderr + done.stdout)
    first, second, *_ = done.stderr.splitlines()
    assert first.startswith("1/1 performer")
    assert second.startswith("making data set 'drawn_animals' in ")


@pytest.mark.slow
def test_models_reload_in_new_processes(finished, animals, tmp_path):
    """Keras file and SavedModel answer alike, the latter without us."""
    out, _ = finished
    image = np.asarray(Image.open(animals / "images" / "3.png"), "float32")
    np.save(tmp_path / "images.npy", np.stack([image, image[::-1]]))
    found = []
    for name, code in (("load", LOAD), ("serve", SERVE)):
        arguments = [out, tmp_path / "images.npy", tmp_path / f"{name}.npz"]
        done = _call([sys.executable, "-c", code, *map(str, arguments)])
        assert done.returncode == 0, done.stderr
        found.append(np.load(tmp_path / f"{name}.npz"))
    loaded, served = found
    np.testing.assert_allclose(
        loaded["performer_scores"], loaded["performer"], atol=1e-5
    )
    for name in ("scores", "performer_scores"):
        np.testing.assert_allclose(served[name], loaded[name], atol=1e-5)


@pytest.mark.slow
def test_show_name_and_export(finished, animals, tmp_path, capsys):
    """A name reaches pictures, report and card; no step is done again."""
    out, image = tmp_path / "copy", animals / "images" / "3.png"
    shutil.copytree(finished[0], out)
    (out / "report.html").write_text("old")
    assert main(["name", str(out), "1=the head"]) == 0
    assert "<html" in (out / "report.html").read_text(encoding="utf-8")
    assert main(["show", str(out), str(image), "--target", "ring"]) == 0
    (one,) = json.loads((out / "shown" / "explanations.json").read_text())
    assert "the head" in {part["name"] for part in one["parts"]}
    assert main(["export", str(out), "--format", "litert"]) == 0
    assert "the head" in (out / "exported/litert/1/model_card.md").read_text()
    assert main(["run", "--out", str(out), "--resume"]) == 0
    assert capsys.readouterr().err.count("done before") == len(STEPS)


@pytest.mark.slow
def test_existing_out_is_refused(finished, animals):
    """A second run needs --resume or --overwrite."""
    done = _call(_command("run", "--data", animals, "--out", finished[0]))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "--resume" in done.stderr and "--overwrite" in done.stderr


@pytest.mark.slow
def test_ctrl_c_and_resume(finished, tmp_path):
    """Ctrl-C in the second epoch; resume goes on behind the last whole one."""
    out = tmp_path / "copy"
    shutil.copytree(finished[0], out)
    command = _command("explain", "--overwrite", "--out", out)
    command += ["--epochs", "40"]
    seen = []
    # What a shell starts in the background ignores Ctrl-C, and so would it.
    listen = functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, preexec_fn=listen
    ) as process:
        for line in process.stderr:
            seen.append(line)
            # Python drops an interrupt that comes in a finalizer; a user
            # would press again.
            if "explainer: epoch 2/" in line or "explainer: epoch 12/" in line:
                process.send_signal(signal.SIGINT)
    assert process.returncode == 130
    assert "Traceback" not in "".join(seen)
    assert seen[-1] == (
        f"stopped; go on with: tf-explainer explain --out {out} --resume\n"
    )
    assert not (out / "explainer.keras").exists()
    assert not (out / "result.json").exists()

    done = _call(_command("explain", "--out", out, "--resume"))
    assert done.returncode == 0, done.stderr
    assert "explainer: epoch 1/40" not in done.stderr
    assert "explainer: epoch 40/40" in done.stderr
    record = json.loads((out / ".tf_explainer" / "explain.json").read_text())
    assert len(record["history"]["loss"]) == 40


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "There is no model file"), (b"no zip", "is no Keras model")],
)
def test_performer_file_is_missing_or_broken(
    animals, tmp_path, capsys, content, message
):
    """One line that names the file."""
    path = tmp_path / "mine.keras"
    if content:
        path.write_bytes(content)
    arguments = ["run", "--data", animals, "--performer", path]
    assert main([*map(str, arguments), "--out", str(tmp_path / "out")]) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("error: ") and message in last and str(path) in last


@pytest.mark.slow
def test_misspelt_layer(finished, tmp_path, capsys):
    """The message names a near one; the explainer before is still there."""
    out = tmp_path / "copy"
    shutil.copytree(finished[0], out)
    arguments = ["explain", "--target-layer", "relu44", "--overwrite"]
    assert main([*arguments, "--out", str(out)]) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("error: ") and "'relu4'" in last.replace(
        "relu44", ""
    )
    assert OutFolder(out).is_done("explain")
    assert (out / "explainer.keras").is_file()


@pytest.mark.parametrize(
    ("classes", "inputs", "message"),
    [
        (3, 1, "one output for each of the 2 categories cross, ring"),
        (2, 2, "must have one image input"),
    ],
)
def test_performer_does_not_fit(
    animals, tmp_path, capsys, classes, inputs, message
):
    """A model of other categories, or of two images, is refused."""
    images = [keras.Input((SIZE, SIZE, 3)) for _ in range(inputs)]
    flat = [keras.layers.GlobalAveragePooling2D()(image) for image in images]
    merged = keras.layers.add(flat) if inputs > 1 else flat[0]
    model = keras.Model(images, keras.layers.Dense(classes)(merged))
    model.save(tmp_path / "mine.keras")
    arguments = ["run", "--data", animals, "--out", tmp_path / "out"]
    arguments += ["--performer", tmp_path / "mine.keras"]
    assert main(list(map(str, arguments))) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("error: ") and message in last
