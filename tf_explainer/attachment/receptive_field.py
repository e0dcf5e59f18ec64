"""Where a unit of a feature map lies in the image."""

import dataclasses
from typing import Any

import keras
import numpy as np

from tf_explainer.attachment.flat_graph import FlatGraph
from tf_explainer.attachment.impulses import layer_answer
from tf_explainer.attachment.known_layers import (
    KEEPS,
    Step,
    Steps,
    is_known,
    layer_steps,
)
from tf_explainer.attachment.station import layers_between
from tf_explainer.errors import InputError

# They lay a map out anew; what comes of it has no rows and columns, or others.
_LAYOUTS = (
    "BroadcastTo",
    "Dot",
    "Einsum",
    "EinsumDense",
    "Matmul",
    "Moveaxis",
    "Permute",
    "Reshape",
    "Swapaxes",
    "Transpose",
)


@dataclasses.dataclass(frozen=True)
class ReceptiveField:
    """Centers and size of the receptive fields of one feature map.

    Args:
        start: Center of the first unit's field, `(row, column)`, pixels.
        jump: Step between two units, `(rows, columns)`, pixels.
        size: Height and width of the theoretical field, pixels.
        image: Height and width of the image, pixels.
        units: Height and width of the map, units.

    Source:
        Kernel, stride and padding arithmetic; the field is the theoretical
        one. Zhou et al. 2015 (reference [47] of Zhang et al. 2018) project a
        peak to the center of its field.
    """

    start: tuple[float, float]
    jump: tuple[float, float]
    size: tuple[float, float]
    image: tuple[int, int]
    units: tuple[int, int]

    @classmethod
    def of(
        cls, graph: FlatGraph, path: str, tries: bool = True
    ) -> "ReceptiveField":
        """Returns the field of the layer called `path`.

        Layers of Keras whose arithmetic is known are computed. Any other is
        tried out: one place of its input is changed, and the same place of
        its output must answer.

        Args:
            graph: The performer.
            path: Path of a layer with a map `(batch, H, W, channels)`.
            tries: Whether layers of the user's are tried out, too; not
                before their weights are read from a file.

        Raises:
            InputError: If a layer on the way moves units, or in a way that is
                not known.
        """
        axes = _Walk(graph, tries).to(path)
        return cls(
            start=(axes[0].start, axes[1].start),
            jump=(axes[0].jump, axes[1].jump),
            size=(axes[0].size, axes[1].size),
            image=tuple(graph.inputs.shape[1:3]),
            units=tuple(graph.outputs[path].shape[1:3]),
        )

    def unit(self, row: float, column: float) -> tuple[float, float]:
        """Returns the unit, in fractions, whose field is centered at a pixel.

        Args:
            row: Row of the image, pixels.
            column: Column of the image, pixels.
        """
        return (
            (row - self.start[0]) / self.jump[0],
            (column - self.start[1]) / self.jump[1],
        )

    @property
    def centers(self) -> np.ndarray:
        """Centers of all units, `(H, W, 2)`, fractions of the image."""
        rows, columns = np.indices(self.units)
        return np.stack(self.to_image(rows, columns), axis=-1)

    def to_image(self, rows: Any, columns: Any) -> tuple[Any, Any]:
        """Turns units into fractions of the image's height and width.

        Args:
            rows: Rows of the units, any shape, array or tensor.
            columns: Columns of the units.

        Returns:
            Rows and columns of the field centers, clipped to [0, 1].
        """
        return (
            _fraction(rows, self.start[0], self.jump[0], self.image[0]),
            _fraction(columns, self.start[1], self.jump[1], self.image[1]),
        )


def _fraction(index: Any, start: float, jump: float, pixels: int) -> Any:
    if isinstance(index, np.ndarray):
        position = (start + jump * index + 0.5) / pixels
        return np.clip(position, 0.0, 1.0).astype("float32")
    index = keras.ops.cast(index, "float32")
    position = (start + jump * index + 0.5) / pixels
    return keras.ops.clip(position, 0.0, 1.0)


@dataclasses.dataclass(frozen=True)
class _Axis:
    """One axis: unit `i` is centered at pixel `start + jump * i`."""

    start: float = 0.0
    jump: float = 1.0
    size: float = 1.0

    def at(self, unit: float) -> float:
        return self.start + self.jump * unit

    def then(self, step: Step) -> "_Axis":
        return _Axis(
            start=self.start
            + self.jump * ((step.kernel - 1) / 2 - step.before),
            jump=self.jump * step.stride,
            size=self.size + self.jump * (step.kernel - 1),
        )


_Axes = tuple[_Axis, _Axis]


@dataclasses.dataclass
class _Walk:
    """From the image to a layer: the axes of all maps on the way.

    Args:
        graph: The performer.
        tries: Whether layers of the user's are tried out.
        axes: Tensor's id → its axes, of those that have places.
    """

    graph: FlatGraph
    tries: bool
    axes: dict[int, _Axes] = dataclasses.field(default_factory=dict)

    def to(self, path: str) -> _Axes:
        self.axes[id(self.graph.inputs)] = (_Axis(), _Axis())
        # All that it is computed from: nothing ends the way down.
        for name in layers_between(self.graph, path, path):
            for output in keras.tree.flatten(self.graph.outputs[name]):
                self._pass(name, output)
        target = self.graph.outputs[path]
        if id(target) not in self.axes:
            lost = self._lost_at(path)
            raise InputError(
                f"`target_layer` {path!r} has no map that comes from the "
                f"image: {_told(self.graph, lost)} leaves no rows and columns "
                "that can be followed. Choose a layer below it."
            )
        return self.axes[id(target)]

    def _pass(self, name: str, output: Any) -> None:
        """Works out the axes of an output, if it has places."""
        known = self._known(name)
        same = [one for one in known if _sides(one) == _sides(output)]
        if not known or not _is_map(output, bool(same)):
            return
        # Of several branches the one that sees most.
        below = max(same or known, key=lambda one: self.axes[id(one)][0].size)
        steps = self._steps(name, same, below, output)
        if steps is None:
            return
        for other in same:
            self._check_beside(name, self.axes[id(below)], other)
        self.axes[id(output)] = tuple(  # type: ignore[assignment]
            axis.then(step)
            for axis, step in zip(self.axes[id(below)], steps, strict=True)
        )

    def _known(self, name: str) -> list[Any]:
        tensors = self.graph.arguments[name]
        return [tensor for tensor in tensors if id(tensor) in self.axes]

    def _steps(
        self, name: str, same: list[Any], below: Any, output: Any
    ) -> Steps | None:
        """What a layer does to rows and columns; `None` if none are left."""
        layer = self.graph.layers[name]
        steps = layer_steps(layer, below, output)
        if steps is not None and is_known(layer):
            return steps
        if steps is None and not same:
            if type(layer).__name__ in _LAYOUTS:
                return None
            raise InputError(
                f"The layer {_told(self.graph, name)} changes the size of its "
                f"map from {_sides(below)} to {_sides(output)} in a way that "
                "is not known, so that positions cannot be followed to the "
                "image."
            )
        if not self.tries and not is_known(layer):
            return steps or KEEPS
        changed = same or [below]
        found = layer_answer(
            self.graph.arguments[name], changed, output, steps or KEEPS
        )
        if found == "moves":
            raise InputError(
                f"The layer {_told(self.graph, name)} moves rows and columns "
                "of its map, so that positions cannot be followed to the "
                "image. Take it out of `performer` and move the images before "
                "they are handed in, or choose a target below it."
            )
        return (steps or KEEPS) if found == "keeps" else None

    def _check_beside(self, name: str, axes: _Axes, other: Any) -> None:
        """Two branches that meet must speak of the same places."""
        for axis, beside, units in zip(
            axes, self.axes[id(other)], _sides(other), strict=True
        ):
            first = abs(axis.start - beside.start)
            last = abs(axis.at(units - 1) - beside.at(units - 1))
            if max(first, last) > 2 * axis.jump:
                raise InputError(
                    f"The layer {_told(self.graph, name)} puts different "
                    "places of the image on each other, so that positions "
                    "cannot be followed to the image. Choose a target below "
                    "it."
                )

    def _lost_at(self, path: str) -> str:
        """The layer behind which a way up from the image has no places."""
        while not self._known(path):
            below = [
                name
                for tensor in self.graph.arguments[path]
                if (name := self.graph.producer(tensor)) is not None
            ]
            if not below:
                break
            path = below[0]
        return path


def _sides(tensor: Any) -> tuple[int, ...]:
    return tuple(tensor.shape[1:3])


def _is_map(output: Any, keeps_sides: bool) -> bool:
    """Whether an output may have rows and columns.

    Pooling over the whole map, as in squeeze-and-excitation, leaves no
    positions; a single channel, as `preprocess_input` takes them one by one,
    keeps them, and so do channels in groups.
    """
    sides = _sides(output)
    if len(sides) < 2 or None in sides or 1 in sides:
        return False
    return len(output.shape) == 4 or (len(output.shape) > 2 and keeps_sides)


def _told(graph: FlatGraph, path: str) -> str:
    return f"{path!r} ({type(graph.layers[path]).__name__})"
