"""A Keras model whose performer is stored with it and never learned."""

from typing import Any

import keras


class FrozenPerformerModel(keras.Model):
    """Learns all of its weights but those of its performer."""

    performer: keras.Model

    @property
    def trainable_weights(self) -> list[Any]:
        """Those of encoder and decoder; the performer's never learn here."""
        return self._own(super().trainable_weights)

    @property
    def trainable_variables(self) -> list[Any]:
        return self._own(super().trainable_variables)

    @property
    def non_trainable_weights(self) -> list[Any]:
        """All other weights, the performer's among them."""
        return _without(self.weights, self.trainable_weights)

    @property
    def non_trainable_variables(self) -> list[Any]:
        return _without(self.variables, self.trainable_variables)

    def _own(self, variables: list[Any]) -> list[Any]:
        return _without(variables, self.performer.variables)

    def renew_train_function(self) -> None:
        """Lets the next step see what was changed beside weights."""
        if getattr(self, "train_function", None) is not None:
            self.make_train_function(force=True)

    def _constant(self, name: str, value: float) -> Any:
        return self.add_weight(
            name=name,
            shape=(),
            initializer=keras.initializers.Constant(value),
            trainable=False,
            dtype="float32",
            autocast=False,
            aggregation="mean",
        )


def _without(variables: list[Any], others: list[Any]) -> list[Any]:
    left_out = {id(variable) for variable in others}
    return [one for one in variables if id(one) not in left_out]
