"""What can be read off an explainer beside its outputs."""

from collections.abc import Mapping
from typing import Any, cast

import tensorflow as tf
from keras import ops

from tf_explainer.errors import InputError
from tf_explainer.features.batches import is_features, kept_features
from tf_explainer.features.image_checks import told_faults
from tf_explainer.features.images import check_images, image_batches
from tf_explainer.layers import ChannelNorm, find_peaks
from tf_explainer.losses import squared_error, squared_norm


class Looking:
    """Maps, peaks and errors of an `Explainer`, for measures and pictures.

    Mixed into `Explainer`; kept apart so that the model can be read in one
    sitting.
    """

    attachment: Any
    decoder: Any
    encode: Any
    encoder: Any
    receptive_field: Any
    reconstructed_layers: Any
    settings: Any

    @property
    def eta(self) -> float:
        """Weight of `-log p` in the loss."""
        return cast(float, self.settings.eta)

    @property
    def p(self) -> float:
        """Share of the interpretable track, in (0, 1)."""
        return float(self.encoder.mixer.p)

    @property
    def norms(self) -> tuple[ChannelNorm, ChannelNorm]:
        """The norm-layers of the two tracks."""
        return self.encoder.norm_interp, self.encoder.norm_ordin

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        check_images(inputs, self.attachment.features.input_shape[1:])
        return super().__call__(inputs, *args, **kwargs)  # type: ignore[misc]

    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: Any = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> dict[str, Any]:
        """Returns what a call returns, of any number of images, as arrays.

        Args:
            x: Images, as in `fit`.
            batch_size: Images in a batch; 32 if not given.
            verbose: As in Keras.
            steps: Batches to look at; images that do not say where they end
                need it.
            callbacks: Keras callbacks.

        Raises:
            InputError: If the images do not fit the performer, or if one of
                them is not finite.
        """
        if is_features(x):
            raise InputError(
                "`x` must hold images, received features: they are for `fit`, "
                "`evaluate` and `calibrate`."
            )
        with told_faults("x", any_length=steps is None):
            shape = self.attachment.features.input_shape[1:]
            images = image_batches(x, batch_size, shape, "x", steps)
            try:
                return super().predict(  # type: ignore[misc]
                    images, verbose=verbose, steps=steps, callbacks=callbacks
                )
            except UnboundLocalError as error:
                # Keras asks for the outputs of a first batch.
                raise InputError(
                    "`x` must not be empty, received 0 images."
                ) from error

    def cached_features(
        self,
        images: Any,
        batch_size: int | None = None,
        views: int = 0,
        seed: int = 0,
        **kept: Any,
    ) -> tf.data.Dataset:
        """Runs the performer over all images once and keeps its features.

        What is returned can be handed to `fit` in the images' place, also to
        that of other explainers of the same performer and layers: a search
        over settings then runs the performer once.

        Args:
            images: As in `fit`.
            batch_size: Images that the performer takes at a time; 32 if not
                given.
            views: Moved views of each image, mirrored, shifted, turned and
                scaled, whose features are kept beside its own. The filter
                loss `equivariant` learns from them.
            seed: Seed of the views.
            **kept: `memory_limit`, `disk_limit` (GiB), `directory`, `tell`
                and `exact`, see `performers.feature_cache`.

        Returns:
            A data set of single examples, one dictionary of features each, in
            the order of the images.

        Raises:
            InputError: If the images do not fit the performer, or if a
                feature is not finite.
        """
        run = self.attachment.features
        with told_faults():
            batches = image_batches(images, batch_size, run.input_shape[1:])
            return kept_features(run, batches, views, seed, **kept)[0]

    def layer_maps(self, images: Any) -> dict[str, Any]:
        """Returns the maps of the four layers that are compared.

        Args:
            images: `(batch, H, W, 3)` as the performer takes them.

        Returns:
            `target` and `top_conv` of the performer and the masked
            `interp_1` and `interp_2`, each `(batch, h, w, channels)`.
        """
        check_images(images, self.attachment.features.input_shape[1:])
        features = self.attachment.features(images, training=False)
        return self.maps_of(features)

    def maps_of(self, features: Mapping[str, Any]) -> dict[str, Any]:
        """Returns `layer_maps` from the performer's features."""
        encoded = self.encode(features)
        maps = {
            "target": features["target"],
            "top_conv": features["replaced"],
            "interp_1": encoded.interp_1,
            "interp_2": encoded.interp_2,
        }
        return {name: ops.cast(map_, "float32") for name, map_ in maps.items()}

    def peaks_of(self, maps: Any) -> tuple[Any, Any]:
        """Returns peaks in the image and their strengths.

        Args:
            maps: `(batch, h, w, filters)` of any of the four layers.

        Returns:
            `(batch, filters, 2)` fractions of height and width, -1 where the
            filter is silent; and strengths `(batch, filters)`, 0 there.
        """
        rows, columns, strengths = find_peaks(maps)
        position = ops.stack(
            self.receptive_field.to_image(rows, columns), axis=-1
        )
        fires = strengths > 0
        return (
            ops.where(fires[..., None], position, -1.0),
            ops.where(fires, strengths, 0.0),
        )

    def reconstruction_errors(
        self, features: Mapping[str, Any]
    ) -> dict[str, tuple[Any, Any]]:
        """Returns layer → (`‖x - x*‖²`, `‖x*‖²`), each `(batch,)`.

        Args:
            features: A batch as `Attachment.features` gives it.
        """
        rebuilt = self.decoder(self.encode(features).output, training=False)
        return {
            layer: (
                squared_error(rebuilt[layer], features[layer]),
                squared_norm(features[layer]),
            )
            for layer in self.reconstructed_layers
        }
