"""One conv-layer of the paper's networks and what follows it."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class ConvStage:
    """conv → ReLU → (normalization) → (max pooling), in MatConvNet's numbers.

    Args:
        name: Number in the layers' names: `"5_3"` stands for conv5_3, relu5_3
            and pool5.
        filters: Filters of the published network.
        kernel: Height and width of the kernel.
        stride: Step of the kernel.
        pad: Rows and columns of zeros on each of the four sides.
        groups: Into how many groups channels are parted.
        norm: `[N κ α β]` of local response normalization, or `None`.
        pool: Size and step of max pooling, and the rows and columns that its
            last windows may stick out below and on the right; or `None`.
    """

    name: str
    filters: int
    kernel: int
    stride: int = 1
    pad: int = 0
    groups: int = 1
    norm: tuple[int, float, float, float] | None = None
    pool: tuple[int, int, int] | None = None

    @property
    def pool_name(self) -> str:
        """Name of the pooling layer, such as `pool5`."""
        return f"pool{self.name.split('_')[0]}"
