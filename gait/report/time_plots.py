"""Small plots as inline SVG: ground contacts, and cadence over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from gait.display_language import Texts, _, side_text
from gait.display_units import number_text
from gait.report.page_templates import html_text

#: Layout in SVG units: width, left edge of the plot, height of a bar. Both rows and the axis together are 44 px high on
#: a phone 390 px wide, so that a finger can choose a moment.
WIDTH, LEFT, BAR = 760, 78, 32
#: Part of a long timeline that is shown, seconds: bars of a longer part run together. [E]
WINDOW_S = 10.0
#: Steps over which cadence is smoothed. [E]
SMOOTH_STEPS = 8
#: Largest number of dots: more run together and make the report of an hour large. [E]
MAX_DOTS = 600
#: Fewest contacts for a plot of cadence. [E]
MIN_CONTACTS = 6

#: Side, contact and toe-off, seconds of playback.
Stance = tuple[str, float, float]
SIDE_STARTS: Mapping[str, str] = Texts({"left": "Left", "right": "Right"})


@dataclass(frozen=True)
class SvgPlot:
    """Inline SVG, and a sentence that says the same to a reader who cannot see it."""

    svg: Markup
    caption: str


def timeline(stances: Sequence[Stance], *, start_s: float, end_s: float, player: str | None = None) -> SvgPlot | None:
    """Draw ground contacts of each foot as bars.

    Parameters
    ----------
    stances : sequence of (side, contact_s, toe_off_s)
        Seconds in the video.
    start_s, end_s : float
        The analysed part of the video, seconds. Of a long part the middle ten seconds are shown.
    player : str, optional
        Element with the annotated video; a click on a bar moves it to the contact.

    Returns
    -------
    SvgPlot or None
        ``None`` where there are no contacts.
    """
    if not stances:
        return None
    cut = end_s - start_s > WINDOW_S + 2
    middle = (start_s + end_s) / 2
    low, high = (middle - WINDOW_S / 2, middle + WINDOW_S / 2) if cut else (start_s, end_s)
    x = Axis(low, high, LEFT, WIDTH - 12)
    tags = []
    tops = {"left": 6, "right": 6 + BAR + 8}
    bottom = tops["right"] + BAR
    tags += [f'<line class="grid" x1="{x(t):.1f}" x2="{x(t):.1f}" y1="2" y2="{bottom + 4}"/>' for t in x.ticks()]
    for side, top in tops.items():
        tags.append(
            f'<text class="row {side}" x="{LEFT - 10}" y="{top + BAR * 0.66:.0f}">{html_text(SIDE_STARTS[side])}</text>'
        )
        tags.append(f'<rect class="lane" x="{LEFT}" y="{top}" width="{WIDTH - 12 - LEFT}" height="{BAR}" rx="3"/>')
    for side, contact, toe_off in stances:
        a, b = max(contact, low), min(toe_off, high)
        if b > a:
            landing = side_text("{side} landing at {time} s", side).format(time=number_text(contact, 2))
            links = _linked(player, contact, landing)
            down = side_text("{side} foot down {start}–{end} s", side)
            down = down.format(start=number_text(contact, 2), end=number_text(toe_off, 2))
            tags.append(
                f'<rect class="stance {side}" x="{x(a):.1f}" y="{tops[side]}" width="{x(b) - x(a):.1f}" '
                f'height="{BAR}" rx="2"{links}><title>{html_text(down)}</title></rect>'
            )
    tags += [f'<text class="tick" x="{x(t):.1f}" y="{bottom + 22}">{x.name(t)} s</text>' for t in x.ticks()]
    tags += _catch(player, x, bottom + 30)
    counts = {side: sum(1 for s, _, _ in stances if s == side) for side in tops}
    caption = _("Ground contacts: {left} of the left foot, {right} of the right.").format(**counts)
    if cut:
        shown = _("Shown: {start} to {end} s of the clip.")
        caption += f" {shown.format(start=number_text(low, 0), end=number_text(high, 0))}"
    return SvgPlot(_svg(tags, bottom + 30, caption, linked=player is not None), caption)


def cadence_over_time(
    contacts_s: Sequence[float], *, real_per_playback: float, limit: float | None = None, player: str | None = None
) -> SvgPlot | None:
    """Draw steps per minute over the clip, each point a median of eight steps, each dot one step.

    In a long clip each dot is the median of several steps, so that there are at most `MAX_DOTS`; the line then is the
    median of eight dots.

    Parameters
    ----------
    contacts_s : sequence of float
        Contacts of both feet, seconds in the video.
    real_per_playback : float
        Seconds of real time per second of playback.
    limit : float, optional
        The lowest ordinary cadence, steps/min; drawn as a dashed line where it lies in the plot.
    player : str, optional
        Element with the annotated video; a click on a dot moves it there.

    Returns
    -------
    SvgPlot or None
        ``None`` with fewer than `MIN_CONTACTS`.
    """
    contacts = np.sort(np.asarray(contacts_s, float))
    if len(contacts) < MIN_CONTACTS:
        return None
    steps = np.diff(contacts) * real_per_playback
    usual = float(np.median(steps))
    kept = np.abs(steps / usual - 1) < 0.4  # a missed contact makes a step of double length
    times, cadence = contacts[1:][kept], 60 / steps[kept]
    each = int(np.ceil(len(times) / MAX_DOTS))
    if each > 1:
        cuts = np.arange(each, len(times), each)
        times, cadence = (np.array([np.median(some) for some in np.split(values, cuts)]) for values in (times, cadence))
    smooth = np.array([np.median(cadence[max(0, i - 4) : max(0, i - 4) + SMOOTH_STEPS]) for i in range(len(cadence))])
    low, high = float(np.floor(cadence.min() / 10) * 10), float(np.ceil(cadence.max() / 10) * 10)
    low, high = low - 10 * (high - low < 20), high + 10 * (high - low < 20)
    x, y = Axis(float(contacts[0]), float(contacts[-1]), LEFT, WIDTH - 12), Axis(low, high, 140, 16)
    tags = [f'<line class="grid" x1="{LEFT}" x2="{WIDTH - 12}" y1="{y(t):.1f}" y2="{y(t):.1f}"/>' for t in y.ticks(4)]
    tags += [f'<text class="row" x="{LEFT - 10}" y="{y(t) + 4:.1f}">{t:.0f}</text>' for t in y.ticks(4)]
    tags += [f'<text class="tick" x="{x(t):.1f}" y="164">{x.name(t)} s</text>' for t in x.ticks()]
    if limit is not None and low < limit < high:
        lowest = _("lowest ordinary")
        tags.append(f'<line class="limit" x1="{LEFT}" x2="{WIDTH - 12}" y1="{y(limit):.1f}" y2="{y(limit):.1f}"/>')
        tags.append(f'<text class="note" x="{WIDTH - 14}" y="{y(limit) - 5:.1f}">{html_text(lowest)}</text>')
    size = 2.2 if player is None else 3.4
    tags += [
        f'<circle class="step" cx="{x(t):.1f}" cy="{y(c):.1f}" r="{size}"/>'
        for t, c in zip(times, cadence, strict=True)
    ]
    line = "L".join(f"{x(t):.1f} {y(c):.1f}" for t, c in zip(times, smooth, strict=True))
    tags.append(f'<path class="trend" d="M{line}"/>')
    tags += _catch(player, x, 172)
    ends = f"{smooth.min():.0f}", f"{smooth.max():.0f}"
    if ends[0] == ends[1]:
        text = _("Steps per minute over the clip: steady at {low}, taken over {count} steps at a time.")
    else:
        text = _("Steps per minute over the clip: from {low} to {high}, taken over {count} steps at a time.")
    count = _("eight") if each == 1 else f"{SMOOTH_STEPS * each}"
    caption = text.format(low=ends[0], high=ends[1], count=count)
    return SvgPlot(_svg(tags, 172, caption, linked=player is not None), caption)


@dataclass(frozen=True)
class Axis:
    """Map values from ``low`` to ``high`` to positions from ``start`` to ``end``."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the position of a value."""
        return self.start + (value - self.low) / max(self.high - self.low, 1e-9) * (self.end - self.start)

    def step(self, max_ticks: int = 8) -> float:
        """Choose a round distance between ticks.

        Parameters
        ----------
        max_ticks : int
            Largest number of intervals.

        Returns
        -------
        float
        """
        rough = max(self.high - self.low, 1e-9) / max_ticks
        size = 10.0 ** np.floor(np.log10(rough))
        return float(next(size * m for m in (1, 2, 5, 10) if size * m >= rough))

    def ticks(self, max_ticks: int = 8) -> list[float]:
        """List the round values of the ticks.

        Parameters
        ----------
        max_ticks : int
            Largest number of intervals.

        Returns
        -------
        list of float
        """
        step = self.step(max_ticks)
        return [float(t) for t in np.arange(np.ceil(self.low / step), self.high / step + 1e-6) * step]

    def name(self, value: float) -> str:
        """Write a tick as text.

        Parameters
        ----------
        value : float

        Returns
        -------
        str
        """
        return number_text(value, 0 if self.step() >= 1 else 1)


def _svg(tags: Sequence[str], height: int, caption: str, *, linked: bool = False) -> Markup:
    # Screen readers skip the inside of an image, so a plot with links is a group.
    role = "group" if linked else "img"
    return Markup(
        f'<svg class="plot" viewBox="0 0 {WIDTH} {height}" role="{role}" aria-label="{html_text(caption)}">'
        f"{''.join(tags)}</svg>"
    )


def _catch(player: str | None, axis: Axis, height: int) -> list[str]:
    """Cover a plot with an area that shows a moment of the video on a click: single marks are small for a finger."""
    if player is None:
        return []
    return [
        f'<rect class="catch" x="{axis.start:.0f}" y="0" width="{axis.end - axis.start:.0f}" height="{height}" '
        f'data-player="{player}" data-begin="{axis.low:.3f}" data-end="{axis.high:.3f}"/>'
    ]


def _linked(player: str | None, time_s: float, name: str | None = None) -> str:
    """Return attributes that make an element show a moment of the video on a click; with a name also by keyboard."""
    if player is None:
        return ""
    seek = f' data-player="{player}" data-seek="{time_s:.3f}"'
    return seek if name is None else seek + f' tabindex="0" role="button" aria-label="{html_text(name)}"'
