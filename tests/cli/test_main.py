"""What the command line answers to right and wrong calls."""

import dataclasses
import errno
import re
import shlex
import subprocess
import sys

import pytest
import typer

from tf_explainer import __version__
from tf_explainer.cli import COMMANDS
from tf_explainer.cli.app import _app, main
from tf_explainer.config.search import TuneSettings
from tf_explainer.config.serving import ServingOptions
from tf_explainer.config.settings import Settings
from tf_explainer.errors import InputError
from tf_explainer.runs import running as run_module
from tf_explainer.runs.step_order import STEPS

DISK_FULL = "error: the disk is full."


@pytest.fixture
def fake_run(monkeypatch):
    """Replaces the work by a list of what was asked for, or by an error."""
    calls = []

    def fake(settings, folder, steps, **options):
        calls.append((settings, steps))
        for error in fake.errors:
            raise error

    fake.errors = []
    fake.calls = calls
    monkeypatch.setattr(run_module, "run", fake)
    return fake


def _one_line(capsys):
    """Returns standard error, which must be one line."""
    error = capsys.readouterr().err
    assert error.count("\n") == 1, error
    return error


def test_version(capsys):
    """`--version` prints it and succeeds."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"tf-explainer {__version__}\n"


@pytest.mark.parametrize("arguments", [[], ["--help"]])
def test_help_lists_every_command(capsys, arguments):
    """No arguments at all shows the help too."""
    assert main(arguments) == 0
    shown = capsys.readouterr().out
    assert all(f" {name} " in shown for name in COMMANDS.names())


@pytest.mark.parametrize("name", COMMANDS.names())
def test_each_command_has_examples(capsys, name):
    """Each command's help shows how it is called."""
    assert main([name, "--help"]) == 0
    shown = capsys.readouterr().out
    assert f"tf-explainer {name} " in shown
    if name in {*STEPS, "run"} - {"export"}:
        assert "--out" in shown and "--resume" in shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["evalute"], "Did you mean 'evaluate'"),
        (["run", "--out", "x", "--bacth-size", "3"], "--batch-size"),
        (["run"], "--out"),
        (["run", "--out", "x", "--epochs", "many"], "--epochs"),
        (["run", "--out", "x", "--epochs", "0"], "must be >= 1, received 0"),
        (["run", "--out", "x", "--filter-loss", "pape"], "mean 'paper'?"),
        (["run", "--out", "x", "--backbone", "mobilenet"], "--weights FILE"),
        (["run", "--out", "x", "--resume", "--overwrite"], "received both"),
        (["run", "--out", "x", "--config", "no.toml"], "no.toml: No such"),
        (["explain", "--out", "x"], "Run: tf-explainer performer --out x"),
        (["explain", "--out", "x", "--data", "d"], "No such option: --data"),
    ],
)
def test_wrong_calls_are_one_line_and_status_2(
    capsys, monkeypatch, tmp_path, arguments, message
):
    """Nothing is written before the call is understood."""
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    error = _one_line(capsys)
    assert error.startswith("error: ") and message in error
    assert list(tmp_path.iterdir()) == []


def test_options_reach_the_settings(fake_run, tmp_path, capsys):
    """Lists may be repeated or written with commas."""
    arguments = (
        "run --data d --categories cat,dog --categories cow --eta 2 "
        "--filter-loss paper --skip-broken --reconstructed-layers fc6,fc7"
    )
    assert main([*arguments.split(), "--out", str(tmp_path / "a")]) == 0
    assert fake_run.calls[0][0] == Settings(
        data="d",
        categories=("cat,dog", "cow"),
        eta=2.0,
        filter_loss="paper",
        skip_broken=True,
        reconstructed_layers=("fc6", "fc7"),
    )


def test_command_line_wins_over_config(fake_run, tmp_path, capsys):
    """The file wins over the defaults, the command line over the file."""
    config = tmp_path / "run.toml"
    config.write_text("epochs = 5\nbatch-size = 8\nskip-broken = true\n")
    arguments = ["run", "--config", str(config), "--out", str(tmp_path / "a")]
    assert main([*arguments, "--epochs", "2", "--no-skip-broken"]) == 0
    settings = fake_run.calls[0][0]
    assert settings == Settings(epochs=2, batch_size=8, skip_broken=False)


def test_existing_folder_is_refused(fake_run, tmp_path, capsys):
    """Files of others are left alone."""
    (tmp_path / "thesis.tex").write_text("years of work")
    assert main(["run", "--out", str(tmp_path)]) == 2
    assert "files that tf-explainer did not write" in _one_line(capsys)
    assert fake_run.calls == []


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        # HDF5 and TensorFlow name no error number.
        RuntimeError("Can't write (message = 'No space left on device')"),
    ],
)
def test_full_disk(fake_run, tmp_path, capsys, error):
    """One line that says what to do, status 2."""
    fake_run.errors.append(error)
    assert main(["run", "--out", str(tmp_path / "a")]) == 2
    line = _one_line(capsys)
    assert line.startswith(DISK_FULL) and "--resume" in line


def test_full_disk_behind_another_error(fake_run, tmp_path, capsys):
    """The cause counts, however it is wrapped."""
    wrapped = ValueError("could not save")
    wrapped.__cause__ = OSError(errno.ENOSPC, "No space left on device")
    fake_run.errors.append(wrapped)
    assert main(["run", "--out", str(tmp_path / "a")]) == 2
    assert _one_line(capsys).startswith(DISK_FULL)


def test_ctrl_c_says_how_to_go_on(fake_run, tmp_path, capsys):
    """The line can be pasted and keeps the options; status 130 as in shells."""
    fake_run.errors.append(KeyboardInterrupt())
    out = tmp_path / "a b"
    assert main(["run", "--out", str(out), "--epochs", "3"]) == 130
    line = _one_line(capsys)
    assert line == (
        f"stopped; go on with: tf-explainer run --out '{out}' --resume\n"
    )
    fake_run.errors.clear()
    assert main(shlex.split(line.partition(": tf-explainer ")[2])) == 0
    first, again = (settings for settings, _ in fake_run.calls)
    assert again == first == Settings(epochs=3)


def test_input_error_is_one_line(fake_run, tmp_path, capsys):
    """What the user can mend has no traceback."""
    fake_run.errors.append(InputError("`--data`: no such\nfolder."))
    assert main(["run", "--out", str(tmp_path / "a")]) == 2
    assert _one_line(capsys) == "error: `--data`: no such folder.\n"


def test_our_own_faults_keep_their_traceback(fake_run, tmp_path):
    """A bug is not dressed up as an error of the user."""
    fake_run.errors.append(ZeroDivisionError("ours"))
    with pytest.raises(ZeroDivisionError):
        main(["run", "--out", str(tmp_path / "a")])


def test_python_dash_m():
    """`python -m tf_explainer` is the same command."""
    done = subprocess.run(
        [sys.executable, "-m", "tf_explainer", "--version"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"tf-explainer {__version__}\n"


def test_help_shows_what_most_users_need(capsys):
    """At most 25 options; the last line says where all of them are."""
    main(["run", "--help"])
    shown = capsys.readouterr().out
    options = re.findall(r"(?m)^.{1,6}(--[a-z-]+)", shown)
    assert 15 < len(options) - 1 <= 25
    assert {"--out", "--data", "--preset", "--eta"} <= set(options)
    assert not {"--peak-score", "--silence", "--norm"} & set(options)
    assert shown.strip().splitlines()[-1].endswith("tf-explainer options")


def test_options_tells_them_all(capsys):
    """With bounds, also those that `--help` leaves out."""
    assert main(["options"]) == 0
    shown = capsys.readouterr().out
    for name, field in Settings.__dataclass_fields__.items():
        assert f"--{name.replace('_', '-')}\n" in shown
        assert field.metadata["help"][:40] in shown
    assert "bounds: > 0 and < 1" in shown


def test_every_option_is_taken(fake_run, tmp_path, capsys):
    """`run` takes each field of the settings, hidden or not."""
    arguments = "--peak-score 0.1 --silence 0.2 --norm sum --preset paper"
    out = ["--out", str(tmp_path / "a")]
    assert main(["run", *arguments.split(), *out]) == 0
    assert fake_run.calls[0][0] == Settings(
        peak_score=0.1, silence=0.2, norm="sum", preset="paper"
    )


def test_ctrl_c_in_a_command_that_cannot_go_on(monkeypatch, tmp_path, capsys):
    """Typer makes an exit status of it, without a word."""

    def stop(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr("tf_explainer.runs.reading.inspect", stop)
    assert main(["inspect", str(tmp_path / "mine.keras")]) == 130
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == "stopped; nothing had begun"


def test_every_number_has_two_bounds():
    """Also those that the command line takes from settings."""
    group = typer.main.get_command(_app())
    settings = {
        field.name: field.metadata
        for kind in (Settings, TuneSettings, ServingOptions)
        for field in dataclasses.fields(kind)
    }
    numbers = [
        (f"{name} --{one.name}", one)
        for name, command in group.commands.items()
        for one in command.params
        if re.search("int|float", str(one.type_descriptor.annotation))
    ]
    assert len(numbers) > 10
    for name, one in numbers:
        bounds = [(one.min,), (one.max,)]
        if told := settings.get(one.name):
            bounds = [
                (told["minimum"], told["above"]),
                (told["maximum"], told["below"]),
            ]
        for both in bounds:
            assert any(bound is not None for bound in both), name
