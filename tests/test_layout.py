"""The house rules that a program can check."""

import ast
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
    "_version",
    "tensors",
    "whole_files",
    "errors",
    "registry",
    "config",
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
UNDOCUMENTED = {"self", "cls"}


def _name(path):
    return str(path.relative_to(ROOT))


def _room(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


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


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_rooms_import_only_rooms_above(path):
    """The data's way through the package has one direction."""
    room = _room(path)
    if room in ENTRIES:
        return
    allowed = ROOMS[: ROOMS.index(room) + 1]
    below = set(_imported_rooms(_tree(path))) - set(allowed)
    # `from tf_explainer import __version__` and the like name no room.
    assert not below & {*ROOMS, *ENTRIES}


def test_every_room_is_known():
    """A new room gets its place in the order."""
    found = {_room(path) for path in SOURCES} - set(ENTRIES)
    assert found <= set(ROOMS)


def test_contributing_lists_the_rooms():
    """In their order, from the first room that has a folder."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    line = next(one for one in text.splitlines() if "→ `cli`" in one)
    assert tuple(re.findall(r"`(\w+)`", line)) == ROOMS[4:]


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=_name)
def test_files_are_short(path):
    """No file has more than 300 lines."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_file_names_say_what_is_inside(path):
    """No drawer for odds and ends."""
    assert not FORBIDDEN.match(path.stem)
    assert not FORBIDDEN.match(path.parent.name)


def test_no_module_hides_what_a_lazy_room_offers():
    """Importing `room.name` would otherwise put the module in its place."""
    rooms = [importlib.import_module(f"tf_explainer.{room}") for room in LAZY]
    for room in rooms:
        assert not set(room.__all__) & {
            module.name for module in pkgutil.iter_modules(room.__path__)
        }


def _public(tree):
    """Yields `(node, callable)`: classes stand for their `__init__`."""
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        if not node.name.startswith("_"):
            yield node


def _parameters(node):
    """Returns the names a caller may pass, or None if that is inherited."""
    if isinstance(node, ast.ClassDef):
        if _has_fields(node):
            return [
                item.target.id
                for item in node.body
                if isinstance(item, ast.AnnAssign)
                and not item.target.id.startswith("_")
            ]
        found = [item for item in node.body if _is_init(item)]
        if not found:
            return None
        node = found[0]
    arguments = node.args
    names = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    stars = [arguments.vararg, arguments.kwarg]
    return [
        *(name.arg for name in names if name.arg not in UNDOCUMENTED),
        *(
            "*" * count + name.arg
            for count, name in enumerate(stars, start=1)
            if name is not None
        ),
    ]


def _is_init(item):
    return isinstance(item, ast.FunctionDef) and item.name == "__init__"


def _has_fields(node):
    """Whether a class is a dataclass or a named tuple."""
    marks = [*node.decorator_list, *node.bases]
    return any(
        word in ast.unparse(mark)
        for mark in marks
        for word in ("dataclass", "NamedTuple")
    )


def _documented(docstring, section):
    """Returns the names under a Google-style section, or None."""
    lines = docstring.splitlines()
    heads = [i for i, line in enumerate(lines) if line.strip() == section]
    if not heads:
        return None
    head = lines[heads[0]]
    indent = len(head) - len(head.lstrip()) + 4
    names = []
    for line in lines[heads[0] + 1 :]:
        if line.strip() and len(line) - len(line.lstrip()) < indent:
            break
        found = re.match(rf" {{{indent}}}(\*{{0,2}}\w+)( \(.*\))?:", line)
        if found:
            names.append(found[1])
    return names


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_public_objects_are_documented(path):
    """Every public class and function has a docstring that names its Args."""
    for node in _public(_tree(path)):
        docstring = ast.get_docstring(node)
        assert docstring, f"{node.name} has no docstring"
        parameters = _parameters(node)
        documented = _documented(docstring, "Args:")
        if isinstance(node, ast.ClassDef):
            documented = documented or _documented(docstring, "Attributes:")
        if documented is None and _may_omit(node, parameters):
            continue
        assert sorted(documented or []) == sorted(parameters or []), node.name


def _may_omit(node, parameters):
    """No parameters, inherited ones, or fields that carry their own help."""
    fields = [item for item in node.body if isinstance(item, ast.AnnAssign)]
    told = any(
        isinstance(item.value, ast.Call)
        and ast.unparse(item.value.func) == "option"
        for item in fields
    )
    command = any(
        "COMMANDS.register" in ast.unparse(d) for d in node.decorator_list
    )
    return not parameters or told or command


@pytest.mark.parametrize("path", SOURCES, ids=_name)
def test_documented_arguments_of_methods_exist(path):
    """Where a public method lists its Args, they are those it takes."""
    classes = [n for n in _tree(path).body if isinstance(n, ast.ClassDef)]
    for node in [item for kind in classes for item in kind.body]:
        if isinstance(node, ast.FunctionDef) and node.name[0] != "_":
            documented = _documented(ast.get_docstring(node) or "", "Args:")
            if documented is not None:
                assert sorted(documented) == sorted(_parameters(node))


@pytest.mark.parametrize("path", TESTS, ids=_name)
def test_tests_say_what_they_show(path):
    """Each test has a docstring."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            assert ast.get_docstring(node), f"{node.name} has no docstring"


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
