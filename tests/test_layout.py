"""The house rules that a program can check."""

import ast
import functools
import importlib
import pkgutil
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "tf_explainer"
# A room may import the rooms before it.
ROOMS = (
    "tensors",
    "whole_files",
    "errors",
    "parent_watch",
    "registry",
    "config",
    "distribution",
    "datasets",
    "attachment",
    "performers",
    "features",
    "layers",
    "losses",
    "callbacks",
    "explainer",
    "training",
    "evaluation",
    "visualization",
    "report",
    "tables",
    "export",
    "serving",
    "batch",
    "tuning",
    "testing",
    "runs",
    "experiments",
    "cli",
)
# Rooms whose names are imported on first use.
LAZY = ("datasets",)
ENTRIES = ("__init__", "__main__")
SOURCES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
FORBIDDEN = re.compile(r"^(utils?|misc|commons?|helpers?|base|core)(_|$|\d)")


def _name(path):
    return str(path.relative_to(ROOT))


def _room(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _none(offenders):
    """Fails with all of them, one a line."""
    found = sorted(offenders)
    assert not found, "\n" + "\n".join(found)


@functools.cache
def _tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def _imported_rooms(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            modules = [f"{node.module}.{name.name}" for name in node.names]
        elif isinstance(node, ast.Import):
            modules = [name.name for name in node.names]
        else:
            continue
        for module in modules:
            first, *rest = module.split(".")
            if first == "tf_explainer" and rest:
                yield rest[0]


def test_rooms_import_only_rooms_above():
    """The data's way through the package has one direction."""
    _none(
        f"{_name(path)} imports {room}"
        for path in SOURCES
        if _room(path) not in ENTRIES
        for room in _rooms_below(path)
    )


def _rooms_below(path):
    allowed = ROOMS[: ROOMS.index(_room(path)) + 1]
    below = set(_imported_rooms(_tree(path))) - set(allowed)
    # `from tf_explainer import __version__` and the like name no room.
    return below & {*ROOMS, *ENTRIES}


def test_every_room_is_known():
    """A new room gets its place in the order."""
    found = {_room(path) for path in SOURCES} - set(ENTRIES)
    assert found <= set(ROOMS)


def test_contributing_lists_the_rooms():
    """In their order, from the first room that has a folder."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    line = next(one for one in text.splitlines() if "→ `cli`" in one)
    assert tuple(re.findall(r"`(\w+)`", line)) == ROOMS[ROOMS.index("config") :]


def test_files_are_short():
    """No file has more than 300 lines."""
    _none(
        _name(path)
        for path in SOURCES + TESTS
        if len(path.read_text(encoding="utf-8").splitlines()) > 300
    )


def test_file_names_say_what_is_inside():
    """No drawer for odds and ends."""
    _none(
        _name(path)
        for path in SOURCES
        if FORBIDDEN.match(path.stem) or FORBIDDEN.match(path.parent.name)
    )


def test_no_module_has_the_name_of_its_function():
    """Else `room.name` is one or the other, as the imports happened to go."""
    _none(
        _name(path)
        for path in SOURCES
        for node in _tree(path).body
        if isinstance(node, ast.FunctionDef)
        and node.name == (path.parent if _is_room(path) else path).stem
    )


def _is_room(path):
    return path.stem == "__init__"


def test_no_module_hides_what_a_lazy_room_offers():
    """Importing `room.name` would otherwise put the module in its place."""
    rooms = [importlib.import_module(f"tf_explainer.{room}") for room in LAZY]
    for room in rooms:
        assert not set(room.__all__) & {
            module.name for module in pkgutil.iter_modules(room.__path__)
        }


def test_no_large_files_in_git():
    """The history stays small: pictures and results under 1 MiB each."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    )
    files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    large = [f for f in files if f.is_file() and f.stat().st_size > 2**20]
    assert not large
