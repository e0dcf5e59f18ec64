"""Options for a server: where it listens, and how much it takes on."""

import dataclasses
from pathlib import Path

from tf_explainer.config.options import check_option, option

GROUP = "server"
LIMITS = "limits"
SERVERS = ("tensorflow", "kserve")
TOKEN_VARIABLE = "TF_EXPLAINER_TOKEN"


@dataclasses.dataclass(frozen=True)
class ServingOptions:
    """What `tf-explainer serve` takes."""

    name: str = option(
        "explainer",
        "What the model is called in addresses.",
        GROUP,
    )
    host: str = option(
        "127.0.0.1",
        "Address that it listens on; 0.0.0.0 lets other machines ask.",
        GROUP,
    )
    port: int = option(
        8080,
        "Port that it listens on; 0 takes a free one.",
        GROUP,
        minimum=0,
        maximum=65535,
    )
    token_file: Path | None = option(
        None,
        "File with a secret of 16 characters or more, which who asks must "
        "send: Authorization: Bearer SECRET.",
        GROUP,
        shown=f"the environment's {TOKEN_VARIABLE}, if it is set",
    )
    token: bool = option(
        True,
        "Whether a secret is needed where other machines can ask.",
        GROUP,
        shown="needed",
    )
    max_batch: int = option(
        32,
        "Images of one request.",
        LIMITS,
        minimum=1,
        maximum=4096,
    )
    max_body: int = option(
        32,
        "MiB of one request.",
        LIMITS,
        minimum=1,
        maximum=4096,
    )
    max_pixels: int = option(
        25_000_000,
        "Pixels of all encoded images of one request, counted before they are "
        "decoded.",
        LIMITS,
        minimum=1,
        maximum=1_000_000_000,
    )
    concurrency: int = option(
        2,
        "Requests that are computed at a time.",
        LIMITS,
        minimum=1,
        maximum=1024,
    )
    queue: int = option(
        32,
        "Requests that wait; one more is told to come again (503).",
        LIMITS,
        minimum=0,
        maximum=100_000,
    )
    timeout: float = option(
        30.0,
        "Seconds until a request that has no answer yet is given up (504).",
        LIMITS,
        above=0,
        maximum=86_400,
    )

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value = check_option(field, getattr(self, field.name))
            if value is None:
                value = field.metadata["default"]
            object.__setattr__(self, field.name, value)
