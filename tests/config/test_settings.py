"""Settings check every option and survive JSON."""

import dataclasses
import json
from pathlib import Path

import pytest

from tf_explainer.config.schedule import Schedule
from tf_explainer.config.settings import Settings, changed_settings
from tf_explainer.errors import InputError


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("epochs", 0, "`--epochs` must be >= 1, received 0"),
        ("epochs", 2.5, "`--epochs` must be a whole number, received 2.5"),
        ("batch_size", True, "`--batch-size` must be a whole number"),
        ("eta", "big", "`--eta` must be a number, received 'big'"),
        ("eta", float("nan"), "`--eta` must be a number, received nan"),
        ("filter_weight", -1, "`--filter-weight` must be >= 0, received -1"),
        ("initial_p", 1, "`--initial-p` must be < 1, received 1.0"),
        ("norm", "max", "`--norm` must be one of energy, sum, received 'max'"),
        ("filter_loss", "exat", "received 'exat'. Did you mean 'exact'"),
        ("skip_broken", "yes", "`--skip-broken` must be true or false"),
        ("categories", [1, 2], "`--categories` must be a list of names"),
        ("target_layer", "", "`--target-layer` must be a text, received ''"),
        ("weights", 3, "`--weights` must be a path, received 3"),
        ("data_option", ["manual_dir"], "`--data-option` must be NAME=VALUE"),
        (
            "data_option",
            ["=x"],
            "`--data-option` must be NAME=VALUE, each name once",
        ),
        ("data_option", {"a": [1]}, "`--data-option` must be NAME=VALUE"),
        ("data_option", ["seed=1"], "'seed' is an option of its own, --seed"),
    ],
)
def test_rejects(option, value, message):
    """The message names the option and the value received."""
    with pytest.raises(InputError) as error:
        Settings(**{option: value})
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"backbone": "mobilenet"}, "`--backbone` needs `--weights FILE`"),
        ({"weights": "w.h5"}, "`--weights` needs `--backbone`"),
        (
            {"performer": "p.keras", "backbone": "mobilenet", "weights": "w"},
            "leave out `--backbone`, received --performer p.keras",
        ),
        ({"performer": "p", "image_size": 64}, "leave out `--image-size`"),
        ({"performer": "p", "performer_epochs": 2}, "`--performer-epochs`"),
        ({"classes": "a,b"}, "not given; received --classes a,b"),
        ({"scale": "unit"}, "`--scale` says how `--performer` is read"),
        (
            {"variant": "plain", "filter_loss": "exact"},
            "`--variant` plain fixes `--filter-loss` to 'none'.* 'exact'",
        ),
        (
            {"variant": "explainer_cls", "score_weight": 1},
            "explainer_cls fixes `--score-weight` to 0.0.*received 1.0",
        ),
    ],
)
def test_rejects_options_that_do_not_go_together(options, message):
    """A finished model is not trained, a plain encoder has no filter loss."""
    with pytest.raises(InputError, match=message):
        Settings(**options)


@pytest.mark.parametrize("loss", [None, "none"])
def test_plain_without_a_filter_loss(loss):
    """Who says nothing gets none, and none says what is so."""
    Settings(variant="plain", filter_loss=loss)


def test_converts():
    """Lists may be written with commas, repeated, or both."""
    layers = ["fc6, fc7", "fc8", "fc6"]
    settings = Settings(reconstructed_layers=layers, eta=2)
    assert settings.reconstructed_layers == ("fc6", "fc7", "fc8")
    assert isinstance(settings.eta, float)


@pytest.mark.parametrize("option", ["categories", "landmarks"])
def test_names_keep_their_commas(option):
    """Only who knows the names can tell a name from a list, JSON or not."""
    settings = Settings(**{option: ["cat, black", " dog "]})
    assert getattr(settings, option) == ("cat, black", "dog")
    assert Settings(**settings.to_json()) == settings
    one = Settings(**{option: "cat, black"})
    assert getattr(one, option) == ("cat, black",)


def test_settings_of_the_data_set():
    """Lines of the command line and a table of a TOML file say the same."""
    lines = Settings(data_option=["manual-dir=/a,b=c", "train=3"])
    assert lines.data_option == {"manual_dir": "/a,b=c", "train": "3"}
    table = Settings(data_option={"manual_dir": "/a", "train": 3})
    assert table.data_option == {"manual_dir": "/a", "train": 3}
    assert Settings(**table.to_json()) == table


def test_json_round_trip():
    """Settings read back from JSON text equal the first, paths included."""
    settings = Settings(
        performer="a/b.keras", categories="cat,dog", eta=0.5, skip_broken=True
    )
    again = Settings(**json.loads(json.dumps(settings.to_json())))
    assert again == settings
    assert again.performer == Path("a/b.keras")


def test_with_options_ignores_what_was_not_given():
    """None means that the user said nothing; False was said."""
    settings = Settings(epochs=3, skip_broken=True)
    again = settings.with_options({"epochs": None, "skip_broken": False})
    assert again == dataclasses.replace(settings, skip_broken=False)


def test_differences_name_the_fields():
    """Only what differs is listed, with both values."""
    found = changed_settings(Settings(epochs=3), Settings(epochs=4, seed=1))
    assert found == {"epochs": (3, 4), "seed": (0, 1)}


def test_what_is_not_given_has_its_default():
    """But the explainer's settings, which depend on preset, variant, data."""
    settings = Settings()
    assert (settings.batch_size, settings.seed, settings.full) == (32, 0, False)
    assert settings.precision == "float32"
    assert settings.eta is settings.epochs is settings.variant is None
    assert settings.given(Schedule) == dict.fromkeys(
        Schedule.__dataclass_fields__
    )
