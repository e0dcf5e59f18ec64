"""The cut that is found, what may be given of it, and what is refused."""

import keras
import pytest

from tf_explainer.attachment import Cut, FlatGraph, choose_cut
from tf_explainer.testing import toy_performer

layers = keras.layers


def stack(sides, size=24):
    """Returns a graph of conv-layers `c0`, `c1`, …, halved where told."""
    image = keras.Input((size, size, 3))
    x = image
    for index, side in enumerate(sides):
        strides = x.shape[1] // side
        x = layers.Conv2D(
            4, 3, strides=strides, padding="same", name=f"c{index}"
        )(x)
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    return FlatGraph.of(keras.Model(image, layers.Dense(2)(x)))


def test_paper_s_shape_is_cut_at_the_top():
    """conv → pool → fc → fc → fc, however small the map is (4 × 4)."""
    cut, reason = choose_cut(FlatGraph.of(toy_performer()))
    assert cut == Cut("relu4", "relu5", ("fc6", "fc7"))
    assert "as in the paper" in reason


def test_fc_layers_of_a_side_branch_are_not_the_paper_s_shape():
    """Squeeze-and-excitation below the cut: the 12 × 12 map is taken."""
    image = keras.Input((24, 24, 3))
    x = layers.Conv2D(4, 3, strides=2, padding="same", name="c0")(image)
    x = layers.Conv2D(4, 3, padding="same", name="c1")(x)
    x = layers.Conv2D(4, 3, strides=2, padding="same", name="c2")(x)
    y = layers.Dense(4)(layers.GlobalAveragePooling2D(keepdims=True)(x))
    for _ in range(2):
        y = layers.Dense(4)(layers.Reshape((4,))(y))
    x = layers.Multiply(name="gated")([x, layers.Reshape((1, 1, 4))(y)])
    x = layers.GlobalAveragePooling2D(name="mean")(x)
    x = layers.Dense(3, name="hidden")(x)
    graph = FlatGraph.of(keras.Model(image, layers.Dense(2)(x)))
    cut, reason = choose_cut(graph)
    assert (cut.target_layer, cut.replaced_layer) == ("c0", "c1")
    assert "10 × 10" in reason


@pytest.mark.parametrize(
    "sides,expected,word",
    [
        ((24, 12, 12, 6, 6), ("c1", "c2"), "10 × 10"),
        ((8, 8, 8, 4, 4), ("c1", "c2"), "largest"),
        ((24, 6, 6), ("c1", "c2"), "only one"),
    ],
)
def test_other_shapes_are_cut_where_parts_can_be_told_apart(
    sides, expected, word
):
    """The highest map of ten units; else the largest; the reason is told."""
    cut, reason = choose_cut(stack(sides))
    assert (cut.target_layer, cut.replaced_layer) == expected
    assert word in reason


@pytest.mark.parametrize(
    "given,expected",
    [
        (("c3",), Cut("c3", "c4", ("mean",))),
        ((None, "c1"), Cut("c0", "c1", ("c4", "mean"))),
        (("c0", "c2"), Cut("c0", "c2", ("c4", "mean"))),
        ((None, None, ("c2",)), Cut("c0", "c1", ("c2",))),
        (("c0", "c1", ("c3",)), Cut("c0", "c1", ("c3",))),
    ],
)
def test_what_is_given_is_kept(given, expected):
    """The rest is found around it."""
    assert choose_cut(stack((12, 12, 12, 6, 6)), *given).cut == expected


@pytest.mark.parametrize(
    "cut,message",
    [
        (("relu44", "relu5", ("fc6",)), "`target_layer`.*'relu44'.*'relu4'"),
        (("relu4", "rely5", ("fc6",)), "`replaced_layer`.*'rely5'.*'relu5'"),
        (("relu4", "relu5", ("fc66",)), "`reconstructed_layers`.*'fc66'"),
        (("relu2", "relu5", ("fc6",)), "maps of one size"),
        (("relu4", "fc6", ("fc7",)), "`replaced_layer` must give a map"),
        (("relu5", "relu4", ("fc6",)), "`replaced_layer` must lie above"),
        (("relu4", "relu5", ("relu3",)), "must lie above `replaced_layer`"),
        (("bn3",), "No cut fits.*'bn3'.*relu4 → relu5"),
        ((None, "conv5"), "No cut fits.*`replaced_layer` 'conv5'"),
    ],
)
def test_rejects_cuts(cut, message):
    """The argument, what was received, near names or the possible cuts."""
    with pytest.raises(ValueError, match=message):
        choose_cut(FlatGraph.of(toy_performer()), *cut)


def test_inner_names_lead_to_their_paths():
    """`backbone/layer`, and the near name if only the inner one is given."""
    nested = keras.Sequential([keras.Input((32, 32, 3)), toy_performer()])
    graph = FlatGraph.of(nested)
    assert choose_cut(graph).cut.target_layer == "small_cnn/relu4"
    with pytest.raises(ValueError, match="Did you mean 'small_cnn/relu4'"):
        choose_cut(graph, "relu4")


def test_networks_without_a_fitting_map():
    """What is missing is said, and which layers there are."""
    with pytest.raises(ValueError, match="3 × 3 units or more.*c1, mean"):
        choose_cut(stack((2, 2)))
    image = keras.Input((8, 8, 3))
    dense = keras.Model(image, layers.Dense(2)(layers.Flatten()(image)))
    with pytest.raises(ValueError, match="received a network without"):
        choose_cut(FlatGraph.of(dense))


@pytest.mark.parametrize(
    "target,first,last",
    [("mean", "c3 → c4", "c10 → c11"), ("c1", "c0 → c1", "c7 → c8")],
)
def test_long_lists_are_cut_short(target, first, last):
    """Eight cuts are told, those around what was asked for."""
    given = (target, None, ("c2",)) if target == "c1" else (target,)
    with pytest.raises(ValueError) as caught:
        choose_cut(stack((12,) * 12), *given)
    told = str(caught.value).partition("layer): ")[2]
    assert told.startswith(f"{first}, ")
    assert f"{last}, and 3 more that `tf-explainer inspect` lists." in told
