"""Something in front of the animal, now and then."""

from tf_explainer.datasets.drawn_animals.clutter import Thing
from tf_explainer.datasets.drawn_animals.stream import Stream
from tf_explainer.datasets.drawn_animals.window import Box

_PROBABILITY = 0.3


def draw_occluder(stream: Stream, box: Box) -> list[Thing]:
    """Returns what stands in front of the animal, often nothing.

    It hides some of the animal, never most of it.

    Args:
        stream: Random numbers.
        box: Left, top, right and bottom of the animal, fractions of the image.
    """
    left, top, right, bottom = box
    wide, tall = right - left, bottom - top
    kind = stream.choice(("tufts", "tufts", "bush", "rock", "post"))
    share = stream.uniform()
    size = stream.uniform(0.75, 1.2)
    hidden = stream.chance(_PROBABILITY)
    x = left + share * wide
    if kind == "tufts":
        things = []
        for step in range(5):
            height = size * 0.2 * tall
            thing = Thing.draw(stream, "tuft", bottom + 0.02, height)
            place = left + wide * (step + stream.uniform()) / 5
            things.append(thing._replace(x=place, width=1.2))
    elif kind == "post":
        thing = Thing.draw(stream, "post", bottom + 0.06, size * 0.95 * tall)
        things = [thing._replace(x=x)]
    else:
        # At one end, so that half of the animal stays free.
        x = left + wide * (0.25 * share + (0.75 if share > 0.5 else 0.0))
        height = size * (0.3 if kind == "rock" else 0.4) * tall
        thing = Thing.draw(stream, kind, bottom + 0.04, height)
        things = [thing._replace(x=x)]
    return things if hidden else []
