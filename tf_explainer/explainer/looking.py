"""What can be read off an explainer beside its outputs."""

from collections.abc import Mapping
from typing import Any

import tensorflow as tf
from keras import ops

from tf_explainer.explainer.feature_batches import (
    check_images,
    kept_features,
)
from tf_explainer.layers import find_peaks
from tf_explainer.losses import squared_error, squared_norm
from tf_explainer.performers.image_batches import image_batches


class Looking:
    """Maps, peaks and errors of an `Explainer`, for measures and pictures.

    Mixed into `Explainer`; kept apart so that the model can be read in one
    sitting.
    """

    attachment: Any
    decoder: Any
    encode: Any
    receptive_field: Any
    reconstructed_layers: Any

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
        batches = image_batches(images, batch_size)
        check_images(self.attachment, batches)
        run = self.attachment.features
        return kept_features(run, batches, views, seed, **kept)[0]

    def layer_maps(self, images: Any) -> dict[str, Any]:
        """Returns the maps of the four layers that are compared.

        Args:
            images: `(batch, H, W, 3)` as the performer takes them.

        Returns:
            `target` and `top_conv` of the performer and the masked
            `interp_1` and `interp_2`, each `(batch, h, w, channels)`.
        """
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
