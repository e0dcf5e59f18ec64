"""The house rules on docstrings that a program can check."""

import ast
import functools
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "tf_explainer").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
UNDOCUMENTED = {"self", "cls"}


def _name(path):
    return str(path.relative_to(ROOT))


def _none(offenders):
    """Fails with all of them, one a line."""
    found = sorted(offenders)
    assert not found, "\n" + "\n".join(found)


@functools.cache
def _tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


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


def test_public_objects_are_documented():
    """Every public class and function has a docstring that names its Args."""
    _none(
        f"{_name(path)}: {node.name} {fault}"
        for path in SOURCES
        for node in _public(_tree(path))
        if (fault := _undocumented(node))
    )


def _undocumented(node):
    """Returns what its docstring lacks, or None."""
    docstring = ast.get_docstring(node)
    if not docstring:
        return "has no docstring"
    parameters = _parameters(node)
    documented = _documented(docstring, "Args:")
    if isinstance(node, ast.ClassDef):
        documented = documented or _documented(docstring, "Attributes:")
    if documented is None and _may_omit(node, parameters):
        return None
    told, taken = sorted(documented or []), sorted(parameters or [])
    return None if told == taken else f"documents {told}, takes {taken}"


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


def test_documented_arguments_of_methods_exist():
    """Where a public method lists its Args, they are those it takes."""
    _none(
        f"{_name(path)}: {kind.name}.{node.name}"
        for path in SOURCES
        for kind in _tree(path).body
        if isinstance(kind, ast.ClassDef)
        for node in kind.body
        if isinstance(node, ast.FunctionDef) and node.name[0] != "_"
        if not _arguments_exist(node)
    )


def _arguments_exist(method):
    documented = _documented(ast.get_docstring(method) or "", "Args:")
    return documented is None or (
        sorted(documented) == sorted(_parameters(method))
    )


def test_tests_say_what_they_show():
    """Each test has a docstring."""
    _none(
        f"{_name(path)}: {node.name}"
        for path in TESTS
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    )
