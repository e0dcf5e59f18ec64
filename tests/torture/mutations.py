"""Files with something wrong in them, by chance and in the same way again."""

import copy
import json
import random

_EXTREME = (
    *(b"1e309", b"-1e309", b"NaN", b"Infinity", b"-1", b"0", b"null"),
    *(b"9" * 30, b"9" * 5000, b"[" * 20_000, b"{" * 20_000, b'{"a":' * 5000),
    *(b"\xff\xfe", b"\x80", b"\xed\xa0\x80", b"\0", b"\r", b"\n", b'"'),
    *(b",", b"..", b"/", b"=", b"A" * 70_000, b"\xe2\x80\xae", b"true"),
)
_BYTES = (
    *(b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff", b"\x80\0\0\0"),
    *(b"\xff" * 2, b"\0" * 2, b"\xff" * 8, b"\x01\0\0\0"),
)


def mutated(
    data: bytes, others: list[bytes], draw: random.Random, text: bool
) -> bytes:
    """Returns a file with one to four faults.

    Args:
        data: A good file.
        others: Good files of the same kind.
        draw: Chooses.
        text: Whether words are put in rather than bytes.
    """
    if text and data[:1] in b"[{" and draw.random() < 0.5:
        return mutated_json(data, draw)
    for _ in range(draw.choice((1, 1, 2, 4))):
        change = draw.choice((_flip, _cut, _twice, _splice, _put, _put))
        data = change(data, others, draw, text)
    return data


_ODD = (None, True, -1, 1e308, 10**30, 0.5, "", "x" * 5000, [], {}, [[]])
_ODD += ([None], {"": None}, "NaN", "\ud800", [1, "2"])


def mutated_json(data: bytes, draw: random.Random) -> bytes:
    """Returns JSON in which some values are of another kind."""
    held = json.loads(data)
    for _ in range(draw.choice((1, 1, 2))):
        place, places = held, []
        while isinstance(place, dict | list) and place:
            keys = list(place) if isinstance(place, dict) else range(len(place))
            key = draw.choice(keys)
            places.append((place, key))
            place = place[key]
        if places:
            inside, key = draw.choice(places)
            if draw.random() < 0.2:
                del inside[key]
            else:
                inside[key] = copy.deepcopy(draw.choice(_ODD))
    return json.dumps(held).encode()


def _place(data: bytes, draw: random.Random) -> int:
    # Heads of files decide most.
    end = len(data) if draw.random() < 0.6 else min(len(data), 64)
    return draw.randrange(end + 1)


def _flip(data: bytes, others: list, draw: random.Random, text: bool) -> bytes:
    changed = bytearray(data)
    for _ in range(draw.choice((1, 1, 3, 20))):
        if changed:
            at = min(_place(data, draw), len(changed) - 1)
            changed[at] = draw.randrange(256)
    return bytes(changed)


def _cut(data: bytes, others: list, draw: random.Random, text: bool) -> bytes:
    first, last = sorted((_place(data, draw), _place(data, draw)))
    return data[:first] if draw.random() < 0.5 else data[:first] + data[last:]


def _twice(data: bytes, others: list, draw: random.Random, text: bool) -> bytes:
    first, last = sorted((_place(data, draw), _place(data, draw)))
    return data[:last] + data[first:]


def _splice(
    data: bytes, others: list, draw: random.Random, text: bool
) -> bytes:
    other = draw.choice(others)
    return data[: _place(data, draw)] + other[_place(other, draw) :]


def _put(data: bytes, others: list, draw: random.Random, text: bool) -> bytes:
    new, at = draw.choice(_EXTREME if text else _BYTES), _place(data, draw)
    if text and draw.random() < 0.6:
        return _in_place_of_word(data, new, draw)
    over = len(new) if draw.random() < 0.7 else 0
    return data[:at] + new + data[at + over :]


def _in_place_of_word(data: bytes, new: bytes, draw: random.Random) -> bytes:
    """Puts something in the place of a number or of a word."""
    at, word = _place(data, draw), b"0123456789.-abcdefghijklmnopqrstuvwxyz_"
    last = at
    while last < len(data) and data[last : last + 1] in _each(word):
        last += 1
    while at and data[at - 1 : at] in _each(word):
        at -= 1
    return data[:at] + new + data[last:]


def _each(word: bytes) -> set[bytes]:
    return {word[i : i + 1] for i in range(len(word))}
