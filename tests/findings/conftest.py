from __future__ import annotations

import tomllib
from importlib import resources
from typing import Any

import pytest

from gait.findings.knowledge_loader import FILES


@pytest.fixture
def raw() -> dict[str, Any]:
    """The knowledge files as they are parsed, for spoiling."""
    folder = resources.files("gait.findings")
    data: dict[str, Any] = {}
    for name in FILES:
        data |= tomllib.loads((folder / name).read_text(encoding="utf-8"))
    return data
