"""Whether a MATLAB file holds together, before SciPy's compiled part reads it.

On damage that part has been seen to end the whole process.
"""

import math
import mmap
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tf_explainer.errors import InputError

_HEAD, _VERSIONS = 128, (1,)
_INT8, _INT32, _UINT32, _MATRIX, _PACKED, _UTF8 = 1, 5, 6, 14, 15, 16
_BYTES = {1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 9: 8, 12: 8, 13: 8}
_BYTES |= {16: 1, 17: 2, 18: 4}
_CELL, _STRUCT, _OBJECT, _CHAR, _SPARSE = 1, 2, 3, 4, 5
_FUNCTION, _OPAQUE = 16, 17
_COMPLEX = 0x0800
_DEEPEST, _MOST_SIDES, _MOST_UNPACKED = 64, 32, 2**32
_Bytes = bytes | mmap.mmap


class _Element(NamedTuple):
    """One element: what it holds, where that begins and ends, what follows."""

    kind: int
    start: int
    end: int
    next: int


def check_matlab_layout(path: Path) -> None:
    """Refuses a file of version 5 whose elements do not fit together.

    Files of versions 4 and 7.3 are read without compiled code of SciPy's, or
    by HDF5, and pass.

    Args:
        path: The file.

    Raises:
        InputError: If it is cut off or damaged.
        OSError: If it cannot be read.

    Source:
        MathWorks, *MAT-File Format*, version 5.
    """
    with open(path, "rb") as file:
        head = file.read(_HEAD)
        version = head[124] if head[126:128] == b"MI" else head[125:126]
        if len(head) < _HEAD or 0 in head[:4] or version in (2, b"\x02"):
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            order = "<" if head[126:128] == b"IM" else ">"
            layout = _Layout(content, order)
            for one in layout.elements(_HEAD, len(content), packed=True):
                layout.check_variable(one)


class _Layout:
    """The elements of some bytes.

    Args:
        data: The bytes.
        order: `<` if a number's lowest byte comes first, else `>`.
    """

    def __init__(self, data: _Bytes, order: str) -> None:
        self._data, self._order = data, order

    def elements(
        self, start: int, end: int, packed: bool = False
    ) -> Iterator[_Element]:
        """Yields what stands between two places.

        Args:
            start: Of the first one.
            end: Of the last one.
            packed: Whether packed ones end at their last byte.
        """
        while start < end:
            one = self._element(start, end)
            # Within a file what is packed is followed at once.
            start = one.end if packed and one.kind == _PACKED else one.next
            yield one

    def check_variable(self, one: _Element) -> None:
        """Refuses a variable, packed or not, that does not fit together."""
        if one.kind == _PACKED:
            unpacked = _unpacked(self._data[one.start : one.end])
            layout = _Layout(unpacked, self._order)
            for inner in layout.elements(0, len(unpacked)):
                layout._check_matrix(inner, 0)
        else:
            self._check_matrix(one, 0)

    def _element(self, at: int, end: int) -> _Element:
        if at + 8 > end:
            raise _damaged()
        kind, size = self._numbers("II", at)
        if kind >> 16:
            size, kind, start = kind >> 16, kind & 0xFFFF, at + 4
            if size > 4:
                raise _damaged()
            return _Element(kind, start, start + size, at + 8)
        start = at + 8
        if start + size > end:
            raise _damaged()
        after = start + size + -size % 8
        return _Element(kind, start, start + size, after)

    def _numbers(self, form: str, at: int) -> tuple[int, ...]:
        return struct.unpack_from(self._order + form, self._data, at)

    def _check_matrix(self, one: _Element, depth: int) -> None:
        if one.kind != _MATRIX or depth > _DEEPEST:
            raise _damaged()
        if one.start == one.end:
            return
        inner = self.elements(one.start, one.end)
        flags = self._next(inner, _UINT32)
        if flags.end - flags.start != 8:
            raise _damaged()
        told = self._numbers("I", flags.start)[0]
        kind = told & 0xFF
        if kind == _OPAQUE:
            # Objects are refused by those who ask for them.
            return
        count = self._count(self._next(inner, _INT32))
        self._next(inner, _INT8, _UTF8)
        if kind == _OBJECT:
            self._next(inner, _INT8)
        if kind in (_CELL, _STRUCT, _OBJECT, _FUNCTION):
            fields = self._fields(inner) if kind in (_STRUCT, _OBJECT) else 1
            held = 1 if kind == _FUNCTION else count * fields
            self._check_held(inner, held, depth)
        else:
            self._check_numbers(inner, kind, bool(told & _COMPLEX), count)

    def _check_held(
        self, inner: Iterator[_Element], count: int, depth: int
    ) -> None:
        for _ in range(count):
            self._check_matrix(self._next(inner, _MATRIX), depth + 1)

    def _check_numbers(
        self, inner: Iterator[_Element], kind: int, two: bool, count: int
    ) -> None:
        if kind == _SPARSE:
            self._next(inner, _INT32)
            self._next(inner, _INT32)
        elif not _CHAR <= kind < _FUNCTION:
            raise _damaged()
        for _ in range(1 + two):
            values = self._next(inner, *_BYTES)
            size = values.end - values.start
            if size % _BYTES[values.kind]:
                raise _damaged()
            # Letters of several bytes each are told by their number.
            exact = kind not in (_CHAR, _SPARSE)
            if exact and size != count * _BYTES[values.kind]:
                raise _damaged()

    def _count(self, sides: _Element) -> int:
        size = sides.end - sides.start
        if size % 4 or not 0 < size // 4 <= _MOST_SIDES:
            raise _damaged()
        found = self._numbers(f"{size // 4}i", sides.start)
        if min(found) < 0:
            raise _damaged()
        return math.prod(found)

    def _fields(self, inner: Iterator[_Element]) -> int:
        length = self._next(inner, _INT32)
        if length.end - length.start != 4:
            raise _damaged()
        each = self._numbers("i", length.start)[0]
        names = self._next(inner, _INT8)
        size = names.end - names.start
        if each < 1 or size % each:
            raise _damaged()
        return size // each

    def _next(self, inner: Iterator[_Element], *kinds: int) -> _Element:
        one = next(inner, None)
        if one is None or one.kind not in kinds:
            raise _damaged()
        return one


def _unpacked(data: bytes) -> bytes:
    try:
        unpacker = zlib.decompressobj()
        found = unpacker.decompress(data, _MOST_UNPACKED)
    except zlib.error as error:
        raise _damaged() from error
    if not unpacker.eof:
        raise _damaged()
    return found


def _damaged() -> InputError:
    return InputError("it is cut off or damaged")
