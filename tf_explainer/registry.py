"""Name → object tables that fill themselves from the files of a package."""

import difflib
import importlib
import pkgutil
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from tf_explainer.errors import InputError

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
            close = difflib.get_close_matches(name, self._entries, n=1)
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
