"""Packs the numbers of a grid's finished runs, without models, to share them.

    tf-explainer experiment experiments/animals.toml --out runs/animals
    python benchmarks/pack_grid.py runs/animals FILE.tgz

Another machine unpacks them and goes on with the same command:

    mkdir -p runs/animals && tar -xzf FILE.tgz -C runs/animals

Runs that share a performer are packed together, when all of them are done;
`tf-explainer tables` reads what was unpacked, but draws no pictures of it.
"""

import argparse
import io
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from tf_explainer.errors import InputError
from tf_explainer.whole_files import atomic_write

PLAN = "jobs.json"
# Written last of the records of a run whose numbers are there.
LAST = ".tf_explainer/evaluate.json"


def main(arguments: list[str] | None = None) -> None:
    """Packs a folder.

    Args:
        arguments: Those of the command line by default.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", type=Path, help="--out of the experiment")
    parser.add_argument("file", type=Path, help="the .tgz to write")
    options = parser.parse_args(arguments)
    packed = pack_grid(options.runs, options.file)
    print(f"{packed} runs packed in {options.file}")


def pack_grid(runs: Path, file: Path) -> int:
    """Writes the small files of finished runs.

    Args:
        runs: The `--out` folder of `tf-explainer experiment`.
        file: The archive; it is replaced.

    Returns:
        How many runs it holds.

    Raises:
        InputError: If `runs` is no grid, or lacks a run that `file` holds.
    """
    if not (runs / PLAN).is_file():
        raise InputError(f"`runs` must hold {PLAN}, received {runs}.")
    folders = finished(runs)
    lost = _held(file) - set(folders)
    if lost:
        raise InputError(
            f"`file` {file} holds runs that {runs} lacks, such as "
            f"{min(lost)}; unpack it there first."
        )
    with (
        atomic_write(file) as beside,
        tarfile.open(beside, "w:gz") as archive,
    ):
        _add(archive, PLAN, (runs / PLAN).read_text(encoding="utf-8"))
        for folder in folders:
            for name, text in _files(runs, folder):
                _add(archive, f"{folder}/{name}", text)
    return len(folders)


def finished(runs: Path) -> list[str]:
    """Returns the folders of runs whose whole group is done, in order.

    Args:
        runs: The `--out` folder of `tf-explainer experiment`.
    """
    plan = json.loads((runs / PLAN).read_text(encoding="utf-8"))
    groups: dict[PurePosixPath, list[str]] = {}
    for job in plan:
        group = PurePosixPath(job["folder"]).parent
        groups.setdefault(group, []).append(job["folder"])
    return [
        folder
        for folders in groups.values()
        if all((runs / one / LAST).is_file() for one in folders)
        for folder in folders
    ]


def _files(runs: Path, folder: str) -> Iterator[tuple[str, str]]:
    own = runs / folder
    for path in (
        *sorted(own.glob(".tf_explainer/*.json")),
        own / "result.json",
    ):
        text = path.read_text(encoding="utf-8")
        # Where the performer lay on this machine is nobody else's business.
        text = text.replace(json.dumps(str(runs.resolve()))[1:-1] + "/", "")
        yield path.relative_to(own).as_posix(), text


def _add(archive: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


def _held(file: Path) -> set[str]:
    if not file.is_file():
        return set()
    with tarfile.open(file) as archive:
        names = archive.getnames()
    return {n.removesuffix(f"/{LAST}") for n in names if n.endswith(LAST)}


if __name__ == "__main__":
    main()
