"""Names that a user chose among those of a data set."""

import difflib
from collections.abc import Sequence

from tf_explainer.datasets.tidy_name import tidy_name
from tf_explainer.errors import InputError


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
            close = difflib.get_close_matches(name, tidy, n=1)
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
