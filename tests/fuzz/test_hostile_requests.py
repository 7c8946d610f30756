"""Requests that no browser sends, over a socket: a short part of ``python -m tests.app.hostile_requests``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.hostile_requests import FAMILIES, attack, served_routes, table

#: They wait for the server to lose its patience.
SLOW = {"slow clients", "broken HTTP", "many streams", "large bodies", "from the description of the API"}


def faults(found) -> list[str]:
    return [f"{name}: {line}" for name, family in found.items() for line in family.faults]


def test_no_hostile_request_is_answered_by_a_fault(tmp_path: Path) -> None:
    found = attack(tmp_path / "attack", 8, families=[name for name in FAMILIES if name not in SLOW])
    assert faults(found) == []
    assert sum(family.answers.total() for family in found.values()) > 150
    assert "| **all** |" in table(found)


def test_who_waits_on_purpose_keeps_nobody_waiting(tmp_path: Path) -> None:
    assert faults(attack(tmp_path / "attack", 10, families=["slow clients", "many streams"])) == []


@pytest.mark.long
def test_no_hostile_request_of_many_is_answered_by_a_fault(tmp_path: Path) -> None:
    found = attack(tmp_path / "attack", 150)
    assert faults(found) == []
    assert sum(family.answers.total() for family in found.values()) > 1000


def test_pages_and_addresses_are_both_attacked() -> None:
    paths = {path for _method, path in served_routes()}
    assert {"/", "/sessions", "/api/v1/jobs", "/api/v1/uploads/{identifier}"} <= paths
