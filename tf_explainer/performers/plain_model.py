"""A performer with one tensor in and one out."""

import keras

from tf_explainer.performers.flat_graph import FlatGraph


def plain_model(performer: keras.Model) -> keras.Model:
    """Returns a performer that takes a batch of images and gives scores.

    Its layers are shared, not copied. What takes or gives a dictionary or a
    list of one tensor then takes or gives that tensor, and what takes batches
    of one size takes any.

    Args:
        performer: A built Keras model from images to class scores.

    Returns:
        `performer` itself where it is so.

    Raises:
        InputError: If it has several inputs or outputs, or no graph; see
            `FlatGraph.of`.
    """
    FlatGraph.of(performer)
    (image,) = performer.inputs
    if isinstance(performer, keras.Sequential):
        ends = [performer.compute_output_spec(image)]
    else:
        ends = [performer.input, performer.output]
    tensors = all(isinstance(end, keras.KerasTensor) for end in ends)
    if tensors and image.shape[0] is None:
        return performer
    inputs = keras.Input(image.shape[1:], dtype=image.dtype, name=image.name)
    same = keras.models.clone_model(
        keras.Model(performer.inputs, performer.outputs[0]),
        input_tensors=[inputs],
        clone_function=lambda layer: layer,
    )
    return keras.Model(inputs, same.outputs[0], name=performer.name)
