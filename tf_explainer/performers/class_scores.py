"""The softmax that ends a performer and knows its classes by name."""

from collections.abc import Sequence
from typing import Any

import keras


@keras.saving.register_keras_serializable("tf_explainer")
class ClassScores(keras.layers.Activation):
    """Softmax in float32 whose configuration holds the class names.

    Args:
        class_names: Names in the order of the scores, or `None`.
        **kwargs: Base layer keyword arguments, such as `name`.

    Call arguments:
        inputs: Scores before the softmax `(batch, classes)`.

    Returns:
        Scores `(batch, classes)` that add up to 1.
    """

    def __init__(
        self, class_names: Sequence[str] | None = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("dtype", "float32")
        super().__init__("softmax", **kwargs)
        self.class_names = None if class_names is None else list(class_names)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["activation"]
        return {**config, "class_names": self.class_names}
