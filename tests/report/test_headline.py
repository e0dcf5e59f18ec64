"""The few numbers that stand open, and what they mean."""

from tf_explainer.report.headline import headline_rows, used_definitions
from tf_explainer.report.measures import measure_table
from tf_explainer.report.told_settings import settings_rows


def test_each_number_beside_another(result):
    """The CNN, chance, or the explainer before training."""
    rows = {row.words: row for row in headline_rows(result)}
    assert rows["Accuracy through the explainer"][1:] == (
        *("90.0\N{NARROW NO-BREAK SPACE}%",),
        "95.0\N{NARROW NO-BREAK SPACE}%, the CNN itself",
    )
    assert rows["Same decision as the CNN"].beside.startswith("50")
    skill = result["layers"]["interp_2"]["skill"]
    before = result["controls"]["untrained"]["skill"]
    assert rows["Skill of the filters"].value == f"{skill:.2f}"
    told = f"{before:.2f}".replace("-", "−")
    assert rows["Skill of the filters"].beside.startswith(told)


def test_what_is_not_known_has_no_row(result):
    """Trust and part maps where they were measured."""
    words = [row.words for row in headline_rows(result)]
    assert not any("erasing" in one or "NMI" in one for one in words)
    more = {
        **result,
        "trust": {"fidelity": 0.5, "fidelity_area": 0.25, "equivariance": 0.75},
        "part_maps": {"nmi": 44.0, "controls": {"frame": {"nmi": 24.0}}},
    }
    rows = {row.words: row for row in headline_rows(more)}
    assert rows["Parts at landmarks, NMI"].beside.startswith("24.0")
    fidelity = rows["Parts give what erasing them costs (rank correlation)"]
    assert (fidelity.value, fidelity.beside[:4]) == ("0.50", "0.25")


def test_only_definitions_that_are_used(result):
    """Those of the tables that are shown, with what chance reaches."""
    told = used_definitions(result, [measure_table(result)])
    assert {"p", "Skill", "Δ error", "Reconstruction error"} <= set(told)
    assert "NMI, ARI, AMI" not in told and "Landmark-free proxy" not in told
    assert told["Skill"].endswith("A place that never moves has 0.")
    table = {"title": "", "columns": ["parts", "NMI"], "rows": []}
    assert "NMI, ARI, AMI" in used_definitions(result, [table])


def test_settings_have_values():
    """Sections are opened, and fill in what was not given."""
    rows = settings_rows(
        {
            **{"epochs": 3, "lr": None, "full": False, "layers": ["a", "b"]},
            "data_option": {"train": 9},
            "explainer": {"eta": 0.5},
            "schedule": {"lr": 0.01, "epochs": 4},
        }
    )
    assert dict(rows) == {
        **{"epochs": "3", "lr": "0.01", "full": "no", "layers": "a, b"},
        **{"data_option": "train = 9", "eta": "0.5"},
    }
