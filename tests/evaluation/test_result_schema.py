"""The schema of result.json: complete, and strict."""

import copy

import pytest

from tf_explainer.errors import InputError
from tf_explainer.evaluation.result import (
    SCHEMA_VERSION,
    measure,
    result_schema,
    validate_result,
)


@pytest.fixture(scope="module")
def result(observation):
    """A whole result."""
    return {
        **measure(observation),
        "settings": {"epochs": 3},
        "seed": 0,
        "versions": {"keras": "3.15.1"},
        "seconds": {"explain": 12.5},
        "contributions": {
            "images": 3,
            "parts": {"head": 0.5, "legs": -0.1},
            **{"other": 0.2, "ordinary": 0.3, "bias": 0.1},
        },
    }


def test_a_made_result_validates(result):
    """What `measure` gives fits, settings and versions added."""
    assert validate_result(result) is None
    assert result["schema_version"] == SCHEMA_VERSION
    assert result_schema()["properties"]["schema_version"] == {
        "description": result_schema()["properties"]["schema_version"][
            "description"
        ],
        "const": SCHEMA_VERSION,
    }


def test_no_landmarks_validates(result, made_observation):
    """The numbers that need landmarks may be missing."""
    assert (
        validate_result(result | measure(made_observation(landmark_names=())))
        is None
    )


BROKEN = {
    "p above 1": (("p",), 1.5),
    "text for a number": (("delta_error",), "5 points"),
    "skill above 1": (("layers", "interp_2", "skill"), 1.2),
    "half an interval": (("layers", "interp_2", "skill_interval"), [0.1]),
    "unknown field": (("performer", "acuracy"), 0.5),
    "another version": (("schema_version",), 0),
    "negative count": (("parts", "other"), -1),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_result_does_not(result, case):
    """The message names the field, or the one above it."""
    path, value = BROKEN[case]
    broken = copy.deepcopy(result)
    place = broken
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(InputError, match=rf"\$\.{path[0]}"):
        validate_result(broken)


def test_nan_does_not(result):
    """JSON has no NaN, and a NaN passes every limit of a schema."""
    with pytest.raises(InputError, match="NaN"):
        validate_result({**result, "p": float("nan")})


@pytest.mark.parametrize("key", ["layers", "p", "settings", "controls"])
def test_a_missing_section_does_not(result, key):
    """Every section but `parts` must be there."""
    broken = {name: value for name, value in result.items() if name != key}
    with pytest.raises(InputError, match=key):
        validate_result(broken)


def test_every_field_is_described():
    """A number without a description has no meaning."""
    schema = result_schema()

    def described(node, path):
        if "$ref" in node and "description" not in node:
            node = schema["$defs"][node["$ref"].rsplit("/", 1)[1]]
        is_filters = node in (
            schema["$defs"]["filters"],
            schema["$defs"]["control"],
        )
        assert is_filters or "description" in node, path
        for name, child in node.get("properties", {}).items():
            described(child, f"{path}.{name}")

    described(schema, "$")
    for name, node in schema["$defs"]["filters"]["properties"].items():
        described(node, name)
