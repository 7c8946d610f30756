"""Two small plots as inline SVG: when each foot is on the ground, and steps per minute over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

WIDTH = 760
LEFT = 78
WINDOW_S = 10.0  # more than this of a timeline turns its bars into a smear
ROW = 26
SMOOTH_STEPS = 8
MOST_DOTS = 600  # more of them are a smear too, and make the report of an hour large

Stance = tuple[str, float, float]


@dataclass(frozen=True)
class Plot:
    """Inline SVG with a sentence that says the same to someone who does not see it."""

    svg: Markup
    caption: str


def timeline(stances: Sequence[Stance], *, start_s: float, end_s: float, player: str | None = None) -> Plot | None:
    """Draw ground contacts of each foot as bars.

    Parameters
    ----------
    stances
        ``(side, contact_s, toe_off_s)``, seconds in the video.
    start_s, end_s
        The analysed part of the video. Of more than ten seconds the middle ten are shown.
    player
        Element with the annotated video that a click on a bar moves to its landing.

    Returns
    -------
    Plot or None
        ``None`` when there are no contacts.
    """
    if not stances:
        return None
    cut = end_s - start_s > WINDOW_S + 2
    middle = (start_s + end_s) / 2
    low, high = (middle - WINDOW_S / 2, middle + WINDOW_S / 2) if cut else (start_s, end_s)
    x = Axis(low, high, LEFT, WIDTH - 12)
    parts = []
    tops = {"left": 6, "right": 6 + ROW + 8}
    bottom = tops["right"] + ROW
    parts += [f'<line class="grid" x1="{x(t):.1f}" x2="{x(t):.1f}" y1="2" y2="{bottom + 4}"/>' for t in x.ticks()]
    for side, top in tops.items():
        parts.append(f'<text class="row {side}" x="{LEFT - 10}" y="{top + ROW * 0.66:.0f}">{side.capitalize()}</text>')
        parts.append(f'<rect class="lane" x="{LEFT}" y="{top}" width="{WIDTH - 12 - LEFT}" height="{ROW}" rx="3"/>')
    for side, on, off in stances:
        a, b = max(on, low), min(off, high)
        if b > a:
            links = _linked(player, on, f"{side} landing at {on:.2f} s")
            parts.append(
                f'<rect class="stance {side}" x="{x(a):.1f}" y="{tops[side]}" width="{x(b) - x(a):.1f}" '
                f'height="{ROW}" rx="2"{links}><title>{side} foot down {on:.2f}–{off:.2f} s</title></rect>'
            )
    parts += [f'<text class="tick" x="{x(t):.1f}" y="{bottom + 22}">{x.name(t)} s</text>' for t in x.ticks()]
    counts = {side: sum(1 for s, _, _ in stances if s == side) for side in tops}
    caption = f"Ground contacts: {counts['left']} of the left foot, {counts['right']} of the right."
    if cut:
        caption += f" Shown: {low:.0f} to {high:.0f} s of the clip."
    return Plot(_svg(parts, bottom + 30, caption, linked=player is not None), caption)


def cadence_over_time(
    contacts_s: Sequence[float], *, real_per_playback: float, limit: float | None = None, player: str | None = None
) -> Plot | None:
    """Draw steps per minute over the clip, each point a median of eight steps, each dot one step.

    Of a long clip each dot is the median of as many steps as it takes for them to be few enough, and the line eight
    dots.

    Parameters
    ----------
    contacts_s
        Landings of both feet, seconds in the video.
    real_per_playback
        Real seconds per second of playback.
    limit
        The lowest ordinary cadence, drawn as a dashed line where it falls into the plot.
    player
        Element with the annotated video that a click on a dot moves.

    Returns
    -------
    Plot or None
        ``None`` with fewer than six landings.
    """
    contacts = np.sort(np.asarray(contacts_s, float))
    if len(contacts) < 6:
        return None
    steps = np.diff(contacts) * real_per_playback
    usual = float(np.median(steps))
    kept = np.abs(steps / usual - 1) < 0.4  # a landing that was missed makes a step of double length
    times, cadence = contacts[1:][kept], 60 / steps[kept]
    each = int(np.ceil(len(times) / MOST_DOTS))
    if each > 1:
        cuts = np.arange(each, len(times), each)
        times, cadence = (np.array([np.median(some) for some in np.split(values, cuts)]) for values in (times, cadence))
    smooth = np.array([np.median(cadence[max(0, i - 4) : max(0, i - 4) + SMOOTH_STEPS]) for i in range(len(cadence))])
    low, high = float(np.floor(cadence.min() / 10) * 10), float(np.ceil(cadence.max() / 10) * 10)
    low, high = low - 10 * (high - low < 20), high + 10 * (high - low < 20)
    x, y = Axis(float(contacts[0]), float(contacts[-1]), LEFT, WIDTH - 12), Axis(low, high, 140, 16)
    parts = [f'<line class="grid" x1="{LEFT}" x2="{WIDTH - 12}" y1="{y(t):.1f}" y2="{y(t):.1f}"/>' for t in y.ticks(4)]
    parts += [f'<text class="row" x="{LEFT - 10}" y="{y(t) + 4:.1f}">{t:.0f}</text>' for t in y.ticks(4)]
    parts += [f'<text class="tick" x="{x(t):.1f}" y="164">{x.name(t)} s</text>' for t in x.ticks()]
    if limit is not None and low < limit < high:
        parts.append(f'<line class="limit" x1="{LEFT}" x2="{WIDTH - 12}" y1="{y(limit):.1f}" y2="{y(limit):.1f}"/>')
        parts.append(f'<text class="note" x="{WIDTH - 14}" y="{y(limit) - 5:.1f}">lowest ordinary</text>')
    size = 2.2 if player is None else 3.4
    parts += [
        f'<circle class="step" cx="{x(t):.1f}" cy="{y(c):.1f}" r="{size}"{_linked(player, t)}/>'
        for t, c in zip(times, cadence, strict=True)
    ]
    line = "L".join(f"{x(t):.1f} {y(c):.1f}" for t, c in zip(times, smooth, strict=True))
    parts.append(f'<path class="trend" d="M{line}"/>')
    ends = f"{smooth.min():.0f}", f"{smooth.max():.0f}"
    course = f"steady at {ends[0]}" if ends[0] == ends[1] else f"from {ends[0]} to {ends[1]}"
    count = "eight" if each == 1 else f"{SMOOTH_STEPS * each}"
    caption = f"Steps per minute over the clip: {course}, taken over {count} steps at a time."
    return Plot(_svg(parts, 172, caption, linked=player is not None), caption)


@dataclass(frozen=True)
class Axis:
    """Values ``low`` to ``high`` laid out from ``start`` to ``end``."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Give the place of a value."""
        return self.start + (value - self.low) / max(self.high - self.low, 1e-9) * (self.end - self.start)

    def step(self, most: int = 8) -> float:
        """Give a round distance between at most so many ticks."""
        rough = max(self.high - self.low, 1e-9) / most
        size = 10.0 ** np.floor(np.log10(rough))
        return float(next(size * m for m in (1, 2, 5, 10) if size * m >= rough))

    def ticks(self, most: int = 8) -> list[float]:
        """Give round values."""
        step = self.step(most)
        return [float(t) for t in np.arange(np.ceil(self.low / step), self.high / step + 1e-6) * step]

    def name(self, value: float) -> str:
        """Write a tick."""
        return f"{value + 0.0:.0f}" if self.step() >= 1 else f"{value + 0.0:.1f}"


def _svg(parts: Sequence[str], height: int, caption: str, *, linked: bool = False) -> Markup:
    # What can be clicked must not be hidden from assistive technology, as the inside of an image is.
    role = "group" if linked else "img"
    return Markup(
        f'<svg class="plot" viewBox="0 0 {WIDTH} {height}" role="{role}" aria-label="{caption}">{"".join(parts)}</svg>'
    )


def _linked(player: str | None, time_s: float, name: str | None = None) -> str:
    """Give attributes of something that shows a moment of the video when clicked; with a name also by keyboard."""
    if player is None:
        return ""
    made = f' data-player="{player}" data-seek="{time_s:.3f}"'
    return made if name is None else made + f' tabindex="0" role="button" aria-label="{name}"'


@dataclass(frozen=True)
class Mark:
    """One value on a scale: which side, the value, its interval."""

    side: str
    value: float
    interval: tuple[float, float] | None


def scale(marks: Sequence[Mark], *, low: float | None, high: float | None, text: str) -> Markup:
    """Draw values with their intervals over the ordinary range, as a small number line.

    Parameters
    ----------
    marks
        Values in display units.
    low, high
        The ordinary range; ``None`` where it is open.
    text
        What the picture says, for someone who does not see it.

    Returns
    -------
    Markup
        Inline SVG.
    """
    ends = [e for m in marks for e in (m.interval or (m.value, m.value))] + [e for e in (low, high) if e is not None]
    spread = (max(ends) - min(ends)) or 1.0
    x = Axis(min(ends) - 0.15 * spread, max(ends) + 0.15 * spread, 6, 354)
    height = 30 + 16 * len(marks)
    a, b = (x(x.low) if low is None else x(low)), (x(x.high) if high is None else x(high))
    parts = [f'<rect class="band" x="{a:.1f}" y="4" width="{b - a:.1f}" height="{height - 26}" rx="3"/>']
    parts += [
        f'<text class="tick" x="{x(e):.1f}" y="{height - 6}">{f"{e:.6g}".replace("-", "−")}</text>'
        for e in (low, high)
        if e is not None
    ]
    for row, mark in enumerate(marks):
        y = 16 + 16 * row
        if mark.interval is not None:
            ends_x = [x(e) for e in mark.interval]
            parts.append(
                f'<line class="range {mark.side}" x1="{ends_x[0]:.1f}" x2="{ends_x[1]:.1f}" y1="{y}" y2="{y}"/>'
            )
        parts.append(f'<circle class="dot {mark.side}" cx="{x(mark.value):.1f}" cy="{y}" r="5.5"/>')
    label = Markup.escape(text)
    return Markup(
        f'<svg class="scale" viewBox="0 0 360 {height}" role="img" aria-label="{label}">{"".join(parts)}</svg>'
    )
