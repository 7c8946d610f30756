"""The season of a squad: for each athlete the last session, and what really changed since the one before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal

from gait.display_language import _, clauses_text, labelled_text, ngettext
from gait.display_units import number_text
from gait.findings.value_text import SIDE_TEXTS
from gait.history.belt_speeds import depends_on_speed, speeds_differ
from gait.history.change_text import metric_display, metric_name, short_unit_text, signed_text
from gait.history.metric_trend import MetricTrend

if TYPE_CHECKING:
    from gait.history.athlete_history import History
    from gait.history.measurement_change import ValueChange

#: What became of an athlete in the batch or the days that a page is about.
Presence = Literal["measured", "failed", "not filmed"]
#: Letters of an ISO date that make the day.
_DAY = 10


@dataclass(frozen=True)
class SeasonChange:
    """One metric of one side that really changed.

    Attributes
    ----------
    metric, side : str
    text : str
        Such as "Cadence: 162 → 170 steps/min (+8)".
    since : str
        Day of the earlier session, ISO 8601.
    other_speed : bool
        Whether the belt ran at another speed, which alone changes this metric.
    """

    metric: str
    side: str
    text: str
    since: str
    other_speed: bool = False


@dataclass(frozen=True)
class AthleteSeason:
    """One athlete's row.

    Attributes
    ----------
    name : str
    sessions : int
    last, previous : str or None
        Days of the last two sessions, ISO 8601.
    last_from : str or None
        Where the last day comes from: one of `gait.history.history_entry.DATE_SOURCES`.
    here : {"measured", "failed", "not filmed"}
        In the batch or the days that the page is about.
    reason : str or None
        Why the sessions of the batch failed.
    changes : tuple of SeasonChange
        Since the previous session.
    since_first : tuple of SeasonChange
        Since the first session, where that is not the previous one.
    compared : int
        Values of the last session that could be compared with an earlier one.
    labels : mapping
        Squad and further columns.
    """

    name: str
    sessions: int = 0
    last: str | None = None
    previous: str | None = None
    last_from: str | None = None
    here: Presence = "not filmed"
    reason: str | None = None
    changes: tuple[SeasonChange, ...] = ()
    since_first: tuple[SeasonChange, ...] = ()
    compared: int = 0
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def since_first_text(self) -> str:
        """All changes since the first session, in one line."""
        return clauses_text([change.text for change in self.since_first])

    @property
    def summary(self) -> str:
        """What the row says about change, in one sentence."""
        if self.sessions == 0:
            return _("No session yet.")
        if self.sessions == 1:
            return _("The first session; a change needs a second one.")
        if not self.compared:
            return _("Nothing in the last session can be compared with an earlier one.")
        if not self.changes:
            text = ngettext("No real change in {count} value.", "No real change in {count} values.", self.compared)
            return text.format(count=self.compared)
        changed = len(self.changes)
        text = ngettext("{count} of {all} values really changed.", "{count} of {all} values really changed.", changed)
        return text.format(count=changed, all=self.compared)


def athlete_season(
    history: History,
    name: str,
    *,
    here: Presence = "not filmed",
    reason: str | None = None,
    labels: Mapping[str, str] | None = None,
) -> AthleteSeason:
    """Make the row of one athlete.

    Parameters
    ----------
    history : History
    name : str
    here : {"measured", "failed", "not filmed"}
    reason : str, optional
        Why the sessions of the batch failed.
    labels : mapping, optional
        Squad and further columns.

    Returns
    -------
    AthleteSeason

    Raises
    ------
    InputError
        No such athlete.
    """
    sessions = history.sessions(name)
    if sessions.empty:
        return AthleteSeason(name, here=here, reason=reason, labels=labels or {})
    last = sessions.iloc[-1]
    previous = None if len(sessions) < 2 else str(sessions["date"].iloc[-2])[:_DAY]
    changes: list[SeasonChange] = []
    since_first: list[SeasonChange] = []
    compared = 0
    for trend in history.ends(name):
        if len(trend.points) < 2 or trend.points[-1].session != int(last["session"]):
            continue  # not measured in the last session: nothing new is known
        compared += trend.since_previous is not None and trend.since_previous.verdict != "not comparable"
        changes += _change(trend, trend.since_previous, trend.previous_index)
        if trend.first_index != trend.previous_index:
            since_first += _change(trend, trend.since_first, trend.first_index)
    return AthleteSeason(
        name,
        len(sessions),
        str(last["date"])[:_DAY],
        previous,
        str(last["date_from"]),
        here,
        reason,
        tuple(changes),
        tuple(since_first),
        compared,
        labels or {},
    )


def filmed_since(season: AthleteSeason, day: date) -> bool:
    """Check whether an athlete has a session on or after a day.

    Parameters
    ----------
    season : AthleteSeason
    day : date

    Returns
    -------
    bool
    """
    return season.last is not None and season.last >= day.isoformat()


def _change(trend: MetricTrend, change: ValueChange | None, earlier: int) -> list[SeasonChange]:
    if change is None or change.verdict != "changed" or change.difference is None:
        return []
    display = metric_display(trend.metric, trend.unit)
    before, after = trend.points[earlier], trend.points[-1]
    values = " → ".join(
        number_text((point.value.value or 0.0) * display.scale, display.decimals) for point in (before, after)
    )
    name = metric_name(trend.metric)
    if trend.side != "both":
        name = _("{metric}, {side}").format(metric=name, side=SIDE_TEXTS[trend.side])
    text = labelled_text(name, f"{values}{short_unit_text(display)}")
    other_speed = speeds_differ(before.speed_mps, after.speed_mps) and depends_on_speed(trend.metric)
    return [
        SeasonChange(
            trend.metric,
            trend.side,
            f"{text} ({signed_text(change.difference, display)})",
            before.date[:_DAY],
            other_speed,
        )
    ]
