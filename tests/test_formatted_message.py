"""Texts that are told again in another language."""

from __future__ import annotations

import copy
import pickle

import pytest

from gait.display_language import speak
from gait.formatted_message import (
    FormattedMessage,
    format_message,
    join_messages,
    message_from_json,
    message_to_json,
    tell_again,
)


def told() -> FormattedMessage:
    rate = format_message("{rate} frames/s", rate=(59.94, 2))
    return format_message("{rate}, low for contact and flight times", rate=rate)


def test_numbers_follow_the_language() -> None:
    english = told()
    assert english == "59.94 frames/s, low for contact and flight times"
    with speak("de"):
        assert "59,94" in english.told_again()
        assert "59,94" in told()
        assert told().english == english


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda text: pickle.loads(pickle.dumps(text))])
def test_a_copy_can_be_told_again(copied: object) -> None:
    again = copied(told())  # type: ignore[operator]
    with speak("fr"):
        assert "59,94" in tell_again(again)


def test_it_is_stored_without_a_language() -> None:
    with speak("es"):
        stored = message_to_json(join_messages([told(), format_message("a {count} b", count=3)]))
    assert "\n" not in stored
    assert message_from_json(stored) == f"{told()}; a 3 b"


@pytest.mark.parametrize(
    "stored",
    ["dim: more light", "5", '"quoted"', "[1]", '{"message": "{rate}"}', '{"message": "{a}", "fields": {}}', "{"],
)
def test_words_of_earlier_versions_and_damaged_records_stay_as_they_are(stored: str) -> None:
    assert message_to_json("plain") == "plain"
    assert message_from_json(stored) in (stored, "quoted")
