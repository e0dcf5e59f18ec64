"""The documentation: its Python runs, its links and options exist."""

import doctest
import importlib
import re
import subprocess
import sys
import zlib
from pathlib import Path
from typing import NamedTuple

import keras
import pytest
import typer

import tf_explainer
from tf_explainer.cli import app
from tf_explainer.testing import toy_images, toy_performer

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = sorted((DOCS / "pages").rglob("*.md"))
TEXTS = [*PAGES, ROOT / "README.md"]
# The site takes these in.
ROOMS_TEXTS = sorted((ROOT / "tf_explainer").glob("*/README.md"))
# A fence may stand behind a mark, which the site does not show.
FENCE = re.compile(
    r"(?:<!-- (?P<mark>slow|not run) -->\n)?^```(?P<language>\w*)\n"
    r"(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)\s]*)?\)")
FILE = re.compile(
    r"`((?:benchmarks|docs|experiments|notebooks|tf_explainer)/[\w./]+)`"
)


class Block(NamedTuple):
    """A fenced block of Python."""

    code: str
    mark: str


def _blocks(path):
    found = FENCE.finditer(path.read_text(encoding="utf-8"))
    return [
        Block(one["code"], one["mark"] or "")
        for one in found
        if one["language"] == "python" and one["mark"] != "not run"
    ]


def _name(path):
    return str(path.relative_to(ROOT))


def _runnable():
    for path in TEXTS:
        marks = {block.mark for block in _blocks(path)}
        if marks:
            slow = [pytest.mark.slow] if "slow" in marks else []
            yield pytest.param(path, marks=slow, id=_name(path))


def _with_examples():
    sources = sorted((ROOT / "tf_explainer").rglob("*.py"))
    return [p for p in sources if ">>> " in p.read_text(encoding="utf-8")]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with the CNN and the images that pages speak of."""
    monkeypatch.chdir(tmp_path)
    toy_performer(classes=2).save(tmp_path / "my_cnn.keras")
    keras.utils.save_img(tmp_path / "my_cat.jpg", toy_images(1)[0])
    (tmp_path / "my_images").mkdir()
    for index, image in enumerate(toy_images(8)):
        keras.utils.save_img(tmp_path / "my_images" / f"{index}.png", image)
    return tmp_path


@pytest.mark.parametrize("path", list(_runnable()))
def test_python_of_a_page_runs(path, folder):
    """All blocks of a page, one after the other."""
    names = {"__name__": "page"}
    for block in _blocks(path):
        exec(compile(block.code, _name(path), "exec"), names)


@pytest.mark.parametrize(
    "path",
    [*PAGES, *ROOMS_TEXTS, *sorted(ROOT.glob("*.md"))],
    ids=_name,
)
def test_links_lead_somewhere(path):
    """Relative links and the files that are named exist on the disk."""
    text = FENCE.sub("", path.read_text(encoding="utf-8"))
    links = [
        link for link in LINK.findall(text) if not re.match(r"[a-z]+:", link)
    ]
    assert not [link for link in links if not (path.parent / link).exists()]
    assert not [name for name in FILE.findall(text) if not _is_there(name)]


def _is_there(name):
    return "<" in name or (ROOT / name).exists()


@pytest.mark.parametrize("path", _with_examples(), ids=_name)
def test_examples_of_docstrings_run(path, folder):
    """What stands behind `>>>` prints what is written below it."""
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    result = doctest.testmod(importlib.import_module(module))
    assert result.attempted and not result.failed


def _options():
    group = typer.main.get_command(app._app())
    for command in group.commands.values():
        for parameter in command.params:
            yield from (*parameter.opts, *parameter.secondary_opts)


def test_options_exist():
    """The command line knows each `--option` that is written."""
    # The last one is TensorBoard's.
    known = {*_options(), "--help", "--logdir"}
    for path in [*TEXTS, *ROOMS_TEXTS]:
        text = path.read_text(encoding="utf-8")
        written = set(re.findall(r"(?<![-\w])--[a-z][a-z-]+", text))
        assert written <= known, _name(path)


def _rooms():
    return [
        name
        for name in tf_explainer.__all__
        if hasattr(getattr(tf_explainer, name), "__all__")
    ]


def test_reference_has_every_room():
    """A page each, that lists the room's public names."""
    assert len(_rooms()) > 10
    for room in _rooms():
        page = DOCS / "pages" / "reference" / f"{room}.md"
        assert f"::: tf_explainer.{room}\n" in page.read_text("utf-8")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built strictly."""
    pytest.importorskip("mkdocs")
    pytest.importorskip("mkdocstrings")
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    done = subprocess.run(
        [*command, "-f", str(DOCS / "mkdocs.yml"), "-d", str(out)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.mark.slow
def test_every_public_name_is_in_the_reference(site):
    """What a room's `__all__` names has an anchor of that name."""
    listed = (site / "objects.inv").read_bytes().split(b"zlib.\n", 1)[1]
    lines = zlib.decompress(listed).decode().splitlines()
    anchors = {line.split()[0] for line in lines}
    names = {
        f"tf_explainer.{room}.{name}"
        for room in _rooms()
        for name in importlib.import_module(f"tf_explainer.{room}").__all__
    }
    missing = sorted(names - anchors)
    assert not missing


@pytest.mark.slow
def test_site_loads_nothing_from_elsewhere(site):
    """It opens without a network: no scripts, styles or pictures from it."""
    loaded = re.compile(
        r'<(?:script|img|link)[^>]*(?:src|href)="(?:https?:)?//'
    )
    for page in site.rglob("*.html"):
        assert not loaded.search(page.read_text(encoding="utf-8")), page
