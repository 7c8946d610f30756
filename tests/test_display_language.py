"""The language of texts for people."""

from __future__ import annotations

import datetime as dt

import pytest

from gait import display_language
from gait.display_language import (
    LANGUAGES,
    Texts,
    date_text,
    decimal_sign,
    gettext,
    language_of_environment,
    list_text,
    ngettext,
    pgettext,
    side_text,
    speak,
    spoken_language,
)
from gait.display_units import number_text, significant_text, speed_in_units, speeds_in_units


def test_the_language_ends_with_its_context() -> None:
    assert spoken_language() == "en"
    with speak("de"):
        assert spoken_language() == "de"
        with speak("fr"):
            assert spoken_language() == "fr"
        assert spoken_language() == "de"
    assert spoken_language() == "en"


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "de"),
        ({"LANG": "es"}, "es"),
        ({"LC_MESSAGES": "fr_CA", "LANG": "de_DE"}, "fr"),
        ({"LC_ALL": "C.UTF-8", "LANG": "de_DE"}, "en"),
        ({"LC_ALL": "", "LANG": "fr_FR@euro"}, "fr"),
        ({"LANG": "nl_NL.UTF-8"}, "en"),
    ],
)
def test_the_environment_names_the_language(variables: dict[str, str], language: str) -> None:
    assert language_of_environment(variables) == language


def test_without_a_translation_a_text_stays_english() -> None:
    with speak("de"):
        assert gettext("no catalogue holds this") == "no catalogue holds this"
        assert gettext("") == ""
    with speak("xx"):
        assert gettext("Contents") == "Contents"
        assert ngettext("{count} step", "{count} steps", 2) == "{count} steps"
        assert pgettext("column", "Side") == "Side"


def test_every_language_translates_what_the_page_begins_with() -> None:
    said = set()
    for language in LANGUAGES:
        with speak(language):
            said.add(gettext("What stands out"))
    assert len(said) == len(LANGUAGES)


def test_texts_follow_the_language_whenever_they_are_read() -> None:
    texts = Texts({"a": "What to do", "b": "Your {side} knee bends more than usual."})
    assert texts["a"] == "What to do"
    assert dict(texts) == {"a": "What to do", "b": "Your {side} knee bends more than usual."}
    assert texts.of_side("b", "left") == "Your left knee bends more than usual."
    with speak("de"):
        assert texts["a"] != "What to do"
        left, right = (texts.of_side("b", side) for side in ("left", "right"))
        assert "links" in left.lower() or "linke" in left.lower()
        assert left != right
    with pytest.raises(KeyError):
        texts["c"]


def test_a_side_is_part_of_its_message() -> None:
    with speak("de"):
        text = side_text("The {side} hand passed the midline in {crossed} of {strides} strides.", "left")
    assert "{side}" not in text
    assert {"{crossed}", "{strides}"} <= set(text.split()) | {"{crossed}", "{strides}"}


def test_numbers_have_the_decimal_sign_of_the_language() -> None:
    assert decimal_sign() == "."
    for language in ("de", "es", "fr"):
        with speak(language):
            assert number_text(-7.25, 1) == "−7,2"
            assert significant_text(59.94, 4) == "59,94"
            assert speed_in_units(2.8) == "10,1 km/h"
            assert speeds_in_units("10.1 km/h") == "10,1 km/h"
    assert number_text(7.5, 1) == "7.5"


def test_lists_and_dates_are_whole() -> None:
    assert list_text([]) == ""
    assert list_text(["hip"]) == "hip"
    assert list_text(["hip", "knee"]) == "hip and knee"
    assert list_text(["rear", "front"], word="or") == "rear or front"
    assert date_text(dt.date(2026, 5, 3)) == "3 May 2026"
    with speak("de"):
        assert date_text(dt.date(2026, 5, 3)) == "3. Mai 2026"


def test_a_catalogue_is_read_once() -> None:
    assert display_language._catalogue("de") is display_language._catalogue("de")
