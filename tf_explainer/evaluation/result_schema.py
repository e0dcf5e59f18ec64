"""The contract of `result.json`."""

import functools
import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

import jsonschema

from tf_explainer.errors import InputError

SCHEMA_VERSION = 1


@functools.cache
def result_schema() -> dict[str, Any]:
    """Returns the JSON Schema of `result.json`, every field described."""
    file = resources.files(__package__) / "result.schema.json"
    return json.loads(file.read_text(encoding="utf-8"))


def validate_result(result: Mapping[str, Any]) -> None:
    """Checks a result before it is written or after it is read.

    Args:
        result: Contents of a `result.json`.

    Raises:
        InputError: If it breaks the schema; the message names the field. Also
            if it holds NaN or infinity, which JSON and the schema do not know.
    """
    try:
        json.dumps(result, allow_nan=False)
    except ValueError as reason:
        raise InputError("The result holds NaN or infinity.") from reason
    validator = jsonschema.Draft202012Validator(result_schema())
    error = jsonschema.exceptions.best_match(validator.iter_errors(result))
    if error is not None:
        raise InputError(
            f"`{error.json_path}` of the result breaks its schema: "
            f"{error.message.splitlines()[0]}."
        )
