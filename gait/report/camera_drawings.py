"""Drawings of where the phone stands: to the side, behind (with tape for the pelvis), or in front of a treadmill."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from gait.display_language import Texts
from gait.report.exercise_figure import BodyPose, CameraView, Limb, Vector, add, grid, scale
from gait.report.exercise_poses import STANDING, flat, lean, leg_way, run_arm
from gait.report.exercise_scene import ACCENT, LINE, Box, Prop, draw_panel
from gait.report.page_templates import html_text

if TYPE_CHECKING:
    from markupsafe import Markup

CameraKind = Literal["side", "rear", "rear_tape", "front"]
#: What stands in the drawings and is read aloud; whole texts, so that each can be translated.
LABELS: Mapping[str, str] = Texts(
    {
        "distance": "4 m",
        "height": "hip height",
        "square": "square to the belt",
        "middle": "in line with the middle of the belt",
        "ahead": "straight ahead, above the console",
        "tape": "two strips of bright tape",
        "side": "A phone on a tripod at hip height, 4 m to the side of a treadmill and square to its belt.",
        "rear": "A phone on a tripod at hip height, 4 m straight behind a treadmill, in line with the middle of its "
        "belt.",
        "rear_tape": "A phone on a tripod straight behind a treadmill, and the runner from behind: two upright "
        "strips of bright tape over the dimples at the back of the pelvis, below the tucked-up shirt.",
        "front": "A phone on a tripod straight ahead of a treadmill, so high that it looks over the console.",
    }
)
#: 4 m (docs/film.md) in hundredths of the height of a runner of 1.75 m.
DISTANCE = 4 / 1.75 * 100
DECK = 8.0
FONT = 112


@dataclass(frozen=True)
class _Setting:
    phone: Vector
    view: CameraView
    note: str
    width: int
    height: int


#: Phone (x, y, z), from where the scene is seen, and the size of the drawing.
_SETTINGS: Mapping[str, _Setting] = {
    "side": _Setting((0, DECK + STANDING, DISTANCE), CameraView(58, 15, (228, 122)), "square", 3000, 1800),
    "rear": _Setting((-DISTANCE, DECK + STANDING, 0), CameraView(22, 14, (243, 130)), "middle", 3050, 1660),
    "rear_tape": _Setting((-DISTANCE, DECK + STANDING, 0), CameraView(22, 14, (243, 130)), "middle", 3950, 1660),
    "front": _Setting((DISTANCE, DECK + 72, 0), CameraView(22, 14, (66, 122)), "ahead", 3000, 1800),
}


def camera_drawing(kind: CameraKind, *, labels: Mapping[str, str] = LABELS) -> Markup:
    """Draw where the phone stands for a view.

    Parameters
    ----------
    kind : {'side', 'rear', 'rear_tape', 'front'}
        ``rear_tape`` shows the tape for the pelvis too.
    labels : mapping
        The texts, with the keys of `LABELS`.

    Returns
    -------
    markupsafe.Markup
        One ``<svg>``.
    """
    from markupsafe import Markup

    setting = _SETTINGS[kind]
    body = _scenery(kind)
    texts = "".join(
        f'<text x="{x}" y="{y}" text-anchor="{anchor}">{html_text(labels[key])}</text>'
        for key, x, y, anchor in _text_places(kind)
    )
    return Markup(
        f'<svg class="camera-drawing" viewBox="0 0 {setting.width} {setting.height}" role="img" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{html_text(labels[kind])}</title>{body}'
        f'<g fill="currentColor" font-size="{FONT}" font-family="inherit">{texts}</g></svg>'
    )


def _runner() -> BodyPose:
    return BodyPose(
        hip=(0, DECK + STANDING - 2.0, 0),
        up=lean(6),
        right_leg=flat(4.5, 3.0, floor=DECK),
        left_leg=Limb(upper=leg_way(-4), lower=leg_way(-96), tip=leg_way(-20)),
        right_arm=run_arm(-34, 8),
        left_arm=run_arm(24, -8),
    )


def _treadmill() -> tuple[Prop, ...]:
    posts = tuple(Box((42, DECK, z - 1.2), (45, 64, z + 1.2), "prop") for z in (-17, 17))
    return (
        Box((-48, 0, -19), (48, DECK - 0.6, 19), "prop", nearer=-500),
        Box((-46, DECK - 0.6, -14), (40, DECK, 14), "far", nearer=-400),
        *posts,
        Box((40, 62, -19), (47, 68, 19), "prop"),
    )


@cache
def _scenery(kind: str) -> str:
    setting = _SETTINGS[kind]
    view, phone = setting.view, setting.phone
    hip: Vector = (0, DECK + STANDING, 0)
    floor = Box((-62, 0, -30), (62, 0, 30), "floor", outlined=False, nearer=-900)
    figure = draw_panel(_runner(), view, (floor, *_treadmill()))
    seen = [(0, DECK + 108, 0), (0, DECK - 6, 0)]
    wedge = _line(view, phone, *seen) + "z"
    ground = add(phone, (0, -phone[1], 0))
    way = (1.0, 0.0, 0.0) if phone[0] else (0.0, 0.0, 1.0)
    sign = -1.0 if phone[0] < 0 else 1.0
    aside = (0.0, 0.0, 5.0) if phone[0] else (5.0, 0.0, 0.0)
    begin = add((0, 0, 0), (way[0] * sign * (52 if phone[0] else 22), 0, way[2] * 22))
    measure = _line(view, begin, ground)
    ticks = "".join(_line(view, add(end, aside), add(end, scale(aside, -1))) for end in (begin, ground))
    square = _line(view, (8, 0, 22), (8, 0, 30), (0, 0, 30)) if not phone[0] else ""
    extra = _taped(setting) if kind == "rear_tape" else ""
    thin = 'fill="none" stroke-linecap="round" stroke-linejoin="round"'
    return (
        f'<path fill="{ACCENT}" opacity=".13" d="{wedge}"/>'
        f'<g stroke="currentColor" stroke-width="{20 * LINE:g}" stroke-linejoin="round" paint-order="stroke">'
        f"{figure}{extra}</g>"
        f'<path {thin} stroke="currentColor" stroke-width="14" d="{measure}{ticks}{square}"/>'
        f'<path {thin} stroke="{ACCENT}" stroke-width="18" stroke-dasharray="50 36" d="{_line(view, phone, hip)}"/>'
        f"{_tripod(view, phone)}"
    )


def _tripod(view: CameraView, phone: Vector) -> str:
    """Draw a phone on three legs; its screen looks away from the runner."""
    head = add(phone, (0, -9, 0))
    foot = [add(phone, (11 * math.cos(a), -phone[1], 11 * math.sin(a))) for a in (0.3, 2.4, 4.5)]
    legs = "".join(_line(view, head, end) for end in foot)
    across = (0.0, 0.0, 4.2) if phone[0] else (4.2, 0.0, 0.0)
    corners = [add(phone, (s * across[0], v, s * across[2])) for s, v in ((-1, -8), (1, -8), (1, 8), (-1, 8))]
    body = _line(view, *corners) + "z"
    return (
        f'<path fill="none" stroke="currentColor" stroke-width="22" stroke-linecap="round" d="{legs}"/>'
        f'<path fill="currentColor" stroke="currentColor" stroke-width="26" stroke-linejoin="round" d="{body}"/>'
    )


def _taped(setting: _Setting) -> str:
    """Draw the runner from behind, with tape, larger, in the right part."""
    pose = BodyPose(
        hip=(0, STANDING - 0.2, 0),
        front=(0, 0, -1),
        right_leg=flat(5.2, 0, bend=(0, 0, -1), tip=(0.15, 0, -1)),
        left_leg=flat(-5.2, 0, bend=(0, 0, -1), tip=(-0.15, 0, -1)),
        right_arm=Limb(upper=(0.3, -1, 0), lower=(0.12, -1, -0.2)),
        left_arm=Limb(upper=(-0.3, -1, 0), lower=(-0.12, -1, -0.2)),
    )
    view = CameraView(0, 6, ((setting.width / 10) - 55, 136))
    strips = tuple(
        Box((x - 1.0, STANDING - 1.2, 7.5), (x + 1.0, STANDING + 3.8, 7.6), "tape", nearer=50) for x in (-2.9, 2.9)
    )
    return draw_panel(pose, view, strips)


def _text_places(kind: str) -> list[tuple[str, int, int, str]]:
    setting = _SETTINGS[kind]
    view, phone = setting.view, setting.phone
    middle_x, middle_y = view.project((phone[0] / 2, 0, phone[2] / 2))
    x, y = grid(middle_x), grid(middle_y)
    if phone[0] < 0:  # the line on the floor begins behind the treadmill
        x -= 140
    places = [("distance", x, y + 160, "middle"), (setting.note, x, y + 330, "middle")]
    if kind != "front":
        here = view.project(scale(add(phone, (0, (DECK + STANDING) / 2, 0)), 2 / 3))
        places.append(("height", grid(here[0]), grid(here[1]) - 90, "middle"))
    if kind == "rear_tape":
        places.append(("tape", setting.width - 40, 120, "end"))
    return places


def _line(view: CameraView, *points: Vector) -> str:
    projected = (view.project(point) for point in points)
    return "M" + "L".join(f"{grid(x)} {grid(y)}" for x, y in projected)
