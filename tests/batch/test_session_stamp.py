"""A damaged stamp is no stamp: the session is measured anew."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gait.batch.session_stamp import SCHEMA, read_stamp
from tests import made_reports as reports

STAMP: dict[str, Any] = {
    "schema": SCHEMA,
    "key": "0" * 64,
    "gait_version": "0.1.0",
    "status": "ok",
    "reason": None,
    "clips": [
        {
            **{"file": "a_side.mp4", "sha256": "1" * 64, "mark": {"size": 3, "changed": "17"}},
            **{"status": "ok", "reason": None, "view": "side"},
        }
    ],
    "findings": [{"key": "k", "metric": "cadence", "side": "both", "severity": "mild", "headline": "Slow"}],
    "measurements": [{**reports.measured("cadence", 165.0), "clip": 0}],
    "thumbnail": "data:image/jpeg;base64,abc=",
    "seconds": 1.5,
}
ODD = st.sampled_from(
    [None, True, -1, 10**30, 1.5, float("nan"), "", "<script>", [], {}, [[]], {"a": None}, "x" * 9999]
)


def encoded(stamp: object) -> bytes:
    return json.dumps(stamp).encode()


def test_a_whole_stamp_is_read_also_without_later_fields() -> None:
    assert read_stamp(encoded(STAMP)) == STAMP
    old = {name: value for name, value in STAMP.items() if name != "seconds"}
    assert read_stamp(encoded(old)) == old


@pytest.mark.parametrize("content", [None, b"", b"\0\0", b"[]", b'"text"', b"\xff", b"[" * 10_000])
def test_what_is_no_json_object_is_none(content: bytes | None) -> None:
    assert read_stamp(content) is None


def test_every_cut_off_stamp_is_none() -> None:
    whole = encoded(STAMP)
    assert all(read_stamp(whole[:length]) is None for length in range(len(whole)))


def paths(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for key, item in inside for found in [(*path, key), *paths(item, (*path, key))]]


@settings(max_examples=150, deadline=None, database=None)
@given(st.sampled_from(paths(STAMP)), ODD, st.booleans())
def test_a_wrong_value_anywhere_never_raises(path: tuple[Any, ...], odd: object, leave_out: bool) -> None:
    damaged = copy.deepcopy(STAMP)
    parent = damaged
    for key in path[:-1]:
        parent = parent[key]
    if leave_out:
        del parent[path[-1]]
    else:
        parent[path[-1]] = odd
    stamp = read_stamp(encoded(damaged))
    assert stamp is None or set(STAMP) - {"seconds"} <= set(stamp)


@pytest.mark.parametrize(
    "damage",
    [
        {"status": "<script>alert(1)</script>"},
        {"thumbnail": "javascript:alert(1)"},
        {"measurements": [{**STAMP["measurements"][0], "clip": 1}]},
        {"clips": []},
        {"status": "failed"},
        {"findings": 10**30},
    ],
)
def test_what_would_mislead_the_index_is_none(damage: dict[str, Any]) -> None:
    assert read_stamp(encoded({**STAMP, **damage})) is None
