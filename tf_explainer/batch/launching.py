"""Where a pipeline runs: Beam's options, and processes of this machine."""

import contextlib
import io
import shlex
import sys
from typing import Any

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.portability.api import beam_provision_api_pb2
from apache_beam.runners.portability.fn_api_runner.fn_runner import (
    ExtendedProvisionInfo,
    FnApiRunner,
)
from apache_beam.runners.portability.portable_runner import JobServiceHandle
from apache_beam.transforms.environments import SubprocessSDKEnvironment

from tf_explainer.config.batch import DIRECT, Launch
from tf_explainer.errors import InputError

# Beam's `DirectRunner` first asks the network for a program in Go, and then
# takes this one.
_IN_PYTHON = "FnApiRunner"
_WORKER = "apache_beam.runners.worker.sdk_worker_main"


def beam_options(launch: Launch) -> PipelineOptions:
    """Returns Beam's options.

    Args:
        launch: Where the work is done.

    Raises:
        InputError: If Beam knows no such option or runner.
    """
    local = launch.runner == DIRECT
    runner = _IN_PYTHON if local else launch.runner
    flags = [f"--runner={runner}"]
    if launch.processes > 1:
        flags.append(f"--direct_num_workers={launch.processes}")
    flags += [f"--{one}" for one in launch.beam_options]
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            options = PipelineOptions(flags)
            known = {*options.get_all_options()}
            beam.runners.create_runner(runner)
    except SystemExit as error:
        # What Beam reads its options with ends the process after a page.
        *_, line = said.getvalue().splitlines() or [""]
        raise InputError(f"`--beam-option` is refused: {line}") from error
    except (ValueError, ImportError, AttributeError) as error:
        raise InputError(
            f"`--runner` {launch.runner} is refused by Beam: {error}"
        ) from error
    names = [text.partition("=")[0] for text in launch.beam_options]
    unknown = [name for name in names if name not in known]
    # Flink and Spark have options that their own job server knows alone.
    if local and unknown:
        raise InputError(
            f"`--beam-option` must be one that {DIRECT} has, received "
            f"{unknown[0]}."
        )
    return options


def open_pipeline(
    launch: Launch, options: PipelineOptions, log: str
) -> beam.Pipeline:
    """Returns an empty pipeline.

    Args:
        launch: Where the work is done.
        options: Those of `launch`.
        log: File for what processes of this machine say.
    """
    if launch.runner != DIRECT:
        return beam.Pipeline(options=options)
    # By its name alone, its processes would not learn of the options.
    encode = JobServiceHandle.encode_pipeline_options
    told = beam_provision_api_pb2.ProvisionInfo(
        pipeline_options=encode(options.get_all_options())
    )
    more: dict[str, Any] = {}
    if launch.processes > 1:
        words = [sys.executable, "-m", _WORKER]
        command = f"{shlex.join(words)} 2>>{shlex.quote(log)}"
        found = SubprocessSDKEnvironment.from_command_string(command)
        more["default_environment"] = found
    runner = FnApiRunner(provision_info=ExtendedProvisionInfo(told), **more)
    return beam.Pipeline(runner, options)
