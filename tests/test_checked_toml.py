"""TOML of other people: parsed, or a few words about what is wrong."""

from __future__ import annotations

import pytest

from gait.checked_toml import parse_toml


def test_toml_is_parsed_with_and_without_a_byte_order_mark() -> None:
    assert parse_toml(b"[a]\nx = 1.5\n") == {"a": {"x": 1.5}}
    assert parse_toml(b"\xef\xbb\xbfx = 'y'\r\n") == {"x": "y"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"x = ", "is not TOML"),
        (b"x = '\xfc'", "is not text in UTF-8"),
        (b"\xff\xfex\x00", "is not text in UTF-8"),
        (b"x = " + b"[" * 5000 + b"]" * 5000, "is nested too deeply"),
        (b"x = " + b"{a = " * 5000, "is nested too deeply"),
        (b"x = " + b"9" * 5000, "holds a number with thousands of digits"),
    ],
)
def test_a_fault_is_said_in_a_few_words(content: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says) as fault:
        parse_toml(content)
    assert "\n" not in str(fault.value)
