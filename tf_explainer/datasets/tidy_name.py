"""Names as people mean them."""

import re
import unicodedata

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
