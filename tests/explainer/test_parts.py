"""Parts in training: found, given filters, removed at times, put in order."""

import types

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.explainer.parts import (
    order_parts,
    wake_filters,
)
from tf_explainer.testing import check_explainer, toy_images, toy_performer

PARTS = 3


def new_explainer(**settings):
    """An explainer of three parts."""
    return Explainer.from_performer(toy_performer(), parts=PARTS, **settings)


@pytest.fixture(scope="module")
def trained():
    """Trained for two epochs of each phase."""
    keras.utils.set_random_seed(0)
    explainer = new_explainer()
    explainer.history_of_fit = explainer.fit(
        toy_images(), epochs=5, batch_size=6, verbose=0, seed=0
    ).history
    return explainer


def test_contract():
    """Frozen performer, outputs, `.keras`."""
    explainer = new_explainer()
    explainer.compile(keras.optimizers.Adam(1e-3), run_eagerly=True)
    check_explainer(explainer, toy_images(4), export=False)


def test_two_phases(trained):
    """First the part loss alone, then everything else."""
    history = trained.history_of_fit
    assert len(history["p"]) == 5
    assert len(history["part_loss"]) == 3
    # One name, one meaning: the lowest loss is none of the first phase.
    assert len(history["loss"]) == len(history["reconstruction_loss"]) == 2
    assert "filter_loss" not in history


def test_only_the_part_head_learns_first():
    """And stands still afterwards."""
    explainer = new_explainer()
    seen = []

    class See(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            encoder = self.model.encoder
            seen.append(
                [
                    np.array(one)
                    for one in (
                        encoder.part_head.conv_1.kernel,
                        encoder.conv_interp.kernel,
                        explainer.decoder.layers[-1].weights[0],
                    )
                ]
            )

    explainer.fit(
        *(toy_images(),), epochs=4, batch_size=6, verbose=0, callbacks=[See()]
    )
    first, second, third, fourth = seen
    assert not np.array_equal(first[0], second[0])
    np.testing.assert_array_equal(first[2], second[2])
    np.testing.assert_array_equal(third[0], fourth[0])
    for one, other in zip(third[1:], fourth[1:], strict=True):
        assert not np.array_equal(one, other)


def test_a_single_epoch_leaves_parts_with_filters():
    """Though nothing but the part head has learned."""
    explainer = new_explainer()
    explainer.fit(toy_images(), epochs=1, batch_size=6, verbose=0)
    images = toy_images()
    pieces = explainer.contributions(images)
    assert np.isfinite(pieces.parts).all()
    counts = np.bincount(explainer.encoder.part_of_filter, minlength=PARTS)
    assert counts.sum() == explainer.filters


def test_parts_are_in_the_order_of_what_they_give(trained):
    """By gradient × activation, over the training images."""
    pieces = trained.contributions(toy_images(), kind="gradient")
    given = np.asarray(pieces.parts).sum(axis=0)
    # Views of them were asked, too.
    assert given.argmax() == 0 or given[0] > 0.5 * given.max()


def test_places_lie_in_the_image(trained):
    """Or at -1, where the part is absent."""
    out = trained(toy_images())
    places, presence = (
        np.asarray(out[name]) for name in ("part_places", "part_presence")
    )
    absent = presence < 0.5
    assert (places[absent] == -1).all()
    assert ((places[~absent] >= 0) & (places[~absent] <= 1)).all()
    maps = np.asarray(out["part_maps"])
    np.testing.assert_allclose(maps.max(axis=(1, 2)), presence, rtol=1e-6)
    assert (maps.sum(axis=-1) <= 1 + 1e-5).all()


def test_dead_filters_are_drawn_anew(trained):
    """Those that fire where their part is keep their weights."""
    encoder = new_explainer().encoder
    before = np.array(encoder.conv_interp.kernel)
    energies = np.ones((encoder.filters, PARTS))
    energies[4] = 0
    encoder.give_filters(np.ones((encoder.filters, PARTS)))
    wake_filters(encoder, energies)
    after = np.array(encoder.conv_interp.kernel)
    changed = (before != after).any(axis=(0, 1, 2))
    assert changed[4] and changed.sum() == 1


@pytest.mark.parametrize("kind", ["removal", "shapley", "gradient"])
def test_pieces_add_up(trained, kind):
    """To the score, whatever it is measured against."""
    images = toy_images(5)
    for category, against in ((None, None), (1, 0), ([0, 1, 0, 0, 1], 2)):
        found = trained.contributions(images, category, against, kind)
        total = np.sum(found.parts, axis=1) + found.ordinary + found.rest
        np.testing.assert_allclose(total, found.score, atol=1e-4)
        assert found.parts.shape == (5, PARTS)


def test_against_is_the_difference(trained):
    """Why 1 and not 0: piece by piece."""
    images = toy_images(5)
    one, other = (trained.contributions(images, k) for k in (1, 0))
    found = trained.contributions(images, 1, against=0)
    for name in ("parts", "ordinary", "rest", "score"):
        np.testing.assert_allclose(
            getattr(found, name),
            getattr(one, name) - getattr(other, name),
            atol=1e-4,
        )


def test_removal_by_definition(trained):
    """The score, less that without the filters and the units of the part."""
    images = toy_images(4)
    features = trained.attachment.features(images)
    encoded = trained.encode(features)
    encoder, last = trained.encoder, trained.reconstructed_layers[-1]
    (dense,) = (one for one in trained.attachment.head.layers if one.weights)

    def score(interp, ordinary):
        rebuilt = trained.decoder(encoder.mixed(interp, ordinary))[last]
        logits = np.asarray(rebuilt) @ np.asarray(dense.kernel) + dense.bias
        return np.asarray(logits[:, 2] - np.mean(logits, axis=1))

    whole = score(encoded.interp_2, encoded.ordinary)
    found = trained.contributions(images, 2)
    for part in range(PARTS):
        others = np.float32(encoder.part_of_filter != part)
        left = 1 - np.asarray(encoded.part_maps)[..., part : part + 1]
        lost = whole - score(encoded.interp_2 * others, encoded.ordinary * left)
        np.testing.assert_allclose(found.parts[:, part], lost, atol=1e-4)
    lost = whole - score(encoded.interp_2, 0 * encoded.ordinary)
    np.testing.assert_allclose(found.ordinary, lost, atol=1e-4)
    background = np.asarray(encoded.part_maps)[..., -1:]
    lost = whole - score(0 * encoded.interp_2, encoded.ordinary * background)
    np.testing.assert_allclose(found.together, lost, atol=1e-4)


def test_kinds_that_need_parts():
    """Are refused without them, and unknown ones are named."""
    explainer = Explainer.from_performer(toy_performer(), preset="filters")
    for kind in ("removal", "shapley"):
        with pytest.raises(InputError, match=f"`kind` '{kind}' removes parts"):
            explainer.contributions(toy_images(2), kind=kind)
    with pytest.raises(InputError, match="one of removal.*received 'remov'"):
        explainer.contributions(toy_images(2), kind="remov")
    with pytest.raises(InputError, match=r"`against` must lie in \[0, 2\]"):
        explainer.contributions(toy_images(2), against=3)


@pytest.mark.parametrize(
    "given", [{"filter_loss": "exact"}, {"mask": "centroid"}, {"silence": 0.1}]
)
def test_options_of_filters_are_refused(given):
    """They would do nothing."""
    (name,) = given
    with pytest.raises(InputError, match=f"`{name}` is for filters that are"):
        new_explainer(**given)
    Explainer.from_performer(toy_performer(), parts=0, **given)


def test_at_most_one_part_a_filter():
    """The toy has twelve filters."""
    explainer = Explainer.from_performer(toy_performer(), parts=50)
    assert explainer.encoder.parts == explainer.filters == 12


def test_names_are_kept(trained, tmp_path):
    """In the file, too; the others keep their numbers."""
    names = [part.name for part in trained.parts]
    assert names == ["part 1", "part 2", "part 3"]
    trained.name_parts({2: " tail "})
    trained.save(tmp_path / "named.keras")
    loaded = keras.saving.load_model(tmp_path / "named.keras")
    trained.name_parts({2: "part 2"})
    assert [part.name for part in loaded.parts] == ["part 1", "tail", "part 3"]
    filters = [index for part in loaded.parts for index in part.filters]
    assert sorted(filters) == list(range(loaded.filters))
    assert not any(part.is_silent for part in loaded.parts)
    assert Explainer.from_performer(toy_performer(), parts=0).parts == ()


def test_names_go_with_their_parts(monkeypatch):
    """A second training may put them into another order."""
    explainer = new_explainer()
    explainer.calibrate(toy_images())
    explainer.name_parts({1: "head"})
    before = explainer.parts
    told = types.SimpleNamespace(parts=np.array([[0.0, 1.0, 2.0]]))
    monkeypatch.setattr(type(explainer), "contributions", lambda *_, **__: told)
    order_parts(explainer, tf.data.Dataset.range(1))
    after = explainer.parts
    assert [one.name for one in after] == ["part 1", "part 2", "head"]
    assert [one.filters for one in after] == [
        one.filters for one in before[::-1]
    ]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({0: "head"}, "from 1 to 3, received 0"),
        ({4: "head"}, "from 1 to 3, received 4"),
        ({"1": "head"}, "received '1'"),
        ({1: " "}, "part 1 a text, received ' '"),
        ({1: "part 2"}, "must differ"),
    ],
)
def test_bad_names_are_refused(trained, names, message):
    """And change nothing."""
    with pytest.raises(InputError, match=message):
        trained.name_parts(names)
    assert trained.parts[0].name == "part 1"
