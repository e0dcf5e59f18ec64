"""What is cut out, and from where."""

import dataclasses
import hashlib
from pathlib import Path

import tensorflow_datasets as tfds

from tf_explainer.errors import InputError


@dataclasses.dataclass(kw_only=True)
class CropConfig(tfds.core.BuilderConfig):
    """Settings of a data set of photographs; its files are kept by them.

    Attributes:
        name: Made from the other settings.
        manual_dir: Folder with the user's copy of the data; None for the
            place where tfds looks for it.
        context: What is added on each side of the object's box, as a share
            of the box's height and width.
        smallest: Objects with a box of less area than a square of this side
            are left out, in pixels; the 50 of the paper's authors.
        skip_broken: Leave out, and count, images that are missing, cannot be
            read or are not of the size that was annotated, instead of
            stopping.
    """

    name: str = ""
    manual_dir: Path | None = None
    context: float = 0.0
    smallest: int = 50
    skip_broken: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.context <= 10:
            raise InputError(
                f"`context` must be within [0, 10], received {self.context}."
            )
        if self.smallest < 1:
            raise InputError(
                f"`smallest` must be >= 1, received {self.smallest}."
            )
        if self.manual_dir is not None:
            self.manual_dir = Path(self.manual_dir).expanduser().resolve()
            if not self.manual_dir.is_dir():
                raise InputError(
                    "`manual_dir`: there is no folder, received "
                    f"'{self.manual_dir}'."
                )
        self.name = self._name()

    def _name(self) -> str:
        """Returns a name that no other settings have."""
        settings = {
            field.name: str(getattr(self, field.name))
            for field in dataclasses.fields(type(self))
            if field.name not in _OF_TFDS
        }
        text = repr(sorted(settings.items()))
        return hashlib.sha256(text.encode()).hexdigest()[:12]


_OF_TFDS = {
    "name",
    *(field.name for field in dataclasses.fields(tfds.core.BuilderConfig)),
}
