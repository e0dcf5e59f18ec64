"""What a disk refuses is told from faults of ours."""

import errno

import pytest

from tf_explainer.runs.disk_faults import disk_fault, is_disk_full


@pytest.mark.parametrize(
    ("error", "full"),
    [
        (OSError(errno.ENOSPC, "full"), True),
        (OSError(errno.EFBIG, "large"), True),
        (RuntimeError("x; No space left on device"), True),
        (OSError(errno.EROFS, "read-only"), False),
        (ValueError("full"), False),
    ],
)
def test_full(error, full):
    """By number, or by the words of libraries."""
    assert is_disk_full(error) is full


def test_the_place_is_named():
    """And it is looked for in what led to the error."""
    outer = RuntimeError("it failed")
    outer.__cause__ = OSError(errno.EROFS, "Read-only file system", "/a/b")
    assert disk_fault(outer) == (
        "/a/b cannot be read or written: Read-only file system. Files finished "
        "before are whole."
    )


@pytest.mark.parametrize(
    "error", [ValueError("Read-only file system"), OSError("no number")]
)
def test_our_faults_keep_their_traceback(error):
    """What is no disk's is told by nobody."""
    assert disk_fault(error) == ""
