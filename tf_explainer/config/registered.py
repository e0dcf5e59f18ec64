"""Names that the package's own files register, read from their source."""

import ast
from pathlib import Path

import tf_explainer


def registered_names(room: str, table: str, takes: str = "") -> tuple[str, ...]:
    """Returns the names under which functions of a room register, sorted.

    They are read from the source: to import them would import TensorFlow,
    for which `--help` must not wait.

    Args:
        room: Folder of the package, such as `losses`.
        table: Name of the registry in it, such as `FILTER_LOSSES`.
        takes: Argument that the functions must take, if any.
    """
    folder = Path(tf_explainer.__file__).parent / room
    texts = (path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    return tuple(
        sorted(
            name
            for text in texts
            if f"@{table}.register(" in text
            for name in _names(ast.parse(text), f"{table}.register", takes)
        )
    )


def _names(tree: ast.Module, register: str, takes: str) -> list[str]:
    return [
        str(ast.literal_eval(decorator.args[0]))
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and (not takes or takes in _arguments(node))
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
        and ast.unparse(decorator.func) == register
    ]


def _arguments(node: ast.FunctionDef) -> list[str]:
    arguments = [*node.args.args, *node.args.kwonlyargs]
    return [argument.arg for argument in arguments]
