"""Runners and their options."""

import pytest

pytest.importorskip("apache_beam")

from tf_explainer.batch.launching import beam_options  # noqa: E402
from tf_explainer.config.batch import Launch  # noqa: E402
from tf_explainer.errors import InputError  # noqa: E402


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"runner": "Nope"}, "`--runner` Nope is refused by Beam: Unexpected"),
        ({"beam_options": ("nosuch=3",)}, "one that DirectRunner has"),
        ({"beam_options": ("direct_num_workers=x",)}, "invalid int value: 'x'"),
        ({"beam_options": ("--x=3",)}, "received '--x=3'"),
        ({"beam_options": ("runner=Nope",)}, "the runner stands behind"),
        (
            {"processes": 0},
            "`--processes` must lie between 1 and 1024, received 0",
        ),
        ({"processes": 2, "runner": "FlinkRunner"}, "is for DirectRunner"),
    ],
)
def test_what_cannot_be_is_refused(words, told, capsys):
    """In one line, before any work, and Beam's own page is not shown."""
    with pytest.raises(InputError, match=told) as found:
        beam_options(Launch(**words))
    assert "\n" not in str(found.value)
    assert not capsys.readouterr().err


def test_options_reach_beam():
    """By their own names; a flag has no value."""
    given = ("job_name=mine", "streaming")
    told = beam_options(Launch(beam_options=given, processes=2))
    found = told.get_all_options()
    assert found["job_name"] == "mine" and found["streaming"] is True
    assert found["direct_num_workers"] == 2


def test_options_of_other_runners():
    """What only a job server knows is handed on."""
    given = ("flink_master=localhost:8081", "parallelism=4")
    told = beam_options(Launch("FlinkRunner", beam_options=given))
    found = told.get_all_options(retain_unknown_options=True)
    assert found["flink_master"] == "localhost:8081"
    assert found["parallelism"] in (4, "4")
