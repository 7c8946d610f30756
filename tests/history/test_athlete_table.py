"""Athletes: found by any spelling, merged, renamed."""

from __future__ import annotations

import pytest

from gait.errors import InputError
from gait.history.athlete_history import History
from tests.made_reports import measured, report


def test_case_spaces_and_composition_do_not_make_another_athlete(history: History) -> None:
    for number, name in enumerate(["Zoë Müller", "  ZOË   müller ", "Zoe\u0308 Mu\u0308ller", "Zoë\u00a0Müller\n"]):
        history.add(report(measured("cadence", 160.0 + number), name=name), date="2026-03-01")
    assert history.athletes()[["name", "sessions"]].values.tolist() == [["Zoë Müller", 4]]


def test_an_unknown_athlete_is_refused_with_similar_names(history: History) -> None:
    history.add(report(name="Anna Berg"))
    with pytest.raises(InputError, match="did you mean Anna Berg"):
        history.sessions("Ana Berg")


def test_likely_misspellings_are_suggested(history: History) -> None:
    for name in ("Anna Berg", "Ana Berg", "Berg Anna", "Tom Otto", "李小龍"):
        history.add(report(measured("cadence", float(len(name)) + ord(name[0])), name=name))
    pairs = {frozenset(pair[:2]) for pair in history.similar()}
    assert frozenset({"Anna Berg", "Ana Berg"}) in pairs
    assert frozenset({"Anna Berg", "Berg Anna"}) in pairs
    assert not any("Tom Otto" in pair for pair in pairs)
    assert history.similar("tom oto")[0][1] == "Tom Otto"


def test_merging_moves_sessions_and_later_ones_too(history: History) -> None:
    history.add(report(measured("cadence", 160.0), name="Anna"))
    history.add(report(measured("cadence", 161.0), name="Ana"))
    assert history.merge("Ana", "anna") == 1
    assert history.add(report(measured("cadence", 162.0), name="ANA")).athlete == "Anna"
    assert history.athletes()[["name", "sessions"]].values.tolist() == [["Anna", 3]]
    with pytest.raises(InputError, match="the same athlete"):
        history.merge("Ana", "Anna")


def test_renaming_keeps_the_old_name_working_and_refuses_a_taken_name(history: History) -> None:
    history.add(report(measured("cadence", 160.0), name="Anna"))
    history.add(report(measured("cadence", 161.0), name="Tom"))
    history.rename("anna", "Anna Berg")
    assert history.add(report(measured("cadence", 162.0), name="Anna")).athlete == "Anna Berg"
    with pytest.raises(InputError, match="merge"):
        history.rename("Anna Berg", "TOM")
