"""Which categories take part, and under which label."""

import dataclasses
import re
import unicodedata
from collections.abc import Sequence

import numpy as np

from tf_explainer.errors import InputError, closest

# Spaces of any kind, and marks that nobody sees.
_SPACE = r"[\s\u200b-\u200f\u2060\ufeff]+"
_ENDS = re.compile(f"^{_SPACE}|{_SPACE}$")


def tidy_name(text: str) -> str:
    """Returns a name without spaces around it, in Unicode's form NFC.

    `cat` and `cat ` are one name, and so are the two ways to write an `ö`.

    Args:
        text: A name as it is written in a file or on a disk.
    """
    return _ENDS.sub("", unicodedata.normalize("NFC", text))


def chosen_names(
    wanted: Sequence[str], known: Sequence[str], option: str, where: str
) -> list[str]:
    """Returns the names as the data set writes them.

    A text that is no name but a list `a,b,c` is split at its commas, so that
    a name may hold one.

    Args:
        wanted: Names or lists of names.
        known: The names there are.
        option: What the user chose them with, for messages.
        where: The data set in words, for messages.

    Raises:
        InputError: If a name is unknown or chosen twice.
    """
    tidy = {tidy_name(name): name for name in known}
    tidy |= {name: name for name in known}
    texts = [wanted] if isinstance(wanted, str) else wanted
    names = [name for text in texts for name in _split(text, tidy)]
    for name in names:
        if name not in tidy:
            close = closest(name, tidy, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            if any("," in one for one in known):
                hint += f" Repeat `{option}` for names that hold a comma."
            raise InputError(
                f"`{option}`: received {name!r}, which {where} does not "
                f"have.{hint} Known: {list(known)}."
            )
    if len(set(names)) < len(names):
        raise InputError(f"`{option}`: a name is repeated, received {names}.")
    return [tidy[name] for name in names]


def _split(text: str, known: dict[str, str]) -> list[str]:
    if text in known:
        return [text]
    if tidy_name(text) in known:
        return [tidy_name(text)]
    return [name for part in text.split(",") if (name := tidy_name(part))]


BACKGROUND = "background"


@dataclasses.dataclass(frozen=True, eq=False)
class CategoryChoice:
    """The categories of a task and the new label of each old one.

    Attributes:
        categories: Names in the order of the new labels.
        new_labels: Int32 `(old categories,)`; -1 where images are left out.
    """

    categories: tuple[str, ...]
    new_labels: np.ndarray

    @classmethod
    def make(
        cls,
        found: Sequence[str],
        wanted: Sequence[str] | None,
        where: str,
        negatives: bool = False,
    ) -> "CategoryChoice":
        """Chooses among the categories found in a data set.

        One wanted category is set against all the rest, which becomes
        `background`. Several are told from each other, and the rest is left
        out. With none named, all but `background` take part.

        Args:
            found: Names in the order of the old labels.
            wanted: Names chosen by the user, or lists `a,b,c` of them; or
                None.
            where: The data set in words, for messages.
            negatives: Whether the background comes from elsewhere: one
                category is wanted, and the rest is left out.

        Returns:
            The choice.

        Raises:
            InputError: If a name is unknown, given twice or `background`, or
                if nothing is left to tell a category from; if there are
                `negatives` and several categories.
        """
        _check_spelling(found, where)
        real = [name for name in found if name != BACKGROUND]
        if not real:
            raise InputError(f"{where} has no category besides {BACKGROUND!r}.")
        chosen = real
        if wanted is not None:
            chosen = chosen_names(wanted, real, "categories", where)
        if not chosen:
            raise InputError(f"`categories` names none. Known: {real}.")
        if negatives:
            return cls._against_negatives(found, chosen)
        if len(chosen) > 1:
            labels = {name: index for index, name in enumerate(chosen)}
            new_labels = [labels.get(name, -1) for name in found]
            return cls(tuple(chosen), np.array(new_labels, "int32"))
        if len(found) < 2:
            raise InputError(
                f"{where} has the one category {chosen[0]!r}, received no "
                f"other category and no {BACKGROUND!r} to tell it from; name "
                "a folder of other images with `negatives`."
            )
        new_labels = [int(name != chosen[0]) for name in found]
        return cls((chosen[0], BACKGROUND), np.array(new_labels, "int32"))

    @classmethod
    def _against_negatives(
        cls, found: Sequence[str], chosen: list[str]
    ) -> "CategoryChoice":
        if len(chosen) > 1:
            raise InputError(
                "`negatives` stand against one category; choose it with "
                f"`categories`, received {chosen}."
            )
        new_labels = [0 if name == chosen[0] else -1 for name in found]
        return cls((chosen[0], BACKGROUND), np.array(new_labels, "int32"))


def _check_spelling(found: Sequence[str], where: str) -> None:
    """Refuses `Cat` beside `cat`, and `Background`, which is an object."""
    seen = {BACKGROUND: BACKGROUND}
    for name in found:
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            raise InputError(
                f"{where} has the category {name!r}, which differs from "
                f"{other!r} in capital letters alone; write {other!r}."
            )
