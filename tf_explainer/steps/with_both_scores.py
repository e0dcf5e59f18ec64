"""A performer with one sigmoid, as one with a score for each category."""

import keras

from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.explainer.positive_category import positive_category
from tf_explainer.performers import FlatGraph, SigmoidPair
from tf_explainer.performers.squeezing_layer import squeezing_layer


def with_both_scores(
    performer: keras.Model, dataset: PartDataset
) -> keras.Model:
    """Puts `SigmoidPair` on a performer that ends in one sigmoid.

    The sigmoid speaks for the object where it is told from the background,
    and for the second of two objects, as Keras trains it on labels 0 and 1.

    Args:
        performer: Model from images to class scores.
        dataset: Images with their categories.

    Returns:
        A model with the same layers and one more; `performer` itself if there
        are not two categories, or if it does not end in one sigmoid.
    """
    if len(dataset.categories) != 2 or performer.output_shape != (None, 1):
        return performer
    graph = FlatGraph.of(performer)
    found = squeezing_layer(keras.Model(graph.inputs, graph.output))
    if found is None or found.name != "sigmoid":
        return performer
    pair = SigmoidPair(positive_category(dataset.negative_category))
    return keras.Model(
        performer.inputs[0], pair(performer.outputs[0]), name=performer.name
    )
