"""The stamp of a session, ``session.json``: read back and checked, because a disk or a person may have damaged it."""

from __future__ import annotations

from typing import Any

from gait.checked_json import (
    COUNT,
    OPTIONAL_NUMBER,
    OPTIONAL_TEXT,
    TEXT,
    describe_fault,
    list_schema,
    parse_json,
    record_schema,
)

#: The stamp is written last into a session's folder: what it was made of, and the result.
STAMP = "session.json"
SCHEMA = "gait.session/1"

_SHA256 = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
_SIDE = {"enum": ["left", "right", "both"]}
_CLIP = record_schema(
    {
        "file": TEXT,
        "sha256": _SHA256,
        "mark": record_schema({"size": COUNT, "changed": TEXT}),
        "status": {"enum": ["ok", "failed"]},
        "reason": OPTIONAL_TEXT,
        "view": {"enum": ["side", "rear", "front", None]},
    },
    {"recorded": OPTIONAL_TEXT},
)
_MEASUREMENT = record_schema(
    {
        "key": TEXT,
        "side": _SIDE,
        "value": OPTIONAL_NUMBER,
        "unit": TEXT,
        "interval": {"anyOf": [{"type": "null"}, {**list_schema({"type": "number"}, least=2), "maxItems": 2}]},
        "steps": COUNT,
        "grade": {"enum": ["good", "fair", "poor", "refused"]},
        "reason": OPTIONAL_TEXT,
        "clip": COUNT,
    }
)
_FINDING = record_schema({"key": TEXT, "metric": TEXT, "side": _SIDE, "severity": TEXT, "headline": TEXT})
_STAMP = record_schema(
    {
        "schema": {"const": SCHEMA},
        "key": _SHA256,
        "gait_version": TEXT,
        "status": {"enum": ["ok", "failed"]},
        "reason": OPTIONAL_TEXT,
        "clips": list_schema(_CLIP, least=1),
        "findings": list_schema(_FINDING),
        "measurements": list_schema(_MEASUREMENT),
        "thumbnail": {
            "anyOf": [{"type": "null"}, {"type": "string", "pattern": "^data:image/jpeg;base64,[A-Za-z0-9+/=]*$"}]
        },
    },
    {
        "likely": list_schema(_FINDING),
        "reason_code": OPTIONAL_TEXT,
        "seconds": {"type": "number", "minimum": 0},
        "notices": list_schema(record_schema({"code": TEXT, "message": TEXT})),
    },
)


def read_stamp(content: bytes | None) -> dict[str, Any] | None:
    """Parse a stamp.

    Parameters
    ----------
    content : bytes or None

    Returns
    -------
    dict or None
        ``None`` for everything that is no whole stamp: the session counts as not done.
    """
    try:
        stamp = parse_json(content or b"")
    except ValueError:
        return None
    if describe_fault(stamp, _STAMP) is not None:
        return None
    assert isinstance(stamp, dict)
    if any(int(m["clip"]) >= len(stamp["clips"]) for m in stamp["measurements"]):
        return None
    if (stamp["status"] == "ok") != any(clip["status"] == "ok" for clip in stamp["clips"]):
        return None
    return stamp
