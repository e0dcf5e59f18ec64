"""`tf-explainer performer`."""

from tf_explainer.cli.command_registry import COMMANDS
from tf_explainer.cli.options import takes_options
from tf_explainer.cli.request import Request


@COMMANDS.register("performer")
@takes_options("data", "performer", "speed")
def performer(request: Request) -> None:
    """Train the CNN to explain, or take a trained one.

    Examples:

      tf-explainer performer --data my_animals --out runs/mine

      tf-explainer performer --data my_animals --backbone mobilenet
      --weights mobilenet.weights.h5 --out runs/mine

      tf-explainer performer --data my_animals --backbone alexnet
      --weights imagenet-caffe-alex.mat --out runs/mine
    """
    request.do("performer")
