"""The README tells the truth: its example runs, its links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gait.cli.synth_options import OPTIONS
from gait.validation.validation_page import metric_units, readme_table
from tests.conftest import REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def test_every_file_it_names_exists() -> None:
    named = re.findall(r"\]\(([^)#]+)\)", README) + re.findall(r"`((?:docs|gait|models)/[\w./]*)`", README)
    assert named
    for path in named:
        assert (REPOSITORY / path).exists(), path


def test_its_picture_is_small() -> None:
    assert (REPOSITORY / "docs" / "images" / "report.png").stat().st_size <= 300_000


def test_its_options_exist() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in sorted((REPOSITORY / "gait" / "cli").glob("*.py")))
    drawn = {option.name for options in OPTIONS.values() for option in options}
    for option in set(re.findall(r"--[a-z][a-z-]+", README)) - {"--help"}:
        words = option[2:].replace("-", "_")
        assert f"{words}:" in source or f'"{option}"' in source or option[2:] in drawn, option


def test_its_accuracy_table_is_that_of_the_validation() -> None:
    shown = re.search(r"<!-- accuracy[^>]*-->\n(.*?)\n<!-- end -->", README, flags=re.DOTALL)
    assert shown is not None
    assert shown.group(1).strip() == readme_table(REPOSITORY / "docs" / "validation.json", metric_units())


@pytest.mark.slow
def test_its_example_runs(example: Path) -> None:
    said = (example / "said.txt").read_text(encoding="utf-8")
    for words in ("60.0", "side left", "contact", "overstride", "cadence both"):
        assert words in said, words
    assert (example / "report" / "report.html").is_file()
