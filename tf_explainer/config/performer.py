"""Options for the network that is explained."""

import ast
import dataclasses
from pathlib import Path

import tf_explainer
from tf_explainer.config.options import option


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


@dataclasses.dataclass(frozen=True)
class PerformerOptions:
    """The part of `Settings` that says what is explained."""

    performer: Path | None = option(
        None,
        "Trained Keras model (.keras) to explain.",
        "performer",
        shown="train one",
    )
    classes: tuple[str, ...] = option(
        (),
        "Categories in the order of the outputs of --performer, as a list "
        "a,b,c or repeated; of one sigmoid the second.",
        "performer",
        commas=True,
        shown="class_names.txt beside the model, else the categories' order, "
        "background last; one sigmoid: background,object",
    )
    scale: str | None = option(
        None,
        "Values that --performer wants: none 0–255, unit 0–1, tf −1–1, torch "
        "0–1 less ImageNet's mean over its deviation, caffe BGR less "
        "ImageNet's mean.",
        "performer",
        choices=("none", "unit", "tf", "torch", "caffe"),
        shown="none",
    )
    backbone: str | None = option(
        None,
        "Published network that the performer starts from; needs --weights.",
        "performer",
        choices=backbones(),
        shown="a small CNN",
    )
    weights: Path | None = option(
        None,
        "Weights file of the backbone, .mat of MatConvNet or .h5 of Keras; "
        "for mobilenet and vgg_16 also the word imagenet: Keras downloads it.",
        "performer",
    )
    performer_epochs: int | None = option(
        None,
        "Epochs for the performer.",
        "performer",
        minimum=1,
        shown="chosen for the performer",
    )
