"""Commands in processes of their own, whose ends are looked at."""

import os
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ONE_THREAD = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}
_MARK = "TORTURE_MARK"
# What has no parent any more may need so long to see it: it may be in the
# middle of an import.
_GRACE = 15.0


@contextmanager
def work_folder() -> Iterator[Path]:
    """Yields a folder that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="torture_")).resolve()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Command:
    """`tf-explainer` in a group of processes of its own.

    Args:
        words: Its arguments.
        temporary: Its TMPDIR, made if missing.
        env: More variables.
    """

    def __init__(self, words: list, temporary: Path, **env: str) -> None:
        temporary.mkdir(parents=True, exist_ok=True)
        self._mark = uuid.uuid4().hex
        self._read, write = os.pipe()
        self.said = b""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tf_explainer", *map(str, words)],
            stdout=write,
            stderr=write,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            env={
                **os.environ,
                **ONE_THREAD,
                "TMPDIR": str(temporary),
                _MARK: self._mark,
                **env,
            },
        )
        os.close(write)

    def until(self, words: str, seconds: float) -> bool:
        """Reads until some words are said; False if it ended before."""
        ends = time.monotonic() + seconds
        while words.encode() not in self.said:
            left = ends - time.monotonic()
            if left <= 0 or not self._more(left):
                return words.encode() in self.said
        return True

    def _more(self, seconds: float) -> bool:
        """Reads what is said next; False at the end, or if nothing is."""
        ready, _, _ = select.select([self._read], [], [], seconds)
        new = os.read(self._read, 65536) if ready else b""
        self.said += new
        return bool(new)

    def end(self, seconds: float = 600.0) -> int:
        """Waits for its end, and returns its status; -1 if it hangs."""
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0 and self._more(left):
            pass
        try:
            return self._process.wait(max(ends - time.monotonic(), 1.0))
        except subprocess.TimeoutExpired:
            self.kill()
            return -1

    def kill(self, alone: bool = False) -> None:
        """SIGKILL, for the whole group or for the parent alone."""
        try:
            if alone:
                self._process.kill()
            else:
                os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()

    def terminate(self) -> None:
        """SIGTERM for the parent."""
        self._process.terminate()

    def memory(self) -> float:
        """Returns the resident size of all its processes, in MiB."""
        pages = 0
        for pid in self._alive():
            pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def survivors(self) -> list[str]:
        """Waits a while; returns the command lines that are still alive."""
        ends = time.monotonic() + _GRACE
        while (found := self._alive()) and time.monotonic() < ends:
            time.sleep(0.1)
        for pid in found:
            os.kill(int(pid), signal.SIGKILL)
        os.close(self._read)
        return [f"{pid}: {line}" for pid, line in found.items()]

    def _alive(self) -> dict[str, str]:
        wanted, found = f"{_MARK}={self._mark}".encode(), {}
        for path in Path("/proc").glob("[0-9]*"):
            try:
                if wanted in (path / "environ").read_bytes():
                    line = (path / "cmdline").read_bytes()
                    text = line.replace(b"\0", b" ").decode("utf-8", "replace")
                    found[path.name] = text[:100]
            except OSError:
                continue
        return found

    def last_line(self) -> str:
        """Returns the last thing that it said."""
        lines = self.said.decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""


def one_line(command: Command, status: int) -> str:
    """Says what is wrong with how a command refused; empty if nothing is."""
    said = command.said.decode("utf-8", "replace")
    if "Traceback" in said:
        return f"a traceback: {command.last_line()}"
    if status != 2:
        return f"status {status}: {command.last_line()}"
    if not command.last_line().startswith("error: "):
        return f"it ends with: {command.last_line()}"
    return ""


def some_seconds(draw: random.Random, most: float) -> float:
    """A moment within a step, rather early or late than in the middle."""
    return most * draw.betavariate(0.7, 0.7)
