"""JSON that may be damaged is read strictly, and the first fault is told in a few words."""

from __future__ import annotations

import pytest

from gait.checked_json import COUNT, NUMBER, OPTIONAL_TEXT, TEXT, describe_fault, list_schema, parse_json, record_schema

SCHEMA = record_schema({"name": TEXT, "steps": list_schema(NUMBER)}, {"note": OPTIONAL_TEXT, "count": COUNT})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\0\0\0\0", "is empty"),
        (b"{", "is not JSON"),
        (b"\xff\xfe\x00", "is not UTF-8"),
        (b'{"a": NaN}', "holds NaN"),
        (b'{"a": -Infinity}', "holds -Infinity"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": 1' + b"0" * 5000 + b"}", "too large"),
        (b'{"a": 9007199254740993}', "too large"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"name": "\\ud83c"}', "half a character"),
    ],
)
def test_what_is_no_such_json_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_json(content)


def test_ordinary_json_is_read() -> None:
    assert parse_json(b'\xef\xbb\xbf{"name": "\\udcfc", "steps": [1, 2.5e-3]}') == {
        "name": "\udcfc",
        "steps": [1, 0.0025],
    }


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ([], "must be object"),
        ({"steps": []}, "must contain"),
        ({"name": 3, "steps": []}, "name must be string"),
        ({"name": "", "steps": {"0": 1}}, "steps must be array"),
        ({"name": "", "steps": [1, True]}, "steps[1] must be number"),
        ({"name": "", "steps": [], "count": -1}, "count must be bigger"),
        ({"name": "", "steps": [], "count": 1.5}, "count must be integer"),
        ({"name": "", "steps": [], "note": []}, "note must be string or null"),
    ],
)
def test_the_first_fault_is_named(value: object, fault: str) -> None:
    told = describe_fault(value, SCHEMA)
    assert told is not None
    assert fault in told
    assert "\n" not in told


def test_further_fields_are_no_fault() -> None:
    assert describe_fault({"name": "a", "steps": [1, 2.5], "later": {"x": []}, "note": None}, SCHEMA) is None
