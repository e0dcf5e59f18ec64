"""A download of weights that fails in one line."""

import contextlib
from collections.abc import Iterator

from tf_explainer.errors import InputError


@contextlib.contextmanager
def told_download(file: str) -> Iterator[None]:
    """Turns what Keras raises within the block into an `InputError`.

    Args:
        file: What is downloaded, for the message.

    Raises:
        InputError: If the download fails.
    """
    try:
        yield
    # `keras.utils.get_file` raises no narrower class.
    except Exception as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise InputError(
            f"`weights`: {file} could not be downloaded ({reason[0]}); bring "
            "the file from elsewhere and name it: `--weights FILE`."
        ) from error
