"""Two reports side by side: before and after, or two athletes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from gait._typing import PathLike
from gait.display_language import _, list_text, pgettext
from gait.display_units import height_in_units, speed_in_units, speed_number_text
from gait.errors import InputError, RefusedError
from gait.findings.knowledge_loader import load_knowledge
from gait.history.athlete_names import name_key
from gait.history.belt_speeds import depends_on_speed, different_speeds, speed_consequence, speeds_differ
from gait.history.change_text import short_metric_name
from gait.history.measurement_change import ComparableValue, ValueChange, compare_measurements
from gait.io.report_reader import SavedReport, read_report
from gait.metrics.grading import VIEW_WORDS
from gait.records import ASYMMETRY

#: Largest difference between two heights given for one person, metres. [E]
MAX_HEIGHT_DIFFERENCE_M = 0.02
_VIEWS = ("side", "rear", "front")


@dataclass(frozen=True)
class MetricDifference:
    """One metric of one side in both reports.

    Attributes
    ----------
    key, side : str
    first, second : ComparableValue
    change : ValueChange
        The second minus the first.
    remark : str or None
        What else differs and affects this metric.
    """

    key: str
    side: str
    first: ComparableValue
    second: ComparableValue
    change: ValueChange
    remark: str | None = None


@dataclass(frozen=True)
class ReportComparison:
    """Two reports and the differences between them.

    Attributes
    ----------
    first, second : SavedReport
    labels : (str, str)
        Names of the two on the page.
    same_runner : bool
        Whether one person is assumed, so that the method error partly drops out.
    assumed : str
        Why, in words.
    views : tuple of str
        Views that both have.
    differences : tuple of MetricDifference
        In order of importance of the metrics.
    notes : tuple of str
        What limits their interpretation.
    assumed_code : str or None
        ``"same_runner_unknown"`` where a report names no runner and ``same_runner`` was not given.
    """

    first: SavedReport
    second: SavedReport
    labels: tuple[str, str]
    same_runner: bool
    assumed: str
    views: tuple[str, ...]
    differences: tuple[MetricDifference, ...]
    notes: tuple[str, ...]
    assumed_code: str | None = None

    @property
    def changed(self) -> tuple[MetricDifference, ...]:
        """The differences beyond the noise."""
        return tuple(d for d in self.differences if d.change.verdict == "changed")


def compare(
    first: SavedReport | Mapping[str, Any] | PathLike,
    second: SavedReport | Mapping[str, Any] | PathLike,
    *,
    same_runner: bool | None = None,
) -> ReportComparison:
    """Compare two reports: before and after, or two athletes.

    Parameters
    ----------
    first, second : mapping or path
        A parsed ``report.json``, that file, or the folder of a report.
    same_runner : bool, optional
        Whether both are of one person. By default: whether both reports carry the same name, regardless of case and
        spaces.

    Returns
    -------
    ReportComparison
        Differences are the second minus the first. For one person filmed from one side the method error partly drops
        out (`gait.history.measurement_change`); for two people it does not.

    Raises
    ------
    InputError
        One of them is not a report, or both are the same.
    RefusedError
        They have no view in common.
    """
    a, b = read_report(first), read_report(second)
    if a.content_hash() == b.content_hash():
        raise InputError(
            _("{source}: is the same report as {source_2}; give two different ones").format(
                source=_source(b), source_2=_source(a)
            )
        )
    both = {str(v["view"]) for v in a.videos} & {str(v["view"]) for v in b.videos}
    if not both:
        filmed = [list_text(list(dict.fromkeys(_view_word(str(v["view"])) for v in r.videos))) for r in (a, b)]
        raise RefusedError(
            _(
                "nothing can be compared: {source} shows the {filmed} view, {source_2} the {filmed_2} view; "
                "film both from the same side"
            ).format(source=_source(a), filmed=filmed[0], source_2=_source(b), filmed_2=filmed[1])
        )
    same, assumed, assumed_code = _same_runner(a, b, same_runner)
    speed = speeds_differ(a.speed_mps, b.speed_mps)
    values = (report_values(a), report_values(b))
    keys = sorted(set(values[0]) | set(values[1]), key=_importance)
    rows = []
    for key, side in keys:
        pair = [v.get((key, side)) for v in values]
        present = next(v for v in pair if v is not None)
        one, other = (_missing(present) if v is None else v for v in pair)
        if one.value is None and other.value is None:
            continue
        speeds = (a.speed_mps, b.speed_mps)
        change = compare_measurements(one, other, same_runner=same, speeds_mps=speeds)
        judged = different_speeds(key, *speeds) is None
        remark = _("another belt speed") if speed and judged and depends_on_speed(key) else None
        rows.append(MetricDifference(key, side, one, other, change, remark))
    return ReportComparison(
        first=a,
        second=b,
        labels=_labels(a, b),
        same_runner=same,
        assumed=assumed,
        views=tuple(view for view in _VIEWS if view in both),
        differences=tuple(rows),
        notes=tuple(_notes(a, b, rows, speed, same)),
        assumed_code=assumed_code,
    )


def report_values(report: SavedReport) -> dict[tuple[str, str], ComparableValue]:
    """Collect a report's measurements.

    Parameters
    ----------
    report : SavedReport

    Returns
    -------
    dict
        (metric, side) → ComparableValue.
    """
    values = {}
    for m in report.record["measurements"]:
        video = report.videos[int(m["video"])]
        low, high = m["interval"] or (None, None)
        values[str(m["key"]), str(m["side"])] = ComparableValue(
            *(str(m["key"]), str(m["side"]), m["value"], str(m["unit"]), low, high, int(m["steps"]), str(m["grade"])),
            *(m["reason"], str(video["view"]), str(video["facing"]), str(video["engine"]), float(video["capture_fps"])),
        )
    return values


def _same_runner(a: SavedReport, b: SavedReport, given: bool | None) -> tuple[bool, str, str | None]:
    if given is not None:
        return given, _("as given"), None
    if a.name is None or b.name is None:
        text = _("a report does not name its runner; if both are of one person, say so")
        return False, text, "same_runner_unknown"
    if name_key(a.name) == name_key(b.name):
        return True, _("both reports carry the same name"), None
    return False, _("the reports carry different names"), None


def _labels(a: SavedReport, b: SavedReport) -> tuple[str, str]:
    """Label the reports by what distinguishes them: names, else folders."""
    names = [r.name or "" for r in (a, b)]
    folders = ["" if r.folder is None else r.folder.resolve().name for r in (a, b)]
    if names[0] and names[1] and name_key(names[0]) != name_key(names[1]):
        return names[0], names[1]
    if folders[0] and folders[1] and folders[0] != folders[1]:
        first, second = (f"{n}, {f}" if n else f for n, f in zip(names, folders, strict=True))
        return first, second
    if all(names):
        return _("{name}, before").format(name=names[0]), _("{name}, after").format(name=names[1])
    return pgettext("one of two reports", "first"), pgettext("one of two reports", "second")


def _notes(a: SavedReport, b: SavedReport, rows: list[MetricDifference], speed: bool, same: bool) -> list[str]:
    notes = []
    named = ", ".join(dict.fromkeys(short_metric_name(d.key) for d in rows if depends_on_speed(d.key)))
    if speed and a.speed_mps is not None and b.speed_mps is not None:
        belt = _("The belt ran at {first} and at {second}.").format(
            first=speed_number_text(a.speed_mps), second=speed_in_units(b.speed_mps)
        )
        notes.append(f"{belt} {speed_consequence(a.speed_mps, b.speed_mps, named)}")
    elif a.speed_mps is None or b.speed_mps is None:
        notes.append(
            _("At least one belt speed is unknown. Different speeds alone change: {metrics}.").format(metrics=named)
        )
    heights = [r.record["runner"].get("height_m") for r in (a, b)]
    if same and None not in heights and abs(heights[1] - heights[0]) > MAX_HEIGHT_DIFFERENCE_M:
        text = _(
            "Height was given as {first} and as {second}. One of them is wrong, and so are all lengths that rest on it."
        )
        notes.append(text.format(first=height_in_units(heights[0]), second=height_in_units(heights[1])))
    return notes


def _view_word(view: str) -> str:
    return VIEW_WORDS.get(view, view)


def _missing(present: ComparableValue) -> ComparableValue:
    reason = _("not in that report")
    if present.key.endswith(ASYMMETRY):
        reason = _("no difference between the legs beyond doubt")
    return replace(present, value=None, low=None, high=None, steps=0, grade="refused", reason=reason)


def _importance(pair: tuple[str, str]) -> tuple[int, str, str]:
    order = {key: n for n, key in enumerate(load_knowledge().metrics)}
    return order.get(pair[0], len(order)), *pair


def _source(report: SavedReport) -> str:
    return "the report" if report.folder is None else str(report.folder)
