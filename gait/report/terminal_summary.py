"""Summary of a session on one screen of the terminal: one sentence, what to try, what to film next, every number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from gait.display_language import (
    ENGLISH,
    N_,
    Texts,
    _,
    clauses_text,
    gettext,
    list_text,
    ngettext,
    pgettext,
    speak,
    spoken_language,
)
from gait.display_units import number_text, show_in
from gait.findings.assessment import Assessment, compare_with_bands
from gait.findings.comparison_counts import ComparisonCounts, Outcome, comparison_outcome, count_comparisons
from gait.findings.finder import MAX_FINDINGS_SHOWN, corrections_beyond_findings
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.value_text import SIDE_TEXTS, display_format, interval_text, limits_text
from gait.metrics.grading import VIEW_WORDS, other_view_text
from gait.records import ASYMMETRY, Grade, View
from gait.report.terminal_text import styled_text

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from gait.session import Session

#: How the comparison of a metric ends → style and words of its row; without a range it is "reference".
OUTCOME_STYLES: dict[Outcome | None, tuple[str, str]] = {
    "clear": ("bold red", N_("outside")),
    "likely": ("yellow", N_("probably")),
    "open": ("", N_("undecided")),
    "unmeasured": ("", N_("too coarse")),
    "fine": ("green", N_("fine")),
    "no_concern": ("green", N_("no concern")),
    None: ("", ""),
    "not_made": ("dim", ""),
}
OUTCOME_ORDER = tuple(OUTCOME_STYLES)
#: Context of the messages that are the keys of metrics, in words.
SHORT_NAME = "short name of a metric"
#: Names that fit into a narrow column; other metrics use their key.
SHORT_NAMES: Mapping[str, str] = Texts(
    {
        "foot_strike_angle": "foot strike",
        "knee_flexion_contact": "knee contact",
        "knee_flexion_stance": "knee in stance",
        "knee_flexion_swing": "knee in swing",
        "vertical_oscillation": "oscillation",
        "pelvic_drop_midstance": "drop half-way",
        "arm_swing_lateral": "arm swing",
        "lateral_trunk_lean": "lateral lean",
    }
)
SHORT_UNITS: Mapping[str, str] = Texts(
    {
        "% of leg length": "% leg",
        "% of shoulder width": "% width",
        "% of hip width": "% hips",
        "steps/min": "/min",
    }
)
#: In a narrow column: at most twelve letters in every language.
SHORT_GRADES: Mapping[Grade, str] = Texts(
    {"good": "reliable", "fair": "fair", "poor": "indicative", "refused": ""}, context="narrow column"
)
SEVERITY_WORDS: Mapping[str, str] = Texts({"mild": "mild", "moderate": "moderate", "marked": "marked"})
SIDE_LETTERS: Mapping[str, str] = Texts({"left": "L", "right": "R"})

#: Notices of speed or height that was not given: the next step and the command line say the same in one line.
INPUT_NOTICES = frozenset({"speed_unknown", "height_unknown"})


def print_summary(session: Session, console: Console) -> None:
    """Print the findings, the next step, a table of every number with its interval, and what was not measured.

    Parameters
    ----------
    session : Session
        A finished analysis.
    console : rich.console.Console
        Where to print; made for 80 columns and more. Nothing depends on colour alone.
    """
    with show_in(session.units), speak(session.language):
        _print_summary(session, console)


def _print_summary(session: Session, console: Console) -> None:
    assessed = compare_with_bands(session.measurements, session.runner)
    titles = {c.id: c.title for c in session.corrections}
    signs = load_knowledge().warnings
    for notice in session.notices:
        if notice.code in signs:
            console.print(styled_text((_("First:"), "bold"), f" {notice.message}"))
    found = (*session.findings, *session.likely)
    for position, finding in enumerate(found[:MAX_FINDINGS_SHOWN], start=1):
        # A likely finding says "probably"; how far beyond its limit the value lies is then no use.
        severity = f" ({SEVERITY_WORDS[finding.severity]})" if finding.evidence == "clear" else ""
        console.print(styled_text((f"{position}. {finding.headline}", "bold"), severity))
        for correction in finding.corrections[:1]:
            console.print(styled_text("   " + _("Try: {advice}").format(advice=titles[correction])), style="dim")
    if len(found) > MAX_FINDINGS_SHOWN:
        console.print(styled_text(_more_text(len(found) - MAX_FINDINGS_SHOWN)), style="dim")
    if all(a.verdict == "refused" for a in assessed):
        console.print(_("Nothing could be measured."), style="bold")
    else:
        counts = counts_text(count_comparisons(assessed))
        console.print(styled_text(counts) if found else styled_text((_("Nothing stands out."), "bold"), f" {counts}"))
    if session.next_step is not None:
        console.print(styled_text((_("Next:"), "bold"), f" {session.next_step.text}"))
    if not all(a.verdict == "refused" for a in assessed):
        compared = [one for one in assessed if not _has_no_range(one)]
        fine = _keys_that_are_fine(compared)
        console.print(_table(tuple(one for one in compared if one.measurement.key not in fine)))
        if fine:
            named = "; ".join(_fine_text([one for one in compared if one.measurement.key == key]) for key in fine)
            console.print(styled_text((_("Fine:"), "bold"), f" {named}"))
        without = [one.measurement for one in assessed if _has_no_range(one) and one.measurement.value is not None]
        if without:
            names = ", ".join(dict.fromkeys(short_name(m.key) for m in without))
            console.print(
                styled_text(_("In the report, without an ordinary range: {metrics}").format(metrics=names)), style="dim"
            )
    extra = [entry.title for entry in corrections_beyond_findings(session.measurements, session.answers)]
    if extra:
        text = _("From your answers: {advice}") if session.answers else _("Also: {advice}")
        rest = len(extra) - MAX_FINDINGS_SHOWN
        more = [ngettext("{count} more in the report", "{count} more in the report", rest)] if rest > 0 else []
        listed = [*extra[:MAX_FINDINGS_SHOWN], *(one.format(count=rest) for one in more)]
        console.print(styled_text(text.format(advice=clauses_text(listed))))
    for line in not_measured_lines(assessed):
        console.print(styled_text(line), style="dim")
    for notice in session.notices:
        if notice.code not in signs and notice.code not in INPUT_NOTICES:
            console.print(styled_text(_("Note: {notice}").format(notice=notice.message)), style="dim")


def counts_text(counts: ComparisonCounts) -> str:
    """Say in one sentence how the comparisons with ordinary runners end.

    Parameters
    ----------
    counts : ComparisonCounts

    Returns
    -------
    str
    """
    if counts.compared == 0:
        return _("No measurement could be compared with ordinary runners.")
    clear, likely, undecided, unmeasured = map(len, (counts.clear, counts.likely, counts.open, counts.unmeasured))
    fine = len(counts.fine) + len(counts.no_concern)
    parts = [
        (clear, ngettext("{count} outside", "{count} outside", clear)),
        (likely, ngettext("{count} probably outside", "{count} probably outside", likely)),
        (fine, ngettext("{count} fine", "{count} fine", fine)),
        (undecided, ngettext("{count} undecided", "{count} undecided", undecided)),
        (
            unmeasured,
            ngettext("{count} not measured well enough", "{count} not measured well enough", unmeasured),
        ),
    ]
    said = ", ".join(text.format(count=number) for number, text in parts if number)
    return _("Compared with ordinary runners: {counts}.").format(counts=said)


def not_measured_lines(assessed: Iterable[Assessment]) -> list[str]:
    """List what was not measured, one line a reason; a side is named only where the other one was measured.

    Parameters
    ----------
    assessed : iterable of Assessment

    Returns
    -------
    list of str
    """
    assessed = tuple(assessed)
    refused = [a.measurement for a in assessed if a.verdict == "refused"]
    sides = Counter(m.key for m in refused)
    by_reason: dict[str, list[str]] = {}
    views: dict[str, Sequence[View]] = {}
    for a in assessed:
        m = a.measurement
        if a.metric is not None and m.reason is not None and m.reason == other_view_text(a.metric.views):
            views[m.reason] = a.metric.views
    for m in refused:
        name = short_name(m.key)
        if m.side != "both" and sides[m.key] == 1:
            name = f"{name} ({SIDE_TEXTS[m.side]})"
        by_reason.setdefault(m.reason or _("no reason given"), []).append(name)
    lines = []
    for reason, names in by_reason.items():
        listed = ", ".join(dict.fromkeys(names))
        if reason in views:
            text = _("Film the {views} view for: {metrics}")
            words = [VIEW_WORDS[view] for view in views[reason]]
            lines.append(text.format(views=list_text(words, word="or"), metrics=listed))
        else:
            text = _("Not measured: {metrics}. {reason}")
            lines.append(text.format(metrics=listed, reason=f"{reason[:1].upper()}{reason[1:]}"))
    return lines


def _more_text(count: int) -> str:
    return ngettext("{count} more in the report.", "{count} more in the report.", count).format(count=count)


def short_name(key: str) -> str:
    """Name a metric so that it fits into a narrow column.

    Parameters
    ----------
    key : str

    Returns
    -------
    str
    """
    base = key.removesuffix(ASYMMETRY)
    if key != base and spoken_language() != ENGLISH:
        return _("{metric}, asymmetry").format(metric=short_name(base))
    return SHORT_NAMES[key] if key in SHORT_NAMES else pgettext(SHORT_NAME, key.replace("_", " "))


def short_unit(unit: str) -> str:
    """Shorten a unit so that it fits into a narrow column.

    Parameters
    ----------
    unit : str
        As it is shown, in the language that is written now.

    Returns
    -------
    str
    """
    return next((short for long, short in SHORT_UNITS.items() if gettext(long) == unit), unit)


def _in_order(assessed: Sequence[Assessment]) -> list[Assessment]:
    """Sort by how comparisons end, what stands out first; both sides of a metric stay together."""
    worst: dict[str, int] = {}
    for a in assessed:
        rank = OUTCOME_ORDER.index(comparison_outcome(a))
        worst[a.measurement.key] = min(worst.get(a.measurement.key, rank), rank)
    first = {key: n for n, key in enumerate(worst)}
    return sorted(assessed, key=lambda a: (worst[a.measurement.key], first[a.measurement.key]))


def _has_no_range(one: Assessment) -> bool:
    """Return whether nothing says what is ordinary, nor which change counts."""
    return one.metric is None or (one.metric.band is None and one.metric.smallest_detectable is None)


def _keys_that_are_fine(assessed: Sequence[Assessment]) -> list[str]:
    """Return the metrics of which every value is fine; their intervals stand in the report."""
    outcomes: dict[str, set[Outcome | None]] = {}
    for one in assessed:
        if one.verdict != "refused":
            outcomes.setdefault(one.measurement.key, set()).add(comparison_outcome(one))
    return [key for key, ends in outcomes.items() if ends == {"fine"}]


def _fine_text(values: Sequence[Assessment]) -> str:
    """Write one metric, such as ``foot pickup L 42, R 40 % leg``."""
    shown = [one for one in values if one.verdict != "refused" and one.measurement.value is not None]
    display = display_format(shown[0].metric, shown[0].measurement)
    unit = short_unit(display.unit)
    numbers = []
    for one in shown:
        side = "" if one.measurement.side == "both" else f"{SIDE_LETTERS[one.measurement.side]} "
        numbers.append(f"{side}{number_text((one.measurement.value or 0.0) * display.scale, display.decimals)}")
    joined = ", ".join(numbers)
    return f"{short_name(shown[0].measurement.key)} {joined}{unit if unit == '°' else f' {unit}'}"


def _table(assessed: tuple[Assessment, ...]) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=0)
    titles = [_("metric"), "", _("value"), _("95 % interval"), "n", _("grade"), _("ordinary"), ""]
    for number, title in enumerate(titles):
        table.add_column(title, justify="right" if number in (2, 3, 4, 6) else "left", no_wrap=True)
    previous = ""
    for one in _in_order(assessed):
        m = one.measurement
        if one.verdict == "refused" or m.value is None:
            continue
        display = display_format(one.metric, m)
        unit = short_unit(display.unit)
        style, words = OUTCOME_STYLES[comparison_outcome(one)]
        table.add_row(
            "" if m.key == previous else short_name(m.key),
            "" if m.side == "both" else SIDE_LETTERS[m.side],
            f"{number_text(m.value * display.scale, display.decimals)}{unit if unit == '°' else f' {unit}'}",
            "" if m.interval is None else interval_text(m.interval, display),
            str(m.steps),
            SHORT_GRADES[m.grade],
            "" if one.limits is None else limits_text(one.limits, display),
            _(words) if words else "",
            style=style,
        )
        previous = m.key
    return table
