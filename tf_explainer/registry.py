"""Name → object tables that fill themselves from the files of a package."""

import ast
import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar

from tf_explainer.errors import InputError, closest

Entry = TypeVar("Entry")


class Registry(Generic[Entry]):
    """A table of named objects, found in the modules of one package.

    A module adds itself with the `register` decorator. The package is scanned
    on the first look-up, so a new entry needs a new file and no other edit.

    Args:
        kind: What the entries are, in words, for error messages.
        package: Import path of the package to scan.
    """

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self.package = package
        self._entries: dict[str, Any] = {}
        self._scanned = False

    def register(self, name: str) -> Callable[[Entry], Entry]:
        """Returns a decorator that adds its object under `name`.

        Raises:
            ValueError: If `name` is taken by an object of another module.
        """

        def add(entry: Entry) -> Entry:
            held: Any = self._entries.get(name, entry)
            if held.__module__ != entry.__module__:
                raise ValueError(
                    f"{self.kind} {name!r} is registered twice: in "
                    f"{held.__module__} and in {entry.__module__}."
                )
            self._entries[name] = entry
            return entry

        return add

    def get(self, name: str) -> Entry:
        """Returns the entry called `name`.

        Raises:
            InputError: If there is none; the message names the closest entry.
        """
        self._scan()
        if name not in self._entries:
            close = closest(name, self._entries, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise InputError(
                f"No {self.kind} {name!r}.{hint} Known: {self.names()}."
            )
        return self._entries[name]

    def names(self) -> list[str]:
        """Returns all names, sorted."""
        self._scan()
        return sorted(self._entries)

    def _scan(self) -> None:
        if self._scanned:
            return
        package = importlib.import_module(self.package)
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{self.package}.{module.name}")
        self._scanned = True


def registered_names(room: str, table: str, takes: str = "") -> tuple[str, ...]:
    """Returns the names under which functions of a room register, sorted.

    They are read from the source: to import them would import TensorFlow,
    for which `--help` must not wait.

    Args:
        room: Folder of the package, such as `losses`.
        table: Name of the registry in it, such as `FILTER_LOSSES`.
        takes: Argument that the functions must take, if any.
    """
    folder = Path(__file__).parent / room
    texts = (path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    return tuple(
        sorted(
            name
            for text in texts
            if f"@{table}.register(" in text
            for name in _names(ast.parse(text), f"{table}.register", takes)
        )
    )


def _names(tree: ast.Module, register: str, takes: str) -> list[str]:
    return [
        str(ast.literal_eval(decorator.args[0]))
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and (not takes or takes in _arguments(node))
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
        and ast.unparse(decorator.func) == register
    ]


def _arguments(node: ast.FunctionDef) -> list[str]:
    arguments = [*node.args.args, *node.args.kwonlyargs]
    return [argument.arg for argument in arguments]
