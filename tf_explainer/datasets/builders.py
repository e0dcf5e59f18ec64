"""The tfds builders of this package, found by their folders."""

import difflib
import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tf_explainer.errors import InputError


class _Builders(Mapping[str, Any]):
    """Name → tfds builder class; a builder is imported when asked for."""

    def __iter__(self) -> Iterator[str]:
        # As tfds finds its own: by the path, so a new folder is enough.
        found = Path(__file__).parent.glob("*/*_dataset_builder.py")
        names = (path.parent.name for path in found)
        return iter(sorted(names))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __contains__(self, name: object) -> bool:
        return name in list(iter(self))

    def __getitem__(self, name: str) -> Any:
        if name not in self:
            close = difflib.get_close_matches(name, list(self), n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise InputError(
                f"`data`: received {name!r}, which is neither a folder nor a "
                f"data set.{hint} Known: {list(self)}."
            )
        room = f"{__package__}.{name}.{name}_dataset_builder"
        return importlib.import_module(room).Builder


DATASETS: Mapping[str, Any] = _Builders()
