"""What every `--out` folder must be, before anything is written."""

from pathlib import Path

from tf_explainer.errors import InputError
from tf_explainer.steps.out_folder import OutFolder


def check_out(
    out: Path, ours: bool, resume: bool = False, overwrite: bool = False
) -> None:
    """Refuses a place that must not be written to.

    Args:
        out: The folder; it need not exist.
        ours: Whether tf-explainer made it.
        resume: Whether to go on with what it holds.
        overwrite: Whether to begin anew.

    Raises:
        InputError: If both flags are set, or the place is a file or holds
            files of somebody else.
    """
    if resume and overwrite:
        raise InputError(
            "`--resume` goes on and `--overwrite` begins anew; received both."
        )
    if Path(out).is_file():
        raise InputError(f"`--out` must be a folder, received the file {out}.")
    if not ours and not OutFolder(out).is_free():
        raise InputError(
            f"`--out` holds files that tf-explainer did not write, received "
            f"{out}. Choose another folder."
        )
