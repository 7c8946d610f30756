"""The page shows the numbers of validation.json, and so does the one in the documentation."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from gait.validation.validation_page import markdown_table, render_page, tables_as_json
from tests.conftest import REPOSITORY

DOCS = REPOSITORY / "docs"


def test_the_page_in_the_documentation_is_that_of_its_json() -> None:
    record = json.loads((DOCS / "validation.json").read_text(encoding="utf-8"))
    pictures = sorted(path.name for path in (DOCS / "images" / "validation").glob("*.png"))
    page = (DOCS / "validation.md").read_text(encoding="utf-8")
    assert page == render_page(record, pictures), "write it again: python -m gait.validation.validation_page docs"


def test_json_has_null_for_missing_values() -> None:
    record = json.loads(tables_as_json({"accuracy": pd.DataFrame({"bias": [1.23456, np.nan]})}, {"seed": 0}))
    assert record == {"about": {"seed": 0}, "tables": {"accuracy": [{"bias": 1.2346}, {"bias": None}]}}


def test_a_table_is_markdown() -> None:
    assert markdown_table(("a", "b"), [("1", "2")]) == ["| a | b |", "|---|---|", "| 1 | 2 |", ""]
