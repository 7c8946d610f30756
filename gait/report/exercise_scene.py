"""Scenes as SVG: a figure at the start and at the end of a movement, with floor, props and an arrow.

Colours are CSS variables with a fallback (``templates/exercise.css`` sets them for light, dark and print); lines have
the colour of the text. Every drawing has the same scale, so that the figure has the same size in all of them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from gait.report.exercise_figure import (
    Ball,
    BodyPose,
    CameraView,
    Circle,
    Vector,
    add,
    dot,
    figure_parts,
    grid,
    hull_path,
    joints,
    scale,
)

#: Fill → CSS variable and what stands where no style sheet sets it.
FILLS = {
    "skin": "var(--exercise-skin,#f6e3d3)",
    "shirt": "var(--exercise-shirt,#5fa38a)",
    "sleeve": "var(--exercise-shirt,#5fa38a)",
    "leg": "var(--exercise-leg,#8fa3b8)",
    "far": "var(--exercise-far,#d3dae1)",
    "shoe": "var(--exercise-shoe,#3d4854)",
    "hair": "var(--exercise-hair,#4a3b33)",
    "floor": "var(--exercise-floor,#eceff2)",
    "mat": "var(--exercise-mat,#dbe6ee)",
    "prop": "var(--exercise-prop,#e6dcc8)",
    "band": "var(--exercise-accent,#c2410c)",
    "tape": "var(--exercise-tape,#f2d32b)",
}
ACCENT = FILLS["band"]
#: Size of a panel, and where the floor is in it: tall for standing, low for lying figures.
PANEL_WIDTH = 130.0
FORMATS: dict[str, tuple[float, float]] = {"tall": (132.0, 121.0), "middle": (96.0, 85.0), "low": (72.0, 60.0)}
LINE = 1.1


@dataclass(frozen=True)
class Box:
    """A box with edges along the axes, from one corner to the opposite one: step, bench, mat, wall, floor."""

    low: Vector
    high: Vector
    fill: str = "prop"
    outlined: bool = True
    nearer: float = 0.0


@dataclass(frozen=True)
class Roller:
    """A foam roller that lies across the drawing, along z."""

    center: Vector
    radius: float = 4.4
    half_length: float = 14.0
    nearer: float = 0.0


@dataclass(frozen=True)
class LooseBall:
    """A ball on the floor."""

    center: Vector
    radius: float = 3.0
    nearer: float = 0.0


@dataclass(frozen=True)
class LoopBand:
    """An elastic band around two places on the legs, given as joints and the share of the way between them."""

    from_joint: str
    to_joint: str
    share: float
    nearer: float = 12.0


@dataclass(frozen=True)
class Arrow:
    """The way of a joint from start to end, moved aside by ``shift`` and bent by ``bulge``; or between two points."""

    joint: str = ""
    shift: tuple[float, float] = (0.0, 0.0)
    bulge: float = 0.0
    path: tuple[Vector, Vector] | None = None
    both_ways: bool = False
    cut: tuple[float, float] = (0.0, 1.0)


Prop = Box | Roller | LooseBall | LoopBand


@dataclass(frozen=True)
class Scene:
    """One exercise: two poses, seen from one place.

    ``start_props`` and ``end_props`` replace ``props`` in one panel. ``mat`` is where a mat begins and ends, along x.
    """

    start: BodyPose
    end: BodyPose
    view: CameraView
    size: Literal["tall", "middle", "low"] = "tall"
    props: tuple[Prop, ...] = ()
    start_props: tuple[Prop, ...] | None = None
    end_props: tuple[Prop, ...] | None = None
    arrows: tuple[Arrow, ...] = ()
    mat: tuple[float, float] | None = None


def scene_size(scene: Scene) -> tuple[int, int]:
    """Return width and height of a drawing, in its units.

    Parameters
    ----------
    scene : Scene

    Returns
    -------
    width, height : int
    """
    return grid(2 * PANEL_WIDTH), grid(FORMATS[scene.size][0])


def draw_scene(scene: Scene) -> str:
    """Draw both panels of a scene.

    Parameters
    ----------
    scene : Scene

    Returns
    -------
    str
        SVG elements without the root element.
    """
    floor = FORMATS[scene.size][1]
    extents = [_extent(pose, scene.view) for pose in (scene.start, scene.end)]
    low, high = min(e[0] for e in extents), max(e[1] for e in extents)
    shift = -(low + high) / 2
    views = [replace(scene.view, origin=(PANEL_WIDTH * (number + 0.5) + shift, floor)) for number in range(2)]
    middle = _ground_x(scene.view, shift)
    ground = _ground(scene, middle)
    panels = []
    for pose, view, props in (
        (scene.start, views[0], scene.start_props),
        (scene.end, views[1], scene.end_props),
    ):
        panels.append(draw_panel(pose, view, (*ground, *(scene.props if props is None else props))))
    numbers = "".join(
        f'<text x="{grid(PANEL_WIDTH * number + 6)}" y="110" font-size="80" fill="currentColor">{number + 1}</text>'
        for number in range(2)
    )
    arrows = "".join(_arrow(arrow, scene, views) for arrow in scene.arrows)
    body = (
        f'<g stroke="currentColor" stroke-width="{20 * LINE:g}" stroke-linejoin="round" paint-order="stroke">'
        f"{''.join(panels)}</g>"
    )
    return (
        f'{body}{numbers}<g fill="none" stroke="{ACCENT}" stroke-width="24" stroke-linecap="round" '
        f'stroke-linejoin="round">{arrows}</g>'
    )


def draw_panel(pose: BodyPose, view: CameraView, props: Sequence[Prop]) -> str:
    """Draw one figure with its props.

    Parameters
    ----------
    pose : BodyPose
    view : CameraView
    props : sequence of Box, Roller, LooseBall or LoopBand

    Returns
    -------
    str
        SVG paths, from far to near.
    """
    toward = view.toward
    items: list[tuple[float, str]] = []
    for part in figure_parts(pose, toward):
        path = "".join(hull_path([_circle(ball, view) for ball in hull]) for hull in part.hulls)
        stroke = "" if part.outlined else ' stroke="none"'
        items.append((part.depth(toward), f'<path fill="{FILLS[part.fill]}"{stroke} d="{path}"/>'))
    items += [_prop(prop, pose, view) for prop in props]
    return "".join(svg for _, svg in sorted(items, key=lambda item: item[0]))


def _circle(ball: Ball, view: CameraView) -> Circle:
    x, y = view.project(ball.center)
    return (x, y, ball.radius)


def _extent(pose: BodyPose, view: CameraView) -> tuple[float, float]:
    across = [
        (view.project(ball.center)[0], ball.radius)
        for part in figure_parts(pose, view.toward)
        for hull in part.hulls
        for ball in hull
    ]
    return min(x - r for x, r in across), max(x + r for x, r in across)


def _ground_x(view: CameraView, shift: float) -> float:
    """Where on the floor (x, at z = 0) the middle of a panel is."""
    return -shift / math.cos(math.radians(view.yaw))


def _ground(scene: Scene, middle: float) -> tuple[Prop, ...]:
    if scene.mat is None:
        half = 56.0 / max(0.8, math.cos(math.radians(scene.view.yaw)))
        return (Box((middle - half, 0, -17), (middle + half, 0, 17), "floor", outlined=False, nearer=-1000),)
    depth = 17.0
    return (Box((scene.mat[0], -1.6, -depth), (scene.mat[1], 0, depth), "mat", nearer=-1000),)


def _prop(prop: Prop, pose: BodyPose, view: CameraView) -> tuple[float, str]:
    toward = view.toward
    if isinstance(prop, Box):
        center = scale(add(prop.low, prop.high), 0.5)
        stroke = "" if prop.outlined else ' stroke="none"'
        thin = ' stroke-width="11"' if prop.outlined else ""
        svg = f'<path fill="{FILLS[prop.fill]}"{stroke}{thin} d="{_box_path(prop, view)}"/>'
        return dot(center, toward) + prop.nearer, svg
    if isinstance(prop, Roller):
        ends = [add(prop.center, (0, 0, sign * prop.half_length)) for sign in (-1, 1)]
        circles = [_circle(Ball(end, prop.radius), view) for end in ends]
        hull, cap = hull_path(circles), hull_path(circles[1:])
        core = hull_path([(*circles[1][:2], prop.radius * 0.4)])
        fill = FILLS["prop"]
        svg = f'<path fill="{fill}" d="{hull}"/><path fill="{fill}" stroke-width="11" d="{cap}{core}"/>'
        return dot(prop.center, toward) + prop.nearer, svg
    if isinstance(prop, LooseBall):
        path = hull_path([_circle(Ball(prop.center, prop.radius), view)])
        return dot(prop.center, toward) + prop.nearer, f'<path fill="{ACCENT}" d="{path}"/>'
    at = joints(pose)
    places = []
    for side in ("right", "left"):
        a, b = at[f"{side}_{prop.from_joint}"], at[f"{side}_{prop.to_joint}"]
        places.append(add(a, scale(add(b, scale(a, -1)), prop.share)))
    (x1, y1), (x2, y2) = (view.project(place) for place in places)
    way = math.hypot(x2 - x1, y2 - y1)
    dx, dy = (x2 - x1) / way * 2.9, (y2 - y1) / way * 2.9
    line = f"M{_pair(x1 - dx, y1 - dy)}L{_pair(x2 + dx, y2 + dy)}"
    depth = max(dot(place, toward) for place in places) + prop.nearer
    return depth, f'<path fill="none" stroke="{ACCENT}" stroke-width="26" stroke-linecap="round" d="{line}"/>'


def _box_path(box: Box, view: CameraView) -> str:
    (x0, y0, z0), (x1, y1, z1) = box.low, box.high
    toward = view.toward
    x, z = (x1 if toward[0] > 0 else x0), (z1 if toward[2] > 0 else z0)
    faces: list[list[Vector]] = []
    if toward[1] > 0.01 and x1 > x0 and z1 > z0:
        faces.append([(x0, y1, z0), (x1, y1, z0), (x1, y1, z1), (x0, y1, z1)])
    if y1 > y0:
        faces.append([(x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)])
        if abs(toward[0]) > 0.01 and z1 > z0:
            faces.append([(x, y0, z0), (x, y0, z1), (x, y1, z1), (x, y1, z0)])
    return "".join("M" + "L".join(_pair(*view.project(corner)) for corner in face) + "z" for face in faces)


def _arrow(arrow: Arrow, scene: Scene, views: Sequence[CameraView]) -> str:
    view = views[1]
    if arrow.path is not None:
        ends = [view.project(point) for point in arrow.path]
    else:
        ends = [view.project(joints(pose)[arrow.joint]) for pose in (scene.start, scene.end)]
    (x1, y1), (x2, y2) = ((x + arrow.shift[0], y + arrow.shift[1]) for x, y in ends)
    cx, cy = (x1 + x2) / 2 + (y1 - y2) * arrow.bulge, (y1 + y2) / 2 + (x2 - x1) * arrow.bulge

    def at(t: float) -> tuple[float, float]:
        u = 1 - t
        return (u * u * x1 + 2 * u * t * cx + t * t * x2, u * u * y1 + 2 * u * t * cy + t * t * y2)

    first, last = arrow.cut
    a, b = at(first), at(last)
    # The control point of the piece between two places of a quadratic curve.
    u, v = 1 - first, 1 - last
    c = (
        u * v * x1 + (u * last + v * first) * cx + first * last * x2,
        u * v * y1 + (u * last + v * first) * cy + first * last * y2,
    )
    heads = _head(c, b) + (_head(c, a) if arrow.both_ways else "")
    return f'<path d="M{_pair(*a)}Q{_pair(*c)} {_pair(*b)}{heads}"/>'


def _head(before: tuple[float, float], tip: tuple[float, float]) -> str:
    angle = math.atan2(tip[1] - before[1], tip[0] - before[0])
    wings = [(tip[0] - 5 * math.cos(angle + turn), tip[1] - 5 * math.sin(angle + turn)) for turn in (0.6, -0.6)]
    return f"M{_pair(*wings[0])}L{_pair(*tip)}L{_pair(*wings[1])}"


def _pair(x: float, y: float) -> str:
    return f"{grid(x)} {grid(y)}"
