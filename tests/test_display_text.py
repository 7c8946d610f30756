"""Names and texts of other people: nothing hidden, nothing that a terminal obeys, and always storable."""

from __future__ import annotations

import os
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gait.display_text import MAX_NAME_BYTES, display_text, encodable_text, short_file_name

#: Every character that Python knows, half ones included.
ANY_TEXT = st.text(st.characters())
#: Names as a file system gives them: any bytes but NUL and the slash.
FILE_NAMES = st.binary(min_size=1, max_size=255).map(
    lambda name: os.fsdecode(name.replace(b"\0", b"a").replace(b"/", b"b"))
)


@pytest.mark.parametrize(
    "text",
    [
        "Anna side.mp4",
        "Łukasz Müller",
        "Zoë e\u0301",
        "李明",
        "हिन्दी दौड़",
        "Бен",
        "نامه\u200cای",
        "क्\u200dष",
        "👩\u200d👩\u200d👧",
        "❤\ufe0f\u200d🔥",
        "5–6 °C",
    ],
)
def test_names_in_any_script_stay_as_they_are(text: str) -> None:
    assert display_text(text) == text
    assert short_file_name(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("M\udcfcller", r"M\xfcller"),
        ("\x1b]0;owned\x07\x1b[31mRed", r"\x1b]0;owned\x07\x1b[31mRed"),
        ("a\x9b31m", r"a\x9b31m"),
        ("gpj.\u202e4pm", r"gpj.\u202e4pm"),
        ("An\u200bna\ufeff", r"An\u200bna\ufeff"),
        ("a\u200db", r"a\u200db"),
        ("one\r\ntwo\t", r"one\r\ntwo\t"),
        ("a\u2028b\u2066c\u00ad", r"a\u2028b\u2066c\xad"),
        ("\ud83d", r"\ud83d"),
        ("\u3164\u115f\u2800", r"\u3164\u115f\u2800"),
        ("\U000e0041", r"\U000e0041"),
        ("\x00", r"\x00"),
    ],
)
def test_what_hides_or_deceives_is_shown(text: str, shown: str) -> None:
    assert display_text(text) == shown


def test_line_breaks_stay_where_they_are_wanted() -> None:
    assert display_text("a\nb\tc\r", keep="\n\t") == "a\nb\tc\\r"


@given(ANY_TEXT)
def test_shown_text_holds_nothing_invisible_and_is_shown_once(text: str) -> None:
    shown = display_text(text)
    shown.encode()
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in shown)
    assert not set(shown) & set("\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
    assert display_text(shown) == shown


@given(ANY_TEXT)
def test_storable_text_changes_only_what_cannot_be_stored(text: str) -> None:
    stored = encodable_text(text)
    stored.encode()
    if not any("\ud800" <= c <= "\udfff" for c in text):
        assert stored == text


@given(FILE_NAMES, st.sampled_from(["", ".csv", "_side_openpose", "_000000000012_keypoints.json"]))
def test_names_of_outputs_can_be_written_everywhere(stem: str, end: str) -> None:
    name = short_file_name(stem, end)
    assert len(name.encode()) <= max(MAX_NAME_BYTES, 0)
    assert name.endswith(end)
    assert "/" not in name
    assert display_text(name) == name
    assert name.strip(" .")


@given(FILE_NAMES, FILE_NAMES)
def test_two_names_give_two_outputs(first: str, second: str) -> None:
    assert (short_file_name(first) == short_file_name(second)) == (first == second)


def test_a_long_name_keeps_its_beginning_and_gets_a_hash() -> None:
    name = short_file_name("Anna " * 60, "_side.trc")
    assert name.startswith("Anna Anna")
    assert name.endswith("_side.trc")
    assert name != short_file_name("Anna " * 61, "_side.trc")
    assert len(name) <= MAX_NAME_BYTES
