"""Which performers take a weights file."""

import ast
from pathlib import Path

import tf_explainer


def backbones() -> tuple[str, ...]:
    """Returns the names of the performers that take `weights`, sorted.

    They are read from the source: to import them would import TensorFlow,
    for which `--help` must not wait.
    """
    room = Path(tf_explainer.__file__).parent / "performers"
    texts = (path.read_text(encoding="utf-8") for path in room.glob("*.py"))
    return tuple(
        sorted(
            name
            for text in texts
            if "@PERFORMERS.register(" in text
            for name in _with_weights(ast.parse(text))
        )
    )


def _with_weights(tree: ast.Module) -> list[str]:
    """Names under which functions with an argument `weights` register."""
    names = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            arguments = [*node.args.args, *node.args.kwonlyargs]
            names += [
                str(ast.literal_eval(decorator.args[0]))
                for decorator in node.decorator_list
                if isinstance(decorator, ast.Call)
                and ast.unparse(decorator.func) == "PERFORMERS.register"
                and any(argument.arg == "weights" for argument in arguments)
            ]
    return names
