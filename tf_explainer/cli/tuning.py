"""`tf-explainer tune`."""

from tf_explainer.cli import COMMANDS
from tf_explainer.cli.options import takes_options
from tf_explainer.cli.request import Request, can_go_on, start_tensorflow
from tf_explainer.config.search import TuneSettings
from tf_explainer.experiments.search_folder import open_tune_folder


@COMMANDS.register("tune")
@takes_options(
    *("search", "data", "performer", "explainer", "speed"), of=TuneSettings
)
def tune(request: Request) -> None:
    """Search for the explainer's settings on a part of the training images.

    Options of the explainer that are given are not searched. Test images are
    never read. best.toml holds what was found, for `run --config`.

    Examples:

      tf-explainer tune --data my_animals --trials 20 --out runs/tune

      tf-explainer tune --data my_animals --performer my.keras --epochs 6
      --filter-loss exact --max-delta-error 2 --out runs/tune

      tf-explainer tune --out runs/tune --resume --trials 40

      tf-explainer run --config runs/tune/best.toml --out runs/best
    """
    opened = open_tune_folder(
        request.out, request.options, request.resume, request.overwrite
    )
    with opened as (folder, settings, given), can_go_on(request.again()):
        # TensorFlow takes seconds to import; bad options must not wait.
        start_tensorflow()
        from tf_explainer.experiments.search import tune
        from tf_explainer.experiments.search_summary import print_trials

        print_trials(tune(settings, given, folder), folder)
