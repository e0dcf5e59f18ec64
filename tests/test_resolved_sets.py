"""The bounds of setup.cfg, and the two sets of packages that prove them."""

import configparser
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[1]


def named(section="options", option="install_requires"):
    """What setup.cfg names, by name."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    lines = config[section][option].splitlines()
    found = [Requirement(line) for line in lines if line and line[0] != "#"]
    return {canonicalize_name(one.name): one for one in found}


def resolved(file):
    """The releases of a set, by name; some have one for each Python."""
    text = (ROOT / ".ci" / file).read_text(encoding="utf-8")
    found = {}
    for name, version in re.findall(r"^([\w.-]+)==([\w.!+]+)", text, re.M):
        found.setdefault(canonicalize_name(name), []).append(Version(version))
    return found


@pytest.mark.parametrize("name", named())
def test_every_package_has_two_bounds(name):
    """And both sets lie within them."""
    specifier = named()[name].specifier
    assert {one.operator for one in specifier} == {">=", "<"}
    for file in ("lowest.txt", "locked.txt"):
        versions = resolved(file)[name]
        assert all(version in specifier for version in versions), file


@pytest.mark.parametrize("name", named())
def test_lowest_is_the_lower_bound(name):
    """But for a digit that the release has and the bound has not."""
    (bound,) = [
        one.version for one in named()[name].specifier if one.operator == ">="
    ]
    (version,) = resolved("lowest.txt")[name]
    wanted = Version(bound).release
    assert version.release[: len(wanted)] == wanted or version.is_postrelease


def test_locked_packages_have_hashes():
    """Each of them, and no address."""
    text = (ROOT / ".ci" / "locked.txt").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) > 50
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "://" not in text
