"""Requests that no browser sends, over a socket: a short part of ``python -m tests.app.hostile_requests``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.app.hostile_requests import FAMILIES, Family, attack, served_routes, table

#: They wait for the server to lose its patience, or are many: only the long test has them.
LONG = {"broken HTTP", "large bodies", "from the description of the API"}
WAITING = ("slow clients", "many streams")


def faults(found: Mapping[str, Family]) -> list[str]:
    return [f"{name}: {line}" for name, family in found.items() for line in family.faults]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Family]:
    """What came of a few requests of each family, all to one server."""
    names = [name for name in FAMILIES if name not in LONG]
    return attack(tmp_path_factory.mktemp("hostile") / "attack", 10, families=names)


def test_no_hostile_request_is_answered_by_a_fault(found: dict[str, Family]) -> None:
    answered = {name: family for name, family in found.items() if name not in WAITING}
    assert faults(answered) == []
    assert sum(family.answers.total() for family in answered.values()) > 150
    assert "| **all** |" in table(found)


def test_who_waits_on_purpose_keeps_nobody_waiting(found: dict[str, Family]) -> None:
    for name in WAITING:
        assert found[name].answers.total() >= 10
        assert found[name].faults == []


@pytest.mark.long
def test_no_hostile_request_of_many_is_answered_by_a_fault(tmp_path: Path) -> None:
    found = attack(tmp_path / "attack", 150)
    assert faults(found) == []
    assert sum(family.answers.total() for family in found.values()) > 1000


def test_pages_and_addresses_are_both_attacked() -> None:
    paths = {path for _method, path in served_routes()}
    assert {"/", "/sessions", "/api/v1/jobs", "/api/v1/uploads/{identifier}"} <= paths
