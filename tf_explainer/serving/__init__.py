"""Servers: how they are set up and asked, and one of our own by KServe."""

from tf_explainer.serving.client import Client
from tf_explainer.serving.configuration import write_configuration
from tf_explainer.serving.interface import ServerError
from tf_explainer.serving.warm_up import write_warm_up

__all__ = ["Client", "ServerError", "write_configuration", "write_warm_up"]
