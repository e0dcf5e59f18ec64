"""One reader for arrays, data sets, PyDatasets, generators and the like."""

import itertools

import keras
import ml_dtypes
import numpy as np
import pytest
import tensorflow as tf

from tf_explainer.errors import InputError
from tf_explainer.features import image_batches
from tf_explainer.features.image_checks import told_faults

SHAPE = (6, 5, 3)
X = np.arange(10 * 90, dtype="float32").reshape(10, *SHAPE) % 256
Y = np.arange(10) % 3
BROKEN = X.copy()
BROKEN[7, 2, 1, 0] = np.nan
BROKEN[9] = np.inf
UNEQUAL = [X[0], X[1][:4]]


class Batches(keras.utils.PyDataset):
    """Three batches of up to four."""

    def __len__(self):
        """The last one holds two."""
        return 3

    def __getitem__(self, index):
        """Images and labels."""
        part = slice(4 * index, 4 * index + 4)
        return X[part], Y[part]


class Loader:
    """Gives lists of images and labels, anew in each pass, as PyTorch's."""

    def __len__(self):
        """Two batches of five."""
        return 2

    def __iter__(self):
        """Images and labels."""
        return iter([[X[:5], Y[:5]], [X[5:], Y[5:]]])


def _data(images=X, batch=None):
    data = tf.data.Dataset.from_tensor_slices((images, Y))
    return data.batch(batch) if batch else data


def _of_unknown_size(images):
    signature = tf.TensorSpec((None, None, 3), tf.float32)
    return tf.data.Dataset.from_generator(
        lambda: iter(images), output_signature=signature
    )


def _named(image, label):
    return {"image": image, "label": label}


def _read(images, **arguments):
    with told_faults():
        return list(image_batches(images, 4, SHAPE, **arguments))


FORMS = {
    "uint8": lambda: X.astype("uint8"),
    "float64": lambda: X.astype("float64"),
    "float16": lambda: X.astype("float16"),
    "bfloat16": lambda: X.astype(ml_dtypes.bfloat16),
    "tensor": lambda: tf.cast(X, tf.bfloat16),
    "list": lambda: list(X),
    "keras list": lambda: [X],
    "pair": lambda: (X, Y),
    "dictionary": lambda: _named(X, Y),
    "tfds": lambda: _data(X.astype("uint8")).map(_named),
    "weighted": lambda: tf.data.Dataset.from_tensor_slices((X, Y, Y)),
    "batched": lambda: _data(batch=3),
    "unknown size": lambda: _of_unknown_size(X),
    "unknown rank": lambda: tf.data.Dataset.from_generator(
        lambda: zip(X, Y, strict=True), output_types=(tf.float32, tf.int32)
    ),
    "PyDataset": lambda: Batches(),
    "loader": lambda: Loader(),
    "generator": lambda: (one for one in X),
    "generator of pairs": lambda: ((X[i : i + 3], Y) for i in (0, 3, 6, 9)),
    "generator of dictionaries": lambda: map(_named, X, Y),
    "list of pairs": lambda: list(zip(X, Y, strict=True)),
    "mixed types": lambda: iter([X[0].astype("uint8"), *X[1:]]),
}


@pytest.mark.parametrize("form", FORMS)
def test_same_images_in_any_form(form):
    """In their order, float32, and again in a second pass."""
    batches = image_batches(FORMS[form](), 4, SHAPE)
    for _ in range(2):
        read = list(batches)
        assert {one.dtype for one in read} == {tf.float32}
        # bfloat16 holds whole numbers up to 256.
        np.testing.assert_array_equal(np.concatenate(read), X)
    assert batches.element_spec.shape[1:] == SHAPE


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (lambda: BROKEN, "NaN or infinity in image 7 and 1 more of 10"),
        (lambda: list(BROKEN), "NaN or infinity in image 7 and 1 more"),
        (lambda: _data(BROKEN), r"in image 7 \(counted from 0\); such.*: 1\."),
        (lambda: _data(BROKEN, 5), r"in image 2 of batch 1 \(.*batch: 2\."),
        (lambda: iter(BROKEN), r"NaN or infinity in image 7 \("),
        (lambda: UNEQUAL, r"\(6, 5, 3\) as image 0 and \(4, 5, 3\) as image 1"),
        (lambda: np.array([*UNEQUAL, 0], object)[:2], r"\(4, 5, 3\) as image"),
        (lambda: iter(UNEQUAL), r"\(6, 5, 3\).* as element 1 .*\(4, 5, 3\)"),
        (lambda: _of_unknown_size(UNEQUAL), r"\(6, 5, 3\).*received \(4, 5, 3"),
        (lambda: X[..., :1], r"\(6, 5, 1\); repeat the gray channel"),
        (lambda: iter(X[..., :1]), r"\(6, 5, 1\); repeat the gray channel"),
        (lambda: np.moveaxis(X, -1, 1), r"\(3, 6, 5\); the channels go last"),
        (lambda: X[:, :4], r"shape \(6, 5, 3\).*received \(4, 5, 3\)"),
        (lambda: X[0], r"float32 \(6, 5, 3\); of a single image"),
        (lambda: np.zeros(()), r"float64 \(\)"),
        (lambda: X > 3, r"bool \(10"),
        (lambda: "image.png", "received a str"),
        (lambda: None, "received None"),
        (lambda: {"img": X}, r"key 'image'.*\['img'\]"),
        (lambda: keras.Input(SHAPE), "KerasTensor"),
        (lambda: tf.ragged.stack(UNEQUAL), "RaggedTensor"),
        (lambda: [X[:4], X[4:]], "images of one size"),
        (lambda: tf.data.Dataset.from_tensors(["a"]), "a data set of"),
        (lambda: [], "received 0 images"),
        (lambda: X[:0], "received 0 images"),
        (lambda: _data().take(0), "received 0 images"),
        (lambda: iter([]), "only once"),
        (lambda: _data().repeat(), "repeats forever"),
        (lambda: itertools.repeat((X, Y)), "gave 10010 images and goes on"),
        (lambda: itertools.repeat("a"), r"received <U1 \(\)"),
    ],
)
def test_refuses_in_one_line(images, message):
    """What does not fit is named, with the argument and what was received."""
    with pytest.raises(InputError, match=f"^`images` must.*{message}") as told:
        _read(images())
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    "images",
    [
        lambda: itertools.repeat(X[:4]),
        lambda: itertools.cycle(X[:4]),
        lambda: tf.data.Dataset.from_tensor_slices(X[:4]).repeat(),
    ],
)
def test_takes_steps_of_what_does_not_end(images):
    """Two batches of four, and no more."""
    read = _read(images(), steps=2)
    np.testing.assert_array_equal(np.concatenate(read), [*X[:4], *X[:4]])
