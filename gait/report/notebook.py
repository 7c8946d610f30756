"""A session in a notebook: a small card, and plots."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gait.display_language import _, ngettext, speak
from gait.display_units import number_text, show_in
from gait.errors import InputError
from gait.report.page_templates import html_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from gait.session import Session

#: Left and right, distinct for every kind of colour vision and in print (Okabe & Ito 2008).
COLOURS = {"left": "#0072b2", "right": "#d55e00"}
#: Rows of the card. [E]
_MAX_ROWS = 12


def session_card(session: Session) -> str:
    """Make a small HTML card: runner, views, measurements and findings.

    Parameters
    ----------
    session : Session

    Returns
    -------
    str
        HTML with its own style, in the colours of the notebook.
    """
    with show_in(session.units), speak(session.language):
        return _card_in_shown_units(session)


def _card_in_shown_units(session: Session) -> str:
    from gait.findings.knowledge_loader import load_knowledge
    from gait.findings.value_text import GRADE_TEXTS, SIDE_TEXTS, display_format, interval_text, value_text
    from gait.metrics.grading import VIEW_WORDS

    knowledge = load_knowledge()
    views = "; ".join(
        html_text(
            _("{view} view, {seconds} s, {count} steps").format(
                view=VIEW_WORDS[view.info.view],
                seconds=number_text(view.info.duration_s, 0),
                count=len(view.steps),
            )
        )
        for view in session.views
    )
    measured = [m for m in session.measurements if m.value is not None]
    rows = ""
    for m in measured[:_MAX_ROWS]:
        metric = knowledge.metric(m.key)
        display = display_format(metric, m)
        cells = [
            metric.field_name if metric else m.key.replace("_", " "),
            SIDE_TEXTS[m.side],
            value_text(m.value or 0.0, display),
        ]
        cells += ["" if m.interval is None else interval_text(m.interval, display), GRADE_TEXTS[m.grade]]
        rows += (
            "<tr>"
            + "".join(f"<td style='text-align:left;white-space:nowrap'>{html_text(cell)}</td>" for cell in cells)
            + "</tr>"
        )
    refused = len(session.measurements) - len(measured)
    counts = []
    if (more := len(measured) - _MAX_ROWS) > 0:
        counts.append(ngettext("{count} more measured", "{count} more measured", more).format(count=more))
    text = ngettext("{count} refused ({code} lists the reasons)", "{count} refused ({code} lists the reasons)", refused)
    counts.append(text.format(count=refused, code=".measurements.to_frame()"))
    name = session.runner.name or _("A run")
    headlines = [f.headline for f in (*session.findings, *session.likely)] or [_("nothing stands out")]
    findings = "".join(f"<li>{html_text(headline)}</li>" for headline in headlines)
    return (
        "<div style='border:1px solid #8888;border-radius:8px;padding:.7em 1em;max-width:44em;font-size:90%'>"
        f"<b>{html_text(name)}</b> · {views}"
        "<table style='margin:.5em 0'><tr>"
        + "".join(
            f"<th style='text-align:left'>{head}</th>"
            for head in (_("metric"), _("side"), _("mean"), _("95 % interval"), _("grade"))
        )
        + f"</tr>{rows}</table>"
        f"<small>{html_text(', '.join(counts))}</small>"
        f"<ul style='margin:.4em 0 0 1em;padding:0'>{findings}</ul></div>"
    )


def _axes(ax: Axes | None) -> Axes:
    if ax is not None:
        return ax
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        raise InputError(_("plots need matplotlib: pip install 'gait[notebooks]'")) from None
    return plt.subplots(layout="constrained")[1]


def plot_cycles(session: Session, signal: str | None = None, *, ax: Axes | None = None) -> Axes:
    """Plot a signal over the stride, both legs: mean, and one standard deviation of the strides as a band.

    Parameters
    ----------
    session : Session
    signal : str, optional
        A signal of ``session.cycles``; by default the first.
    ax : matplotlib.axes.Axes, optional
        By default those of a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        The session has no such signal, or matplotlib is missing.
    """
    cycles = session.cycles
    names = [str(name) for name in cycles.signal.values]
    signal = names[0] if signal is None else signal
    if signal not in names:
        raise InputError(
            _("signal {signal} is not in this session; choose from: {names}").format(
                signal=repr(signal), names=", ".join(names)
            )
        )
    ax = _axes(ax)
    shown = cycles.isel(signal=names.index(signal))
    for side, colour in COLOURS.items():
        cycle = shown.sel(side=side)
        count = int(cycle["strides"])
        if not count:
            continue
        mean, sd = cycle["mean"].values, np.nan_to_num(cycle["sd"].values)
        ax.plot(cycle.percent, mean, color=colour, label=f"{side}, {count} strides")
        ax.fill_between(cycle.percent, mean - sd, mean + sd, color=colour, alpha=0.2, linewidth=0)
        if np.isfinite(cycle["toe_off"]):
            ax.axvline(float(cycle["toe_off"]), color=colour, linestyle=":", linewidth=1)
    ax.set(
        xlabel="% of stride (dotted: toe-off)", ylabel=f"{signal.replace('_', ' ')}, {shown.unit.item()}", xlim=(0, 100)
    )
    ax.set_title(shown.sign.item(), fontsize="small", loc="left")
    if ax.lines:
        ax.legend(frameon=False)
    return ax


def plot_steps(session: Session, metric: str, *, ax: Axes | None = None) -> Axes:
    """Plot a metric step by step over time, both legs, with their means and intervals.

    Parameters
    ----------
    session : Session
    metric : str
        A column of ``session.steps``.
    ax : matplotlib.axes.Axes, optional
        By default those of a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    InputError
        The steps have no such metric, or matplotlib is missing.
    """
    steps = session.steps
    measured = [str(c) for c in steps if c not in ("video", "view", "side", "step", "contact_s", "toe_off_s", "off_s")]
    if metric not in measured:
        raise InputError(
            _("metric {metric} is not among the steps; choose from: {measured}").format(
                metric=repr(metric), measured=", ".join(measured)
            )
        )
    ax = _axes(ax)
    unit = next((m.unit for m in session.measurements if m.key == metric), "")
    for side, colour in COLOURS.items():
        of_side = steps[steps.side == side]
        ax.plot(of_side.contact_s, of_side[metric], "o", markersize=4, color=colour, alpha=0.7, label=side)
    for m in session.measurements:
        if m.key == metric and m.value is not None and m.interval is not None:
            colour = COLOURS.get(m.side, "#666666")
            ax.axhline(m.value, color=colour, linewidth=1)
            ax.axhspan(*m.interval, color=colour, alpha=0.08, linewidth=0)
    ax.set(xlabel="time in the video, s", ylabel=f"{metric.replace('_', ' ')}, {unit}")
    ax.legend(frameon=False)
    return ax
