"""Which categories take part, and under which label."""

import dataclasses
from collections.abc import Sequence

import numpy as np

from tf_explainer.datasets.chosen_names import chosen_names
from tf_explainer.errors import InputError

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
