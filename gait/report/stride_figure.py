"""The runner's mean stride as a moving figure beside an ordinary one, as inline SVG with its data for the script."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from gait.display_language import N_, Texts, _
from gait.findings.stride_motion import PHASES, StrideDifference, StrideMotion, StridePair, moments, stride_pair
from gait.report.page_templates import html_text

if TYPE_CHECKING:
    from gait.analysis.view_analysis import ViewAnalysis

#: SVG units of a leg (thigh plus shank), of one figure's place, of the ground and of the head's radius.
LEG, WIDTH, HEIGHT, GROUND, HEAD = 200, 420, 520, 490, 27
#: Title of each moment of the near foot.
MOMENT_TITLES: Mapping[str, str] = Texts(
    {
        "contact": "Landing",
        "mid_stance": "Mid-stance",
        "toe_off": "Foot leaves",
        "mid_swing": "Mid-swing",
    }
)
#: Part, and whether it is above (+1) or below (−1) its range → a sentence. The side is filled in.
DIFFERENCE_TEXTS: Texts[tuple[str, int]] = Texts(
    {
        ("knee", 1): "Your {side} knee bends more than usual.",
        ("knee", -1): "Your {side} knee bends less than usual.",
        ("thigh", 1): "Your {side} thigh is further forward than usual.",
        ("thigh", -1): "Your {side} thigh is further back than usual.",
        ("trunk", 1): "Your upper body leans further forward than usual.",
        ("trunk", -1): "Your upper body leans further back than usual.",
    }
)
#: When in the leg's own stride a difference is seen.
WHEN_TEXTS: Mapping[str, str] = Texts(
    {
        "landing": "You see it around landing.",
        "standing": "You see it while that foot is on the ground.",
        "leaving": "You see it as that foot leaves the ground.",
        "swinging": "You see it while that leg swings forward.",
        "most": "You see it through most of the stride.",
    }
)
#: Why there is no ordinary figure.
ALONE_TEXTS: Mapping[str, str] = Texts(
    {
        "speed_unknown": "There is no ordinary runner beside you, because your speed is not known.",
        "speed_outside": "There is no ordinary runner beside you: no strides were recorded at your speed.",
    }
)
NO_DIFFERENCE = N_("Your legs and upper body move as those of ordinary runners do at this speed.")
#: Share of the stride from which a difference is seen "through most of the stride", and half the length of landing and
#: of leaving the ground. [E]
MOST, AROUND = 0.6, 0.07


@dataclass(frozen=True)
class DifferenceLine:
    """One difference in words; ``number`` links it with the parts of the figure."""

    number: int
    text: str
    when: str


@dataclass(frozen=True)
class MomentMark:
    """A moment of the stride: its title, its number among the phases, and a still picture for print."""

    title: str
    phase: int
    still: Markup


@dataclass(frozen=True)
class StrideFigure:
    """What the template ``stride_figure.html.j2`` shows.

    Attributes
    ----------
    svg : Markup
        Both figures at initial contact.
    data : Markup
        JSON for ``stride_figure.js``: positions at every phase, and where the differences are.
    moments : tuple of MomentMark
    lines : tuple of DifferenceLine
    summary : str
        Said where there is no difference, or no ordinary figure.
    description : str
        The figure in words.
    paired : bool
        Whether there is an ordinary figure.
    strides, runners : int
        Number of strides averaged, and of runners behind the ordinary figure.
    phases : int
    """

    svg: Markup
    data: Markup
    moments: tuple[MomentMark, ...]
    lines: tuple[DifferenceLine, ...]
    summary: str
    description: str
    paired: bool
    strides: int
    runners: int
    phases: int = PHASES


@dataclass(frozen=True)
class _Part:
    """A shape of the figure: the points it joins, its classes, and the part that it can show a difference of."""

    kind: str
    at: tuple[str, ...]
    classes: str
    shows: tuple[str, str] | None = None


def stride_figure(view: ViewAnalysis, *, speed_mps: tuple[float, float] | None) -> StrideFigure | None:
    """Draw the mean stride of a runner beside an ordinary one at that speed.

    Parameters
    ----------
    view : ViewAnalysis
    speed_mps : (float, float) or None
        Range of the speed, m/s; without it the runner is drawn alone.

    Returns
    -------
    StrideFigure or None
        ``None`` for another view than from the side, and with fewer than three complete strides.
    """
    pair = stride_pair(view, speed_mps=speed_mps)
    return None if pair is None else draw_pair(pair)


def draw_pair(pair: StridePair) -> StrideFigure:
    """Draw a pair of strides.

    Parameters
    ----------
    pair : StridePair

    Returns
    -------
    StrideFigure
    """
    flags = _flags(pair)
    lines = tuple(
        DifferenceLine(
            n,
            DIFFERENCE_TEXTS.of_side((d.part, sign), d.side),
            WHEN_TEXTS["most" if d.part == "trunk" else _when(d, sign, pair.toe_off)],
        )
        for n, (d, sign) in enumerate(flags)
    )
    figures = {"you": pair.runner} | ({} if pair.ordinary is None else {"ordinary": pair.ordinary})
    drawn = {name: _Drawn(motion, pair, n * WIDTH) for n, (name, motion) in enumerate(figures.items())}
    data = {
        "figures": {name: figure.coordinates.tolist() for name, figure in drawn.items()},
        "flags": ["".join("1" if v == sign else "0" for v in d.above) for d, sign in flags],
        "stride_s": round(pair.stride_s, 3),
    }
    marks = tuple(
        MomentMark(MOMENT_TITLES[name], phase, _picture(drawn, flags, phase, "")) for name, phase in moments(pair)
    )
    if pair.ordinary is None:
        summary = ALONE_TEXTS[pair.reason]
        description = _("Your mean stride from the side, the average of {count} strides. {remark}").format(
            count=pair.strides, remark=summary
        )
    else:
        summary = "" if lines else _(NO_DIFFERENCE)
        told = " ".join(f"{line.text} {line.when}" for line in lines) or _(NO_DIFFERENCE)
        description = _(
            "Your mean stride from the side, the average of {count} strides, beside that of ordinary runners at your "
            "speed. {remark}"
        ).format(count=pair.strides, remark=told)
    return StrideFigure(
        svg=_picture(drawn, flags, 0, description),
        data=Markup(json.dumps(data, separators=(",", ":"))),
        moments=marks,
        lines=lines,
        summary=summary,
        description=description,
        paired=pair.ordinary is not None,
        strides=pair.strides,
        runners=pair.runners,
    )


def _flags(pair: StridePair) -> list[tuple[StrideDifference, int]]:
    """List each difference with its sign; one that goes both ways in a stride counts twice."""
    return [(d, sign) for d in pair.differences for sign in (1, -1) if (d.above == sign).any()]


def _when(difference: StrideDifference, sign: int, toe_off: float) -> str:
    """Name the part of the leg's own stride in which a difference is seen most."""
    phase = difference.own_phase[difference.above == sign]
    if len(phase) > MOST * PHASES:
        return "most"
    landing = (phase < AROUND) | (phase > 1 - AROUND)
    leaving = np.abs(phase - toe_off) < AROUND
    parts = {
        "landing": landing,
        "leaving": leaving,
        "standing": ~landing & ~leaving & (phase < toe_off),
        "swinging": ~landing & ~leaving & (phase > toe_off),
    }
    return max(parts, key=lambda name: int(parts[name].sum()))


class _Drawn:
    """A figure in SVG units: its points at all phases and its shapes."""

    def __init__(self, motion: StrideMotion, pair: StridePair, offset: float) -> None:
        near, far = pair.near_side, "right" if pair.near_side == "left" else "left"
        points = dict(motion.points)
        points["hips"] = (points["left_hip"] + points["right_hip"]) / 2
        if {"left_shoulder", "right_shoulder"} <= points.keys():
            points["neck"] = (points["left_shoulder"] + points["right_shoulder"]) / 2
        for side in (near, far):
            points[f"{side}_thigh"] = (points[f"{side}_hip"] + points[f"{side}_knee"]) / 2
        if "neck" in points:
            points["trunk"] = (points["hips"] + points["neck"]) / 2
        self.names = list(points)
        at = np.stack([points[name] for name in self.names], axis=1)
        to_svg = np.array([LEG, -LEG]) * at + np.array([offset + WIDTH / 2, GROUND])
        #: (phases, 2 · points) int: x and y of each point.
        self.coordinates = np.round(to_svg).astype(int).reshape(len(at), -1)
        self.parts = [part for part in _parts(near, far) if set(part.at) <= points.keys()]

    def svg(self, name: str, flags: list[tuple[StrideDifference, int]], phase: int) -> str:
        """Write the shapes at a phase; those of the runner are linked with the differences they show."""
        xy = self.coordinates[phase].reshape(-1, 2)
        tags = []
        for part in self.parts:
            at = [self.names.index(point) for point in part.at]
            shown = [n for n, (d, _) in enumerate(flags) if (d.part, d.side) == part.shows] if name == "you" else []
            if part.kind == "mark" and not shown:
                continue
            differs = any(flags[n][0].above[phase] == flags[n][1] for n in shown)
            classes = part.classes + (" differs" if differs else "")
            link = f' data-at="{",".join(map(str, at))}"'
            if shown:
                link += f' data-flags="{",".join(map(str, shown))}"'
            if part.kind in ("head", "mark"):
                x, y = xy[at[0]]
                radius = HEAD if part.kind == "head" else 15
                tags.append(f'<circle class="{classes}" cx="{x}" cy="{y}" r="{radius}"{link}/>')
            else:
                path = "L".join(f"{x} {y}" for x, y in xy[at])
                close = "Z" if part.kind == "area" else ""
                tags.append(f'<path class="{classes}" d="M{path}{close}"{link}/>')
        return f'<g class="{name}" data-figure="{name}">{"".join(tags)}</g>'


def _parts(near: str, far: str) -> list[_Part]:
    """List the shapes from back to front."""

    def arm(side: str, place: str) -> list[_Part]:
        return [_Part("line", (f"{side}_shoulder", f"{side}_elbow", f"{side}_wrist"), f"arm {place}")]

    def leg(side: str, place: str) -> list[_Part]:
        return [
            _Part("area", (f"{side}_ankle", f"{side}_heel", f"{side}_foot_index"), f"foot {place}"),
            _Part("line", (f"{side}_knee", f"{side}_ankle"), f"shank {place}", ("knee", side)),
            _Part("line", (f"{side}_hip", f"{side}_knee"), f"thigh {place}", ("thigh", side)),
            _Part("mark", (f"{side}_knee",), "mark", ("knee", side)),
            _Part("mark", (f"{side}_thigh",), "mark", ("thigh", side)),
        ]

    trunk = [
        _Part("line", ("neck", "head"), "neck"),
        _Part("line", ("hips", "neck"), "trunk", ("trunk", "both")),
        _Part("mark", ("trunk",), "mark", ("trunk", "both")),
        _Part("head", ("head",), "head"),
    ]
    edge = [_Part("line", (f"{near}_shoulder", f"{near}_elbow", f"{near}_wrist"), "edge")]
    return [*arm(far, "far"), *leg(far, "far"), *trunk, *leg(near, "near"), *edge, *arm(near, "near")]


def _picture(
    drawn: Mapping[str, _Drawn], flags: list[tuple[StrideDifference, int]], phase: int, description: str
) -> Markup:
    width = WIDTH * len(drawn)
    role = f'role="img" aria-label="{html_text(description)}"' if description else 'aria-hidden="true"'
    ground = f'<path class="ground" d="M10 {GROUND + 8}H{width - 10}"/>'
    figures = "".join(figure.svg(name, flags, phase) for name, figure in drawn.items())
    return Markup(f'<svg viewBox="0 0 {width} {HEIGHT}" {role}>{ground}{figures}</svg>')
