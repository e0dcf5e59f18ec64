"""Which category each filter stands for."""

from typing import Any

import keras
from keras import ops

from tf_explainer.distribution.replicas import added_up
from tf_explainer.layers.statistics import add_statistic
from tf_explainer.tensors import Maps, PerImage, Scores, Shape


@keras.saving.register_keras_serializable("tf_explainer")
class FilterCategories(keras.layers.Layer):
    """Keeps, for each filter, the category whose images fire it most.

    `c_f = argmax_c E_{x: image of c} [sum_ij x_f[i, j]]`

    While training the layer adds up the activations it sees; `assign()`,
    called by `AssignCategories`, turns them into the categories.

    Args:
        categories: Number of categories.
        **kwargs: Base layer keyword arguments, such as `name`.

    Call arguments:
        inputs: Float tensor `(batch, H, W, filters)`, after the ReLU.
        labels: One-hot categories predicted by the performer, float
            `(batch, categories)`.
        training: Whether to add the inputs to the running sums.

    Returns:
        bool `(batch, filters)`: whether the image shows the category of the
        filter.

    Raises:
        ValueError: If `categories` is below 1.

    Source:
        Zhang et al. 2018, appendix "Optimization of filter losses". The
        category of an image is the performer's prediction, since labels are
        not asked for.
    """

    def __init__(self, categories: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if categories < 1:
            raise ValueError(
                f"`categories` must be at least 1, received {categories}."
            )
        self.categories = categories

    def build(self, input_shape: Shape) -> None:
        filters = input_shape[-1]
        self.category = add_statistic(self, "category", (filters,))
        self.total = add_statistic(self, "total", (self.categories, filters))
        self.count = add_statistic(self, "count", (self.categories,))

    def call(
        self, inputs: Maps, labels: Scores, training: bool = False
    ) -> PerImage:
        labels = ops.cast(labels, "float32")
        if training:
            maps = ops.stop_gradient(ops.cast(inputs, "float32"))
            activation = ops.sum(maps, axis=(1, 2))
            total = ops.matmul(ops.transpose(labels), activation)
            self.total.assign_add(added_up(total))
            self.count.assign_add(added_up(ops.sum(labels, axis=0)))
        predicted = ops.cast(ops.argmax(labels, axis=-1), "float32")
        return ops.equal(predicted[:, None], self.category[None, :])

    def assign(self) -> None:
        """Sets the categories from the sums since the last call."""
        mean = self.total / ops.maximum(self.count, 1e-12)[:, None]
        best = ops.cast(ops.argmax(mean, axis=0), "float32")
        seen = ops.sum(self.count) > 0
        self.category.assign(ops.where(seen, best, self.category))
        self.total.assign(ops.zeros_like(self.total))
        self.count.assign(ops.zeros_like(self.count))

    def compute_output_shape(self, input_shape: Shape, *_: Any) -> Shape:
        return (input_shape[0], input_shape[-1])

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "categories": self.categories}
