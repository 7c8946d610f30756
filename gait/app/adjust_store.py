"""What was set by hand in a session: its states for undo and redo, beside the report in the folder of the session."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gait.app.adjust_tasks import MEASURED_FOLDER
from gait.atomic_files import atomic_write
from gait.checked_json import parse_json
from gait.display_language import _
from gait.errors import InputError
from gait.labelling.adjust_file import ADJUST_VERSION
from gait.session_files import REPORT_PAGE, REPORT_RECORD, STEPS_TABLE

#: File of what is set by hand, in the folder of a report; further videos have a number in its name.
ADJUST_FILE = "adjust.json"
#: File of all states.
STATES_FILE = "adjust_states.json"
#: States that are kept: more cannot be undone. Joints and events that one session may hold. [E]
MAX_STATES, MAX_CORRECTIONS = 200, 500
#: Frames and events are the same within this, s. [E]
_SAME_S = 1e-3
_JOINT_FIELDS = ("side", "joint", "time_s", "x", "y", "sd", "scope", "from_x", "from_y", "set_at")
#: Events → as label files call them.
_KINDS = {"contact": "initial_contact", "toe_off": "toe_off"}
_EVENT_FIELDS = ("side", "kind", "from_s", "to_s", "sd_s", "set_at")


@dataclass(frozen=True)
class AdjustStates:
    """All states of what was set by hand in a session.

    Attributes
    ----------
    version : int
        Grows with every change, also with undo: who has another one has not seen the last change.
    position : int
        Number of the present state.
    states : tuple of mapping
        ``joints`` and ``events``, each a list of records as in ``adjust.json``, with ``video``. The first is empty.
    """

    version: int = 0
    position: int = 0
    states: tuple[Mapping[str, Any], ...] = ({"joints": [], "events": []},)

    @property
    def joints(self) -> list[dict[str, Any]]:
        """Joints that are set by hand now."""
        return [dict(joint) for joint in self.states[self.position]["joints"]]

    @property
    def events(self) -> list[dict[str, Any]]:
        """Events that are moved by hand now."""
        return [dict(event) for event in self.states[self.position]["events"]]


def read_adjust_states(folder: Path) -> AdjustStates:
    """Read what was set by hand in a session.

    Parameters
    ----------
    folder : Path
        Of the session.

    Returns
    -------
    AdjustStates
        An empty one where nothing was.

    Raises
    ------
    InputError
        The file is damaged (``conflict``).
    """
    path = folder / STATES_FILE
    try:
        record = parse_json(path.read_bytes())
        return AdjustStates(int(record["version"]), int(record["position"]), tuple(record["states"]))
    except FileNotFoundError:
        return AdjustStates()
    except (OSError, ValueError, KeyError, TypeError):
        text = _("what was set by hand cannot be read; the measured numbers are in the folder {folder}")
        raise InputError(text.format(folder=MEASURED_FOLDER), code="conflict") from None


def changed_states(states: AdjustStates, change: Mapping[str, Any], now: str) -> AdjustStates:
    """Apply one change.

    Parameters
    ----------
    states : AdjustStates
    change : mapping
        ``kind``: "joint" (``video, side, joint, time_s, x, y, scope``), "joint_back" (``video, side, joint, time_s``),
        "event" (``video, side, event, from_s, to_s``), "event_back" (``video, side, event, from_s``), "undo", "redo"
        or "reset".
    now : str
        Moment of the change, ISO 8601.

    Returns
    -------
    AdjustStates
        Its version is one more.

    Raises
    ------
    InputError
        There is nothing to undo or redo, or too much is set by hand.
    """
    kind = change["kind"]
    if kind in ("undo", "redo"):
        position = states.position + (1 if kind == "redo" else -1)
        if not 0 <= position < len(states.states):
            text = _("there is nothing to undo") if kind == "undo" else _("there is nothing to do again")
            raise InputError(text, code="conflict")
        return replace(states, version=states.version + 1, position=position)
    joints, events = states.joints, states.events
    if kind == "reset":
        joints, events = [], []
    elif kind in ("joint", "joint_back"):
        joints = [joint for joint in joints if not _same_joint(joint, change)]
        if kind == "joint":
            kept = {name: change[name] for name in ("video", "side", "joint", "time_s", "x", "y", "scope")}
            joints.append({**kept, "set_at": now})
    else:
        events = [event for event in events if not _same_event(event, change)]
        if kind == "event":
            kept = {name: change[name] for name in ("video", "side", "from_s", "to_s", "sd_s")}
            events.append({**kept, "kind": change["event"], "set_at": now})
    if len(joints) + len(events) > MAX_CORRECTIONS:
        raise InputError(_("more than {count} places are set by hand").format(count=MAX_CORRECTIONS))
    kept_states = (*states.states[: states.position + 1], {"joints": joints, "events": events})[-MAX_STATES:]
    return AdjustStates(states.version + 1, len(kept_states) - 1, kept_states)


def _same_joint(joint: Mapping[str, Any], change: Mapping[str, Any]) -> bool:
    same = all(joint[name] == change[name] for name in ("video", "side", "joint"))
    return same and abs(joint["time_s"] - change["time_s"]) < _SAME_S


def _same_event(event: Mapping[str, Any], change: Mapping[str, Any]) -> bool:
    same = all(event[name] == change[name] for name in ("video", "side")) and event["kind"] == change["event"]
    return same and abs(event["from_s"] - change["from_s"]) < _SAME_S


def write_adjust_states(folder: Path, states: AdjustStates, videos: Sequence[str]) -> None:
    """Keep the states, and the present one in files that `gait.labelling.adjust_file` reads too.

    Parameters
    ----------
    folder : Path
        Of the session.
    states : AdjustStates
    videos : sequence of str
        File names of its videos.
    """
    record = {"version": states.version, "position": states.position, "states": list(states.states)}
    for number, name in enumerate(videos):
        present = {
            "version": ADJUST_VERSION,
            "video": name,
            "entries": [_fields(joint, _JOINT_FIELDS) for joint in states.joints if joint["video"] == number],
            "events": [
                _fields(event | {"kind": _KINDS[event["kind"]]}, _EVENT_FIELDS)
                for event in states.events
                if event["video"] == number
            ],
        }
        _write(folder / adjust_file_name(number), present)
    _write(folder / STATES_FILE, record)


def adjust_file_name(number: int) -> str:
    """Name the file of what was set by hand in a video, in the folder of its session.

    Parameters
    ----------
    number : int
        Of the video in its session, from 0.

    Returns
    -------
    str
    """
    return ADJUST_FILE if number == 0 else f"{Path(ADJUST_FILE).stem}_{number + 1}.json"


def keep_measured(folder: Path) -> None:
    """Keep the report as it was first measured, before anything is set by hand.

    Parameters
    ----------
    folder : Path
        Of the session.
    """
    kept = folder / MEASURED_FOLDER
    if (kept / REPORT_RECORD).is_file():
        return
    kept.mkdir(mode=0o700, exist_ok=True)
    # The record comes last: where it lies, the others do.
    for name in (REPORT_PAGE, STEPS_TABLE, REPORT_RECORD):
        if (folder / name).is_file():
            with atomic_write(kept / name) as temporary:
                shutil.copyfile(folder / name, temporary)


def _fields(record: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: record[name] for name in names if record.get(name) is not None}


def _write(path: Path, record: Any) -> None:
    with atomic_write(path) as temporary:
        temporary.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
        os.chmod(temporary, 0o600)  # noqa: PTH101 (the name of a moment)
