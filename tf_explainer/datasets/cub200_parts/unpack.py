"""An archive that the user got."""

import hashlib
import tempfile
from pathlib import Path

import tensorflow_datasets as tfds
from tensorflow_datasets.core.download.extractor import ExtractError

from tf_explainer.errors import InputError


def unpack(archive: Path, dl_manager: tfds.download.DownloadManager) -> Path:
    """Unpacks an archive to where tfds keeps such, once.

    tfds knows what it has unpacked by the archive's name alone, and would
    take the content of an earlier archive of this name. Here place, size and
    time tell archives apart.

    Args:
        archive: The archive.
        dl_manager: Unpacks.

    Returns:
        Folder with its content.

    Raises:
        InputError: If it is broken.
    """
    told = archive.stat()
    facts = repr((str(archive), told.st_size, told.st_mtime_ns))
    key = hashlib.sha256(facts.encode()).hexdigest()[:12]
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder) / f"{key}.{archive.name}"
        link.symlink_to(archive.resolve())
        try:
            return Path(dl_manager.extract(link))
        except ExtractError as error:
            reason = " ".join(str(error.__cause__ or error).split())
            raise InputError(
                f"{archive}: cannot be unpacked: {reason}"
            ) from error
