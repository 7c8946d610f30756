"""Two reports side by side: before and after, or two athletes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gait._typing import ProgressCallback
from gait.atomic_files import atomic_write
from gait.errors import InputError, RefusedError
from gait.findings.knowledge_loader import load_knowledge
from gait.history import athlete_names as names
from gait.history.change import Change, Value, change
from gait.history.change_text import depends_on_speed, short_name_of
from gait.history.metric_trend import speeds_differ
from gait.io.report_reader import Report, read_report
from gait.records import ASYMMETRY
from gait.report.report_json import gait_version

SCHEMA = "gait.compare/1"
#: Heights of one person that differ by more are somebody else's, or wrong; metres. [E]
HEIGHT_APART_M = 0.02
VIEWS = ("side", "rear", "front")


@dataclass(frozen=True)
class Difference:
    """One metric of one side in both reports; ``change`` is the second minus the first."""

    key: str
    side: str
    first: Value
    second: Value
    change: Change
    remark: str | None = None


@dataclass(frozen=True)
class Comparison:
    """Two reports and what differs between them.

    Attributes
    ----------
    first, second : Report
    labels : (str, str)
        What to call them.
    same_runner : bool
        Whether one person is assumed, so that errors of the method partly cancel.
    assumed : str
        Why, in words.
    views : tuple of str
        Views that both have.
    differences : tuple of Difference
        In order of importance of the metrics.
    notes : tuple of str
        What must be known to read them.
    """

    first: Report
    second: Report
    labels: tuple[str, str]
    same_runner: bool
    assumed: str
    views: tuple[str, ...]
    differences: tuple[Difference, ...]
    notes: tuple[str, ...]

    @property
    def changed(self) -> tuple[Difference, ...]:
        """Those that are beyond noise."""
        return tuple(d for d in self.differences if d.change.verdict == "changed")


def compare(
    first: Report | Mapping[str, Any] | str | os.PathLike[str],
    second: Report | Mapping[str, Any] | str | os.PathLike[str],
    *,
    same_runner: bool | None = None,
) -> Comparison:
    """Compare two reports: before and after, or two athletes.

    Parameters
    ----------
    first, second : mapping or path
        A parsed ``report.json``, that file, or the folder of a report.
    same_runner : bool, optional
        Whether it is one person. By default, whether both reports carry the same name (case and spaces aside).

    Returns
    -------
    Comparison
        Differences are the second minus the first. Of one person filmed from one side, errors of the method partly
        cancel (`gait.history.change`); of two they do not.

    Raises
    ------
    InputError
        One of them is not a report, or both are the same.
    RefusedError
        They were filmed from different sides.
    """
    a, b = read_report(first), read_report(second)
    if a.content() == b.content():
        raise InputError(f"{_place(b)}: is the same report as {_place(a)}; give two different ones")
    both = {str(v["view"]) for v in a.videos} & {str(v["view"]) for v in b.videos}
    if not both:
        seen = [" and ".join(dict.fromkeys(str(v["view"]) for v in r.videos)) for r in (a, b)]
        raise RefusedError(
            f"nothing can be compared: {_place(a)} shows the {seen[0]} view, {_place(b)} the {seen[1]} view; "
            "film both from the same side"
        )
    same, assumed = _who(a, b, same_runner)
    speed = speeds_differ(a.speed_mps, b.speed_mps)
    values = (values_of(a), values_of(b))
    keys = sorted(set(values[0]) | set(values[1]), key=_importance)
    rows = []
    for key, side in keys:
        pair = [v.get((key, side)) for v in values]
        known = next(v for v in pair if v is not None)
        one, other = (_missing(known) if v is None else v for v in pair)
        if one.value is None and other.value is None:
            continue  # nothing was measured, so that there is nothing to compare
        remark = "another belt speed" if speed and depends_on_speed(key) else None
        rows.append(Difference(key, side, one, other, change(one, other, same_runner=same), remark))
    return Comparison(
        first=a,
        second=b,
        labels=_labels(a, b),
        same_runner=same,
        assumed=assumed,
        views=tuple(view for view in VIEWS if view in both),
        differences=tuple(rows),
        notes=tuple(_notes(a, b, rows, speed, same)),
    )


def write_comparison(
    comparison: Comparison,
    folder: str | os.PathLike[str],
    *,
    video: bool = True,
    progress: ProgressCallback | None = None,
) -> Path:
    """Write ``compare.json``, ``compare.mp4`` and, last, ``compare.html``.

    Parameters
    ----------
    comparison : Comparison
    folder : path
        Made when missing.
    video : bool
        Whether to write the side-by-side videos: ``compare.mp4`` of the first common view, ``compare_<view>.mp4`` of
        further ones. Where a clip or its poses are gone, there is none, and the page says why.
    progress : callable, optional
        Called with (frames done, frames in all) while a video is written.

    Returns
    -------
    Path
        ``compare.html``.

    Raises
    ------
    InputError
        The folder cannot be made or written to.
    """
    import json

    from gait.history.comparison_page import render_page
    from gait.history.comparison_video import ComparisonClip, comparison_clip, write_video

    target = Path(folder)
    problems: list[str] = []
    pairs: dict[str, tuple[ComparisonClip, ComparisonClip]] = {}
    for view in comparison.views:
        try:
            pairs[view] = (comparison_clip(comparison.first, view), comparison_clip(comparison.second, view))
        except (InputError, RefusedError) as error:
            problems.append(f"No video and no mean strides of the {view} view: {error}")
    try:
        target.mkdir(parents=True, exist_ok=True)
        videos: dict[str, str] = {}
        for view, (one, other) in pairs.items() if video else ():
            name = "compare.mp4" if view == comparison.views[0] else f"compare_{view}.mp4"
            try:
                write_video(one, other, comparison.labels, target / name, progress=progress)
                videos[view] = name
            except (InputError, RefusedError) as error:
                (target / name).unlink(missing_ok=True)  # an older one would mislead
                problems.append(f"No video of the {view} view: {error}")
        with atomic_write(target / "compare.json") as temporary:
            text = json.dumps(compare_dict(comparison, list(videos.values())), ensure_ascii=False, indent=1)
            temporary.write_text(text + "\n", encoding="utf-8")
        with atomic_write(target / "compare.html") as temporary:
            temporary.write_text(render_page(comparison, pairs, videos, problems), encoding="utf-8")
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{target}: cannot be written ({reason}); choose another folder with -o") from error
    return target / "compare.html"


def compare_dict(comparison: Comparison, videos: list[str]) -> dict[str, Any]:
    """Build ``compare.json`` (schema ``gait.compare/1``) as plain data; values in the metrics' units."""

    def told(report: Report, label: str) -> dict[str, Any]:
        return {
            "label": label,
            "folder": None if report.folder is None else str(report.folder),
            "runner": dict(report.record["runner"]),
            "videos": [{k: v[k] for k in ("file", "view", "facing", "engine")} for v in report.videos],
            "gait_version": report.record.get("gait_version"),
        }

    return {
        "schema": SCHEMA,
        "gait_version": gait_version(),
        "same_runner": comparison.same_runner,
        "assumed": comparison.assumed,
        "first": told(comparison.first, comparison.labels[0]),
        "second": told(comparison.second, comparison.labels[1]),
        "views": list(comparison.views),
        "differences": [_row(d) for d in comparison.differences],
        "notes": list(comparison.notes),
        "videos": videos,
    }


def values_of(report: Report) -> dict[tuple[str, str], Value]:
    """Give a report's measurements by metric and side."""
    made = {}
    for m in report.record["measurements"]:
        video = report.videos[int(m["video"])]
        low, high = m["interval"] or (None, None)
        made[str(m["key"]), str(m["side"])] = Value(
            *(str(m["key"]), str(m["side"]), m["value"], str(m["unit"]), low, high, int(m["steps"]), str(m["grade"])),
            *(m["reason"], str(video["view"]), str(video["facing"]), str(video["engine"]), float(video["capture_fps"])),
        )
    return made


def _row(d: Difference) -> dict[str, Any]:
    def rounded(value: float | None) -> float | None:
        return None if value is None else float(f"{value:.4g}")

    interval = d.change.interval
    return {
        "key": d.key,
        "side": d.side,
        "unit": d.first.unit,
        "first": d.first.value,
        "first_interval": None if d.first.low is None else [d.first.low, d.first.high],
        "second": d.second.value,
        "second_interval": None if d.second.low is None else [d.second.low, d.second.high],
        "difference": rounded(d.change.difference),
        "interval": None if interval is None else [rounded(end) for end in interval],
        "smallest_detectable": rounded(d.change.smallest),
        "verdict": d.change.verdict,
        "reason": d.change.reason,
        "remark": d.remark,
    }


def _who(a: Report, b: Report, given: bool | None) -> tuple[bool, str]:
    if given is not None:
        return given, "as told"
    if a.name is None or b.name is None:
        return False, "a report does not say who ran; if it is one person, say --same-runner"
    if names.key_of(a.name) == names.key_of(b.name):
        return True, "both reports carry the same name"
    return False, "the reports carry different names"


def _labels(a: Report, b: Report) -> tuple[str, str]:
    """Call them by what tells them apart: names, else folders."""
    called = [r.name or "" for r in (a, b)]
    folders = ["" if r.folder is None else r.folder.resolve().name for r in (a, b)]
    if called[0] and called[1] and names.key_of(called[0]) != names.key_of(called[1]):
        return called[0], called[1]
    if folders[0] and folders[1] and folders[0] != folders[1]:
        first, second = (f"{n}, {f}" if n else f for n, f in zip(called, folders, strict=True))
        return first, second
    return (f"{called[0]}, before", f"{called[1]}, after") if all(called) else ("first", "second")


def _notes(a: Report, b: Report, rows: list[Difference], speed: bool, same: bool) -> list[str]:
    notes = []
    named = ", ".join(dict.fromkeys(short_name_of(d.key) for d in rows if depends_on_speed(d.key)))
    if speed and a.speed_mps is not None and b.speed_mps is not None:
        notes.append(
            f"The belt ran at {3.6 * a.speed_mps:.1f} and at {3.6 * b.speed_mps:.1f} km/h. "
            f"Speed alone changes: {named}."
        )
    elif a.speed_mps is None or b.speed_mps is None:
        notes.append(f"Not both speeds are known. If the belt ran at different ones, that alone changes: {named}.")
    heights = [r.record["runner"].get("height_m") for r in (a, b)]
    if same and None not in heights and abs(heights[1] - heights[0]) > HEIGHT_APART_M:
        notes.append(
            f"Height was given as {100 * heights[0]:.0f} and as {100 * heights[1]:.0f} cm: one of them is wrong, and "
            "lengths in cm with it."
        )
    return notes


def _missing(known: Value) -> Value:
    reason = "no difference between the legs beyond doubt" if known.key.endswith(ASYMMETRY) else "not in that report"
    return replace(known, value=None, low=None, high=None, steps=0, grade="refused", reason=reason)


def _importance(pair: tuple[str, str]) -> tuple[int, str, str]:
    order = {key: n for n, key in enumerate(load_knowledge().metrics)}
    return order.get(pair[0], len(order)), *pair


def _place(report: Report) -> str:
    return "the report" if report.folder is None else str(report.folder)
