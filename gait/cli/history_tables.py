"""What ``gait history`` shows in the terminal: athletes, one athlete, one metric; for 80 columns and more."""

from __future__ import annotations

import shlex
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gait.cli.terminal_output import print_error
from gait.display_language import _, as_sentence, clauses_text, list_text, ngettext, pgettext
from gait.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from gait.history.athlete_history import History
    from gait.history.metric_trend import MetricTrend

#: Sessions of an athlete that are listed; of earlier ones only the number. [E]
_MAX_SESSIONS = 10
#: Pairs of similar names that are shown at a time. [E]
_MAX_SIMILAR = 3
_ADD = "gait history add DIR"
#: Letters of an ISO date that make the day.
_DAY = 10


def print_no_history(path: Path) -> None:
    """Say that there is no history yet, and how to begin one.

    Parameters
    ----------
    path : Path
        File that does not exist.
    """
    text = _("No history yet ({file}). Add a report: {command}")
    _console().print(text.format(file=path, command=_ADD), soft_wrap=True)


def print_athletes(history: History) -> None:
    """List all athletes, and similar names that may be one person.

    Parameters
    ----------
    history : History
        History to read.
    """
    console = _console()
    athletes = history.athletes()
    if athletes.empty:
        console.print(_("Nobody is in the history yet. Add a report: {command}").format(command=_ADD))
        return
    table = _table(
        (_("athlete"), False),
        (_("sessions"), True),
        (pgettext("session", "first"), False),
        (pgettext("session", "last"), False),
    )
    for row in athletes.itertuples():
        table.add_row(str(row.name), str(row.sessions), _day(row.first), _day(row.last))
    console.print(table)
    counts = dict(zip(athletes["name"], athletes["sessions"], strict=True))
    for pair in history.similar()[:_MAX_SIMILAR]:
        wrong, right = sorted(pair[:2], key=lambda name: (int(counts[name]), name))
        console.print(
            _("If {name} and {other} are one person: {command}").format(
                name=wrong, other=right, command=f"gait history merge {shlex.quote(wrong)} {shlex.quote(right)}"
            ),
            soft_wrap=True,
        )


def print_athlete(history: History, name: str) -> None:
    """List the sessions of an athlete and the change of every metric.

    Parameters
    ----------
    history : History
        History to read.
    name : str
        Name of the athlete.
    """
    import pandas as pd

    from gait.display_units import speed_number_text, speed_unit
    from gait.metrics.grading import VIEW_WORDS

    console = _console()
    sessions = history.sessions(name)
    table = _table(
        (_("no."), True),
        (_("date"), False),
        (_("session"), False),
        (_("views"), False),
        (speed_unit(), True),
        (_("values"), True),
    )
    for row in sessions.tail(_MAX_SESSIONS).to_dict("records"):
        speed = "" if pd.isna(row["speed_mps"]) else speed_number_text(row["speed_mps"])
        session = row["name"] if isinstance(row["name"], str) else ""
        views = ", ".join(VIEW_WORDS.get(view, view) for view in str(row["views"]).split(","))
        table.add_row(str(row["session"]), _day(row["date"]), session, views, speed, str(row["measured"]))
    if len(sessions) > _MAX_SESSIONS:
        console.print(_("The last {count} of {all} sessions:").format(count=_MAX_SESSIONS, all=len(sessions)))
    console.print(table)
    trends = history.ends(name)
    if len(sessions) < 2:
        console.print(_("Changes show from the second session on."))
    repeated = [t for t in trends if t.since_first is not None]
    if repeated:
        console.print()
        console.print(_change_table(repeated))
        for line in _notes_on_changes(repeated):
            console.print(line, style="dim")
    single = len(trends) - len(repeated)
    if single and len(sessions) > 1:
        text = ngettext("Measured only once: {count} more.", "Measured only once: {count} more.", single)
        console.print(text.format(count=single), style="dim")


def print_metric(history: History, name: str, metric: str) -> None:
    """Print one metric of an athlete, session by session, one table a side.

    Parameters
    ----------
    history : History
        History to read.
    name : str
        Name of the athlete.
    metric : str
        Its key.

    Raises
    ------
    InputError
        The athlete has no such metric.
    """
    measurements = history.measurements(name, metric)
    if measurements.empty and history.problems:
        raise InputError(
            _("{metric}: every row of {name} is damaged, such as {problems}; restore a backup").format(
                metric=metric, name=name, problems=history.problems[0]
            )
        )
    if measurements.empty:
        raise InputError(
            _("{metric} was never recorded for {name}; this lists the metrics: gait history show {name_2}").format(
                metric=metric, name=name, name_2=shlex.quote(name)
            )
        )
    console = _console()
    for side in ("left", "right", "both"):
        if side in set(measurements["side"]):
            _print_trend(history.trend(name, metric, side), console)
    console.print(_("* really changed"), style="dim")


def print_damaged_rows(history: History) -> None:
    """Say in one line on standard error how many damaged rows of the history were left out.

    Parameters
    ----------
    history : History
        History that was read.
    """
    count = len(history.problems)
    if count:
        text = ngettext(
            "{file}: one damaged row is left out: {reason}",
            "{file}: {count} damaged rows are left out; the first: {reason}",
            count,
        )
        print_error(text.format(file=history.path, count=count, reason=history.problems[0]))


def _console() -> Console:
    from gait.report.terminal_text import terminal_console

    return terminal_console()


def _table(*columns: tuple[str, bool]) -> Table:
    """Make a table from titles, each with whether its column is aligned to the right."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for title, right in columns:
        table.add_column(title, justify="right" if right else "left", no_wrap=True, overflow="ellipsis")
    return table


def _day(date: Any) -> str:
    return date[:_DAY] if isinstance(date, str) else "–"


def _day_and_time(date: str) -> str:
    """Write the time too, where one is known: an athlete has several sessions on this day."""
    time = date[_DAY + 1 : _DAY + 6]
    return _day(date) if time in ("", "00:00") else f"{_day(date)} {time}"


def _change_table(trends: list[MetricTrend]) -> Table:
    from gait.display_units import number_text
    from gait.history.change_text import (
        VERDICT_STYLES,
        metric_display,
        short_metric_name,
        short_unit_text,
        signed_interval_text,
        signed_text,
        verdict_text,
    )
    from gait.report.terminal_summary import SIDE_LETTERS

    table = _table(
        (_("metric"), False),
        ("", False),
        (pgettext("session", "first"), True),
        (pgettext("session", "last"), True),
        (_("change"), True),
        (_("95 %"), True),
        ("", False),
    )
    previous = ""
    for trend in sorted(trends, key=lambda t: t.since_first is None or t.since_first.verdict != "changed"):
        change = trend.since_first
        assert change is not None
        display = metric_display(trend.metric, trend.unit)
        ends = [point.value.value for point in (trend.points[trend.first_index], trend.points[-1])]
        first, last = (number_text((value or 0.0) * display.scale, display.decimals) for value in ends)
        table.add_row(
            "" if trend.metric == previous else short_metric_name(trend.metric),
            "" if trend.side == "both" else SIDE_LETTERS[trend.side],
            first,
            f"{last}{short_unit_text(display)}",
            "" if change.difference is None else signed_text(change.difference, display),
            "" if change.interval is None else signed_interval_text(change.interval, display),
            verdict_text(change.verdict),
            style=VERDICT_STYLES[change.verdict],
        )
        previous = trend.metric
    return table


def _notes_on_changes(trends: list[MetricTrend]) -> list[str]:
    from gait.display_units import speed_in_units
    from gait.history.belt_speeds import depends_on_speed, speed_consequence
    from gait.history.change_text import short_metric_name

    lines = [
        _("Really changed: the interval does not contain 0, and the change exceeds the smallest detectable difference.")
    ]
    if any(t.first_index for t in trends):
        lines.append(_("First: for what depends on speed, the first session at the speed of the last."))
    faster = [t for t in trends if t.speeds_differ and depends_on_speed(t.metric)]
    if faster:
        speeds = [point.speed_mps for point in (faster[0].points[faster[0].first_index], faster[0].points[-1])]
        speeds_text = list_text([speed_in_units(speed) for speed in speeds if speed is not None])
        names = dict.fromkeys(short_metric_name(t.metric) for t in faster)
        belt = _("The belt ran at {speeds}.").format(speeds=speeds_text)
        lines.append(f"{belt} {speed_consequence(speeds[0], speeds[-1], ', '.join(names))}")
    return lines


def _print_trend(trend: MetricTrend, console: Console) -> None:
    from gait.display_units import number_text
    from gait.findings.value_text import SIDE_TEXTS, interval_text, unit_text
    from gait.history.change_text import (
        VERDICT_STYLES,
        metric_display,
        metric_name,
        signed_text,
        threshold_text,
        verdict_text,
    )

    name = metric_name(trend.metric)
    if trend.side != "both":
        name = _("{metric}, {side}").format(metric=name, side=SIDE_TEXTS[trend.side])
    if not trend.points:
        text = ngettext(
            "{metric}: refused in {count} session.", "{metric}: refused in all {count} sessions.", trend.refused
        )
        console.print(text.format(metric=name, count=trend.refused))
        return
    display = metric_display(trend.metric, trend.unit)
    console.print(f"{name} ({unit_text(display).strip()})", style="bold")
    table = _table(
        (_("date"), False),
        (_("value"), True),
        (_("95 %"), True),
        ("n", True),
        (_("v previous"), True),
        (_("v first"), True),
    )
    days = Counter(_day(point.date) for point in trend.points)
    for n, point in enumerate(trend.points):
        value = point.value
        assert value.value is not None
        assert value.low is not None
        assert value.high is not None
        cells = []
        for changes in (trend.step_by_step, trend.from_first):
            change = changes[n - 1] if n else None
            if change is None or change.difference is None:
                cells.append("")
            else:
                star = " *" if change.verdict == "changed" else "  "
                cells.append(f"{signed_text(change.difference, display)}{star}")
        table.add_row(
            _day_and_time(point.date) if days[_day(point.date)] > 1 else _day(point.date),
            number_text(value.value * display.scale, display.decimals),
            interval_text((value.low, value.high), display),
            str(value.steps),
            *cells,
        )
    console.print(table)
    if trend.since_first is not None:
        clauses = [_("First to last: {verdict}").format(verdict=verdict_text(trend.since_first.verdict))]
        threshold = threshold_text(trend.since_first, display)
        console.print(
            as_sentence(clauses_text([*clauses, *([threshold] if threshold else [])])),
            style=VERDICT_STYLES[trend.since_first.verdict],
        )
    if trend.refused:
        text = ngettext("Not measured in {count} more.", "Not measured in {count} more.", trend.refused)
        console.print(text.format(count=trend.refused), style="dim")
