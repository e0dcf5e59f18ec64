"""What outsiders install: a wheel of the tracked files, used elsewhere."""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
OPTIONS = [
    *("--data", "drawn_animals", "--data-option", "size=48"),
    *("--data-option", "train=24", "--data-option", "test=12"),
    *("--image-size", "48", "--batch-size", "12"),
    *("--performer-epochs", "1", "--epochs", "1"),
]
LOAD = """
import sys
import keras, numpy, tf_explainer

print(tf_explainer.__file__)
explainer = keras.saving.load_model(sys.argv[1])
out = explainer(numpy.zeros((2, 48, 48, 3), "float32"))
print(out["scores"].shape[0])
"""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (ROOT / ".git").exists(), reason="not a git checkout"
    ),
]


def _call(*command, folder):
    """Runs a command as in a fresh shell, and returns what it printed."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel, built from nothing but the tracked files."""
    clone = tmp_path_factory.mktemp("clone")
    listed = _call("git", "ls-files", "-z", folder=ROOT)
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, clone / name)
    out = tmp_path_factory.mktemp("wheel")
    build = [*PIP, "wheel", "--no-deps", "--no-build-isolation", "-w", out]
    _call(*build, ".", folder=clone)
    return next(out.glob("tf_explainer-*.whl"))


def test_its_description_renders(wheel):
    """As a package index wants it."""
    pytest.importorskip("twine")
    command = [sys.executable, "-m", "twine", "check", "--strict", wheel]
    assert "PASSED" in _call(*command, folder=wheel.parent)


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """An environment with the wheel; its folder of commands.

    What the package needs is lent by this one: TensorFlow alone would take
    minutes.
    """
    place = tmp_path_factory.mktemp("venv")
    venv.create(place, with_pip=False, symlinks=True)
    python = place / "bin" / "python"
    _call(*PIP, "--python", python, "install", "--no-deps", wheel, folder=place)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    lent = place / "lib" / version / "site-packages" / "lent.pth"
    # A path in it is searched last, and its own .pth files are not read, such
    # as that of an editable install.
    paths = [p for p in sys.path if p.endswith("-packages")]
    lent.write_text("\n".join(paths) + "\n")
    return place / "bin"


def test_an_installed_wheel_runs_elsewhere(installed, tmp_path):
    """The main job and `load_model`, without the checkout at hand."""
    _call(
        *(installed / "tf-explainer", "run", "--out", "runs/demo"),
        *("--data-dir", tmp_path / "data", *OPTIONS),
        folder=tmp_path,
    )
    out = tmp_path / "runs" / "demo"
    assert (out / "result.json").is_file()
    assert (out / "report.html").is_file()
    answer = _call(
        *(installed / "python", "-c", LOAD, out / "explainer.keras"),
        folder=tmp_path,
    ).split()
    assert Path(answer[0]).is_relative_to(installed.parent)
    assert answer[1] == "2"
