"""``gait history``: read the options, call, print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gait.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from gait.history.athlete_history import Added, History
    from gait.history.metric_trend import Trend

#: Sessions of an athlete that are listed; the rest is counted.
MOST_SESSIONS = 10
SHOWN_DATE = 10  # letters of an ISO date that a column shows: the day


def register(app: typer.Typer) -> None:
    """Add ``gait history`` to the command line."""
    app.command(name="history", no_args_is_help=False)(history)


def history(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="An athlete; without one, all are listed.")] = None,
    db: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The history. [default: $GAIT_HISTORY, else gait-history.db in your data folder]"
        ),
    ] = None,
    add: Annotated[
        list[Path] | None,
        typer.Option(metavar="DIR", help="Add the report in a folder; may be given several times."),
    ] = None,
    date: Annotated[
        str | None, typer.Option(metavar="DATE", help="With --add: day of the run, e.g. 2026-03-01.")
    ] = None,
    session: Annotated[str | None, typer.Option(metavar="TEXT", help="With --add: what to call the session.")] = None,
    metric: Annotated[
        str | None, typer.Option(metavar="KEY", help="Every session of one metric, e.g. cadence.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option(metavar="FILE.html", help="Write a page with plots of everything over time.")
    ] = None,
    merge: Annotated[
        str | None, typer.Option(metavar="RIGHT", help="NAME was misspelt: give the sessions to athlete RIGHT.")
    ] = None,
    rename: Annotated[str | None, typer.Option(metavar="NEW", help="Give the athlete another name.")] = None,
    export: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write CSV tables (and Parquet, with pyarrow).")
    ] = None,
    backup: Annotated[Path | None, typer.Option(metavar="FILE", help="Copy the whole history into one file.")] = None,
    remove: Annotated[
        int | None, typer.Option(metavar="N", help="Delete one session by its number, as NAME lists them.")
    ] = None,
    delete: Annotated[bool, typer.Option("--delete", help="Delete the athlete with everything, for good.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before deleting.")] = False,
) -> None:
    """Show athletes over time, and what really changed.

    Without NAME all athletes are listed; with one, the sessions and the change of every metric.
    """
    from rich.console import Console

    from gait.history.athlete_history import History
    from gait.history.database import default_path

    options = {"--merge": merge, "--rename": rename, "--page": page, "--metric": metric, "--delete": delete or None}
    for option, value in options.items():
        if value is not None and name is None:
            raise InputError(f"{option} needs the athlete: gait history NAME {option}")
    if sum(value is not None for value in (merge, rename, delete or None, remove)) > 1:
        raise InputError("--merge, --rename, --delete and --remove change different things; give one of them at a time")
    if (date is not None or session is not None) and not add:
        raise InputError("--date and --session belong to --add DIR")
    if page is not None and page.suffix.lower() not in (".html", ".htm"):
        raise InputError(f"{page}: must end in .html")

    console = Console(highlight=False)
    path = default_path() if db is None else db
    if name is None and not path.exists() and not (add or export or backup or remove is not None):
        console.print(
            f"No history yet ({path}). Add a report: gait history NAME --add DIR", markup=False, soft_wrap=True
        )
        return
    with History(path, create=bool(add)) as kept:
        for folder in add or ():
            _say_added(kept, kept.add(folder, athlete=name, date=date, session=session), console)
        if backup is not None:
            console.print(f"Backup: {kept.backup(backup)}", markup=False, soft_wrap=True)
        if export is not None:
            for file in kept.export(export, name):
                console.print(f"Written: {file}", markup=False, soft_wrap=True)
        if remove is not None:
            _confirm(f"Delete session {remove} for good?", yes)
            kept.remove(remove)
            console.print(f"Session {remove} is deleted.")
        if name is None:
            if not (add or backup or export or remove is not None):
                _list_athletes(kept, console)
            return
        if merge is not None:
            moved = kept.merge(name, merge)
            console.print(f"{moved} sessions of {name} are now {merge}'s; later ones will be too.", markup=False)
        elif rename is not None:
            kept.rename(name, rename)
            console.print(f"{name} is now {rename}.", markup=False)
        elif delete:
            _delete(kept, name, yes, console)
        elif page is not None:
            from gait.history.history_page import write_page

            console.print(f"Page: {write_page(kept, name, page)}", markup=False, soft_wrap=True)
        elif metric is not None:
            _one_metric(kept, name, metric, console)
        elif not (add or export or backup or remove is not None):
            _one_athlete(kept, name, console)


def _confirm(question: str, yes: bool) -> None:
    if not yes and not typer.confirm(question, default=False):
        raise InputError("nothing was deleted")


def _delete(kept: History, name: str, yes: bool, console: Console) -> None:
    count = len(kept.sessions(name))
    _confirm(f"Delete {name} with all {count} sessions for good?", yes)
    kept.delete(name)
    console.print(
        f"{name} and {count} sessions are deleted. Reports, exports and backups are other files: delete them yourself.",
        markup=False,
    )


def _say_added(kept: History, added: Added, console: Console) -> None:
    words = {
        "added": "added",
        "replaced": "replaces an earlier report of the same run",
        "unchanged": "was there already",
        "moved": "was there already and is corrected",
    }
    sources = {"given": "", "video": " (as the video says)", "report": " (when the report was written)", "today": ""}
    console.print(
        f"{added.athlete}, {added.date[:SHOWN_DATE]}{sources[added.date_from]}: session {added.session} "
        f"{words[added.outcome]}.",
        markup=False,
        soft_wrap=True,
    )
    alike = [other for _, other, _ in kept.similar(added.athlete)] if added.new_athlete else []
    if alike:
        console.print(
            f"{added.athlete} is new. Is it {' or '.join(alike)}? Then: "
            f"gait history {_quoted(added.athlete)} --merge {_quoted(alike[0])}",
            markup=False,
            soft_wrap=True,
        )


def _quoted(name: str) -> str:
    import shlex

    return shlex.quote(name)


def _table(*columns: tuple[str, bool]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for title, right in columns:
        table.add_column(title, justify="right" if right else "left", no_wrap=True, overflow="ellipsis")
    return table


def _list_athletes(kept: History, console: Console) -> None:
    from rich.markup import escape

    people = kept.athletes()
    if people.empty:
        console.print("Nobody is in the history yet. Add a report: gait history NAME --add DIR", markup=False)
        return
    table = _table(("athlete", False), ("sessions", True), ("first", False), ("last", False))
    for row in people.itertuples():
        table.add_row(escape(str(row.name)), str(row.sessions), _day(row.first), _day(row.last))
    console.print(table)
    counts = dict(zip(people["name"], people["sessions"], strict=True))
    for pair in kept.similar()[:3]:
        wrong, right = sorted(pair[:2], key=lambda name: (int(counts[name]), name))
        console.print(
            f"One person? {wrong}, {right}. Then: gait history {_quoted(wrong)} --merge {_quoted(right)}",
            markup=False,
            soft_wrap=True,
        )


def _day(date: object) -> str:
    return str(date)[:SHOWN_DATE] if isinstance(date, str) else "–"


def _one_athlete(kept: History, name: str, console: Console) -> None:
    import pandas as pd
    from rich.markup import escape

    sessions = kept.sessions(name)
    table = _table(
        ("no.", True), ("date", False), ("session", False), ("views", False), ("km/h", True), ("values", True)
    )
    for row in sessions.tail(MOST_SESSIONS).to_dict("records"):
        speed = "" if pd.isna(row["speed_mps"]) else f"{row['speed_mps'] * 3.6:.1f}"
        called = escape(row["name"]) if isinstance(row["name"], str) else ""
        views = str(row["views"]).replace(",", ", ")
        table.add_row(str(row["session"]), _day(row["date"]), called, views, speed, str(row["measured"]))
    if len(sessions) > MOST_SESSIONS:
        console.print(f"The last {MOST_SESSIONS} of {len(sessions)} sessions:")
    console.print(table)
    trends = kept.ends(name)
    if len(sessions) < 2:
        console.print("A change needs a second session.")
    followed = [t for t in trends if t.since_first is not None]
    if followed:
        console.print()
        console.print(_changes(followed))
        for line in notes(followed):
            console.print(line, style="dim", markup=False)
    once = sum(1 for t in trends if t.since_first is None)
    if once and len(sessions) > 1:
        console.print(f"Measured once only: {once} more.", style="dim")


def _changes(trends: list[Trend]) -> Table:
    from gait.findings.value_text import number
    from gait.history.change_text import VERDICT_STYLES, display_of, short_name_of, short_unit, signed, signed_interval
    from gait.history.change_text import verdict_words as words

    table = _table(
        ("metric", False), ("", False), ("first", True), ("last", True), ("change", True), ("95 %", True), ("", False)
    )
    previous = ""
    for trend in sorted(trends, key=lambda t: t.since_first is None or t.since_first.verdict != "changed"):
        made = trend.since_first
        assert made is not None
        display = display_of(trend.metric, trend.unit)
        ends = [p.value.value for p in (trend.points[0], trend.points[-1])]
        first, last = (number((v or 0.0) * display.scale, display.decimals) for v in ends)
        table.add_row(
            "" if trend.metric == previous else short_name_of(trend.metric),
            "" if trend.side == "both" else trend.side[0].upper(),
            first,
            f"{last}{short_unit(display)}",
            "" if made.difference is None else signed(made.difference, display),
            "" if made.interval is None else signed_interval(made.interval, display),
            words(made.verdict),
            style=VERDICT_STYLES[made.verdict],
        )
        previous = trend.metric
    return table


def notes(trends: list[Trend]) -> list[str]:
    """Say what must be known to read the changes."""
    from gait.history.change_text import depends_on_speed, short_name_of

    lines = ["Really changed: the interval leaves out 0, and the change exceeds the smallest detectable difference."]
    faster = [t for t in trends if t.speeds_differ]
    if faster:
        speeds = [p.speed_mps for p in (faster[0].points[0], faster[0].points[-1])]
        told = " and ".join(f"{3.6 * s:.1f}" for s in speeds if s is not None)
        named = dict.fromkeys(short_name_of(t.metric) for t in faster if depends_on_speed(t.metric))
        if named:
            lines.append(f"The belt ran at {told} km/h, which alone changes: {', '.join(named)}.")
    return lines


def _one_metric(kept: History, name: str, metric: str, console: Console) -> None:
    from gait.findings.value_text import interval_text, number
    from gait.findings.value_text import unit_text as unit_of
    from gait.history.change_text import VERDICT_STYLES, display_of, name_of, signed, threshold_words, verdict_words

    known = kept.measurements(name, metric)
    if known.empty:
        raise InputError(f"{metric} was never recorded for {name}; metrics are listed by: gait history {_quoted(name)}")
    for side in ("left", "right", "both"):
        if side not in set(known["side"]):
            continue
        trend = kept.trend(name, metric, side)
        if not trend.points:
            console.print(f"{name_of(metric)}, {side}: refused in all {trend.refused} sessions.", markup=False)
            continue
        display = display_of(metric, trend.unit)
        console.print(
            f"{name_of(metric)}{'' if side == 'both' else ', ' + side} ({unit_of(display).strip()})", style="bold"
        )
        table = _table(
            ("date", False), ("value", True), ("95 %", True), ("n", True), ("v previous", True), ("v first", True)
        )
        for n, point in enumerate(trend.points):
            value = point.value
            assert value.value is not None
            assert value.low is not None
            assert value.high is not None
            cells = []
            for changes in (trend.step_by_step, trend.from_first):
                made = changes[n - 1] if n else None
                if made is None or made.difference is None:
                    cells.append("")
                else:
                    mark = " *" if made.verdict == "changed" else "  "
                    cells.append(f"{signed(made.difference, display)}{mark}")
            table.add_row(
                _day(point.date),
                number(value.value * display.scale, display.decimals),
                interval_text((value.low, value.high), display),
                str(value.steps),
                *cells,
            )
        console.print(table)
        if trend.since_first is not None:
            threshold = threshold_words(trend.since_first, display)
            console.print(
                f"First to last: {verdict_words(trend.since_first.verdict)}{threshold and '; ' + threshold}.",
                style=VERDICT_STYLES[trend.since_first.verdict],
                markup=False,
            )
        if trend.refused:
            console.print(f"Not measured in {trend.refused} more.", style="dim")
    console.print("* really changed", style="dim")
