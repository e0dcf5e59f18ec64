"""Each option is declared once, and whole."""

import ast
import dataclasses
from pathlib import Path

import pytest

import tf_explainer
from tf_explainer.config.explainer import ExplainerOptions, ExplainerSettings
from tf_explainer.config.options import check_option, option_name
from tf_explainer.config.presets import PRESETS, VARIANTS
from tf_explainer.config.schedule import Schedule, ScheduleOptions
from tf_explainer.config.search import TuneSettings
from tf_explainer.config.serving import ServingOptions
from tf_explainer.config.settings import Settings
from tf_explainer.errors import InputError

FIELDS = {
    field.name: field
    for kind in (ExplainerSettings, Schedule, ServingOptions, TuneSettings)
    for field in dataclasses.fields(kind)
}
ROOMS = ("layers", "losses", "explainer", "training", "callbacks")
# Names and defaults that are Keras' own.
OF_KERAS = {"epochs", "learning_rate"}
# Off, until a callback says otherwise.
OFF = {
    "ordinary_dropout": "0.0",
    "noise": "0.0",
    "removal": "0.0",
    "stray_limit": "0.0",
    "views": "0",
}


def test_each_field_is_a_whole_option():
    """Help, group, source, a name, and limits of what is a number."""
    for name, field in FIELDS.items():
        told = field.metadata
        assert told["help"].endswith(".") and "\n" not in told["help"], name
        assert told["group"] and told["source"], name
        assert option_name(name) == f"--{name.replace('_', '-')}"
        kinds = str(field.type)
        if "int" in kinds or "float" in kinds:
            for limits in (("minimum", "above"), ("maximum", "below")):
                assert any(told[one] is not None for one in limits), name
        default = told["default"]
        # What a field does not allow, it cannot have by itself.
        if default is not None:
            assert check_option(field, default) == default, name


def test_command_line_has_the_explainer_s_own_fields():
    """Those of the settings and the schedule, the same objects."""
    for kind in (ExplainerOptions, ScheduleOptions):
        for field in dataclasses.fields(kind):
            option = Settings.__dataclass_fields__[field.name]
            assert option.metadata == field.metadata


def test_presets_and_variants_name_options():
    """With values that these take."""
    entries = [*PRESETS.values()]
    for variant in VARIANTS.values():
        entries += [variant.fixes, variant.starts]
    for entry in entries:
        for name, value in entry.items():
            assert check_option(FIELDS[name], value) == value


def test_what_is_given_wins_over_the_preset():
    """Given, variant, preset, default: in this order."""
    paper = PRESETS["paper"]
    settings = ExplainerSettings(preset="paper", beta=3.0)
    assert (settings.filter_loss, settings.norm) == ("paper", "sum")
    assert (settings.beta, settings.p_rate) == (3.0, ExplainerSettings().p_rate)
    plain = ExplainerSettings(preset="paper", variant="plain")
    assert (plain.filter_loss, plain.norm) == ("none", "sum")
    schedule = Schedule(preset="paper", views=1)
    assert (schedule.views, schedule.filter_weight) == (1, 1 / 300)
    # No frozen phase, however long it is.
    for epochs in (paper["epochs"], 40):
        assert Schedule(preset="paper", epochs=epochs).learning_epochs == epochs
    for kind in (ExplainerSettings, Schedule):
        with pytest.raises(InputError, match="`preset` must be one of default"):
            kind(preset="papers")


def test_python_may_name_what_it_registered():
    """The command line knows the files of the package alone."""
    mine = ExplainerSettings(filter_loss="mine", parts=0)
    assert mine.filter_loss == "mine"
    with pytest.raises(InputError, match="`--filter-loss` must be one of"):
        Settings(filter_loss="mine")


def _defaults():
    """Yields `(place, parameter, default)` of every signature."""
    package = Path(tf_explainer.__file__).parent
    for room in ROOMS:
        for path in sorted((package / room).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef):
                    for name, default in _of_signature(node.args):
                        yield f"{path.name}: {node.name}", name, default


def _of_signature(arguments):
    positional = [*arguments.posonlyargs, *arguments.args]
    with_default = positional[len(positional) - len(arguments.defaults) :]
    pairs = [
        *zip(with_default, arguments.defaults, strict=True),
        *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True),
    ]
    return [(one.arg, ast.unparse(two)) for one, two in pairs if two]


def test_no_signature_has_a_default_of_its_own():
    """Who asks for a setting gets it, or `None`, never a second number."""
    names = {
        field.name
        for kind in (ExplainerSettings, Schedule)
        for field in dataclasses.fields(kind)
    } - OF_KERAS
    again = [
        (place, name, default)
        for place, name, default in _defaults()
        if name in names and default not in ("None", OFF.get(name))
    ]
    assert again == []
