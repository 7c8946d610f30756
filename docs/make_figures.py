"""Draw the figures of the method, ``images/method/*.svg``: ``python docs/make_figures.py``.

The runner is a planned motion (`gait.synthetic`): the figures show what gait measures. Needs matplotlib
(``gait[validation]``). The same versions draw the same files.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.patches import Arc, Ellipse, Polygon, Rectangle

from gait.synthetic import RunnerSpec, events_of
from gait.synthetic.body_segments import JOINTS
from gait.synthetic.motion import Motion
from gait.synthetic.motion_solver import solve

FOLDER = Path(__file__).parent / "images" / "method"
SECONDS = 4.0
NEAR, FAR, BODY, MARK, PLAIN = "#1f5f8b", "#b9c4cc", "#3c4650", "#d9480f", "#8a949c"
LEG = ("hip", "knee", "ankle")
Point = np.ndarray[Any, Any]


def draw_runner(ax: Axes, joints: dict[str, Point], across: int, near: str) -> None:
    """Draw sticks between joints; ``across`` is the world axis that runs to the right of the figure."""

    def line(names: tuple[str, ...], colour: str, width: float) -> None:
        xy = np.array([[joints[n][across], joints[n][1]] for n in names])
        ax.plot(*xy.T, color=colour, lw=width, solid_capstyle="round", solid_joinstyle="round")

    for side in sorted(("left", "right"), key=lambda s: s == near):
        colour = NEAR if side == near else FAR
        line(tuple(f"{side}_{j}" for j in LEG), colour, 5)
        line((f"{side}_ankle", f"{side}_heel", f"{side}_foot_index", f"{side}_ankle"), colour, 3)
        line((f"{side}_shoulder", f"{side}_elbow", f"{side}_wrist"), colour, 3)
    if across == 2:
        line(("left_hip", "right_hip"), BODY, 4)
        line(("left_shoulder", "right_shoulder"), BODY, 4)
    top, low = middle_of(joints, "shoulder"), middle_of(joints, "hip")
    ax.plot([low[across], top[across]], [low[1], top[1]], color=BODY, lw=5, solid_capstyle="round")
    head = (joints["left_ear"] + joints["right_ear"]) / 2
    ax.add_patch(plt.Circle((head[across], head[1]), 0.11, color=BODY, lw=0))


def middle_of(joints: dict[str, Point], part: str) -> Point:
    """Give the middle between the left and the right joint."""
    return np.asarray((joints[f"left_{part}"] + joints[f"right_{part}"]) / 2)


def draw_angle(ax: Axes, at: Point, first: float, second: float, size: float) -> None:
    """Draw an angle between two directions, degrees from the x axis, counter-clockwise."""
    low, high = sorted((first, second))
    ax.add_patch(Arc((at[0], at[1]), size, size, theta1=low, theta2=high, color=MARK, lw=2))


def draw_vertical(ax: Axes, at: Point, length: float) -> None:
    """Draw the vertical through a point; downwards where ``length`` is negative."""
    ax.plot([at[0], at[0]], [at[1], at[1] + length], color=PLAIN, lw=1, ls=(0, (4, 3)))


def draw_span(ax: Axes, from_x: float, to_x: float, y: float, text: str) -> None:
    """Draw a distance along the floor."""
    ax.annotate("", (to_x, y), (from_x, y), arrowprops={"arrowstyle": "<->", "color": MARK, "lw": 1.8})
    ax.annotate(text, ((from_x + to_x) / 2, y - 0.03), color=MARK, ha="center", va="top", fontsize=10)


def direction_deg(a: Point, b: Point) -> float:
    """Give the direction from one point to another, degrees."""
    return float(np.degrees(np.arctan2(b[1] - a[1], b[0] - a[0])))


def in_figure(joints: dict[str, Point], name: str, across: int) -> Point:
    """Give a joint in the plane of the figure."""
    return np.array([joints[name][across], joints[name][1]])


def annotate_contact(ax: Axes, j: dict[str, Point]) -> None:
    """Show what is measured at contact of the right foot."""
    hip, knee, ankle = (in_figure(j, f"right_{p}", 0) for p in LEG)
    draw_vertical(ax, hip, -1.0)
    draw_vertical(ax, ankle, -0.12)
    draw_span(ax, hip[0], ankle[0], -0.04, "overstride")
    draw_vertical(ax, knee, -0.45)
    draw_angle(ax, knee, -90, direction_deg(knee, ankle), 0.62)
    ax.annotate("tibia_angle", (hip[0] - 0.03, ankle[1] + 0.12), color=MARK, ha="right", fontsize=10)
    beyond = knee + 0.28 * (knee - hip) / np.linalg.norm(knee - hip)
    ax.plot(*np.array([knee, beyond]).T, color=PLAIN, lw=1, ls=(0, (4, 3)))
    ax.annotate("knee_flexion_contact", (knee[0] + 0.08, knee[1] + 0.03), color=MARK, fontsize=10)


def annotate_toe_off(ax: Axes, j: dict[str, Point]) -> None:
    """Show what is measured at toe-off of the right foot, and the lean."""
    hip, knee, ankle = (in_figure(j, f"right_{p}", 0) for p in LEG)
    draw_vertical(ax, hip, -1.0)
    draw_angle(ax, hip, -90, direction_deg(hip, knee), 0.62)
    ax.annotate("hip_extension", (knee[0] - 0.06, hip[1] - 0.32), color=MARK, ha="right", fontsize=10)
    draw_vertical(ax, ankle, -ankle[1] - 0.04)
    draw_span(ax, ankle[0], hip[0], -0.04, "foot_pickup")
    low, top = middle_of(j, "hip")[:2], middle_of(j, "shoulder")[:2]
    draw_vertical(ax, low, 0.6)
    draw_angle(ax, low, 90, direction_deg(low, top), 0.95)
    ax.annotate("trunk_lean", (low[0] - 0.04, low[1] + 0.5), color=MARK, ha="right", fontsize=10)


def annotate_from_behind(ax: Axes, j: dict[str, Point]) -> None:
    """Show what is measured at mid-stance of the right foot, from behind."""
    left, right = in_figure(j, "left_hip", 2), in_figure(j, "right_hip", 2)
    ax.plot([left[0] - 0.02, right[0]], [right[1]] * 2, color=PLAIN, lw=1, ls=(0, (4, 3)))
    ax.annotate("pelvic_drop", (left[0] - 0.07, (left[1] + right[1]) / 2), color=MARK, ha="right", va="center")
    ax.annotate("", (left[0], left[1]), (left[0], right[1]), arrowprops={"arrowstyle": "<->", "color": MARK, "lw": 1.8})
    knees = sorted((in_figure(j, "left_knee", 2), in_figure(j, "right_knee", 2)), key=lambda p: p[0])
    y = min(k[1] for k in knees) - 0.02
    ax.annotate("", (knees[1][0], y), (knees[0][0], y), arrowprops={"arrowstyle": "<->", "color": MARK, "lw": 1.8})
    ax.annotate("knee_window", (knees[0][0] - 0.05, y), color=MARK, ha="right", va="center")
    foot = in_figure(j, "right_ankle", 2)
    draw_vertical(ax, np.array([0.0, right[1]]), -right[1] - 0.04)
    ax.annotate("middle of the belt", (-0.02, 0.1), color=PLAIN, ha="right", fontsize=9)
    draw_span(ax, 0.0, foot[0], -0.04, "half of step_width")


def draw_step_times(ax: Axes, motion: Motion) -> None:
    """Draw the stances of both feet as bars, and the times between them."""
    events = sorted(events_of(motion, SECONDS), key=lambda e: e.time_s)
    first = next(e.time_s for e in events if e.side == "right" and e.kind == "contact" and e.time_s > 0.5)
    stances = {}
    for row, side in enumerate(("left", "right")):
        contacts = [e.time_s for e in events if (e.side, e.kind) == (side, "contact")]
        toe_offs = [e.time_s for e in events if (e.side, e.kind) == (side, "toe_off")]
        ends = {c: min(o for o in toe_offs if o > c) for c in contacts if c < toe_offs[-1]}
        pairs = [(1e3 * (c - first), 1e3 * (o - first)) for c, o in ends.items()]
        stances[side] = [(c, o) for c, o in pairs if -50 < c < 1150]
        colour = NEAR if side == "right" else FAR
        ax.broken_barh([(c, o - c) for c, o in stances[side]], (row - 0.25, 0.5), color=colour)
    (c, o), (c2, _), left = stances["right"][0], stances["right"][1], stances["left"][0]
    for low, high, y, text in (
        (c, o, 1.42, "contact_time"),
        (o, left[0], 0.5, "flight_time"),
        (c, left[0], -0.5, "step time = 60 000 / cadence"),
        (c, c2, 1.95, "stride time; duty_factor = contact_time / stride time"),
    ):
        ax.annotate("", (high, y), (low, y), arrowprops={"arrowstyle": "<->", "color": MARK, "lw": 1.8})
        near = text == "flight_time"
        ax.annotate(text, (high + 12 if near else (low + high) / 2, y if near else y + 0.06), color=MARK,
                    ha="left" if near else "center", va="center" if near else "bottom", fontsize=10)  # fmt: skip
    ax.set(ylim=(-0.8, 2.3), xlim=(-60, 1150), yticks=[0, 1], yticklabels=["left foot", "right foot"])
    ax.set_xlabel("ms from an initial contact of the right foot")
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.tick_params(left=False)


def draw_filming_from_above(ax: Axes) -> None:
    """Draw where the phone stands for each view."""
    ax.add_patch(Rectangle((-1.0, -0.45), 2.0, 0.9, fc="#e9edf0", ec=BODY, lw=1.5))
    ax.add_patch(Rectangle((0.95, -0.35), 0.18, 0.7, fc=BODY, lw=0))
    ax.add_patch(Ellipse((0, 0), 0.28, 0.5, fc=NEAR, lw=0))
    ax.annotate("", (0.75, 0), (0.3, 0), arrowprops={"arrowstyle": "->", "color": NEAR, "lw": 2})
    ax.text(0.0, 0.52, "belt, seen from above", color=PLAIN, ha="center", va="bottom")
    for x, y, name, distance in (
        (0.0, -4.0, "side", "4 m"),
        (-4.0, 0.0, "rear", "about 4 m"),
        (4.0, 0.0, "front", "about 4 m"),
    ):
        ax.plot([x, 0.16 * np.sign(x)], [y, 0.26 * np.sign(y)], color=MARK, lw=1, ls=(0, (4, 3)))
        size = (0.45, 0.14) if name == "side" else (0.14, 0.45)
        ax.add_patch(Rectangle((x - size[0] / 2, y - size[1] / 2), *size, fc=MARK, lw=0))
        ax.text(
            x + 0.4 * (name == "side"),
            y - 0.42 * (name != "side"),
            f"{name}\n{distance}",
            color=MARK,
            va="center" if name == "side" else "top",
            ha="left" if name == "side" else "center",
        )
    ax.set(xlim=(-4.9, 4.9), ylim=(-4.4, 1.1))


def draw_filming_height(side_on: Axes) -> None:
    """Draw how high and how far away the phone stands for the side view."""
    side_on.plot([-0.6, 5.0], [0, 0], color=BODY, lw=2)
    side_on.add_patch(Rectangle((-0.45, 0), 0.9, 0.18, fc="#e9edf0", ec=BODY))
    side_on.plot([0, 0], [0.18, 1.55], color=NEAR, lw=7, solid_capstyle="round")
    side_on.add_patch(plt.Circle((0, 1.78), 0.13, color=NEAR, lw=0))
    side_on.plot([4, 4], [0, 1.1], color=PLAIN, lw=3)
    side_on.add_patch(Rectangle((3.96, 1.02), 0.08, 0.22, fc=MARK, lw=0))
    side_on.plot([0.1, 3.9], [1.12, 1.12], color=MARK, lw=1, ls=(0, (4, 3)))
    side_on.text(2.0, 1.16, "at hip height, level", color=MARK, ha="center", va="bottom")
    side_on.annotate("", (3.95, 0.35), (0.05, 0.35), arrowprops={"arrowstyle": "<->", "color": MARK, "lw": 1.8})
    side_on.text(2.0, 0.4, "4 m", color=MARK, ha="center", va="bottom")
    side_on.set(xlim=(-0.8, 5.1), ylim=(-0.1, 2.1))


def draw_tape(ax: Axes) -> None:
    """Draw where tape goes: upright strips over the dimples at the back of the pelvis. Centimetres."""
    back = [(-17, 26), (-14.5, 10), (-17, -2), (-18, -16), (18, -16), (17, -2), (14.5, 10), (17, 26)]
    ax.add_patch(Polygon(back, fc="#e8c9b0", ec=BODY, lw=1.5))
    ax.add_patch(Polygon([(-17, 26), (-15.1, 14), (15.1, 14), (17, 26)], fc="#5b7f9c", lw=0))
    ax.add_patch(
        Polygon([(-17.3, -5), (-18.6, -20), (-1, -20), (0, -17), (1, -20), (18.6, -20), (17.3, -5)], fc=BODY, lw=0)
    )
    ax.plot([0, 0], [13, -4], color="#c9a488", lw=2)
    for x in (-4.6, 4.6):
        ax.add_patch(Rectangle((x - 1.25, -2), 2.5, 6, fc="#ffd400", ec="#8a6d00", lw=1))
    for y, text in (
        (20, "shirt tucked up"),
        (1, "tape over the dimples,\n2.5 × 6 cm, upright"),
        (-13, "waistband below"),
    ):
        ax.annotate(text, (6.5 if y == 1 else 15, y), (24, y), color=MARK, va="center",
                    arrowprops={"arrowstyle": "->", "color": MARK, "lw": 1.4})  # fmt: skip
    ax.set(xlim=(-20, 48), ylim=(-21, 27))


def save(name: str, figure: Any) -> None:
    """Write a figure without anything that changes from day to day."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.svg"
    figure.savefig(path, bbox_inches="tight", pad_inches=0.1, metadata={"Date": None, "Creator": None})
    plt.close(figure)


def main() -> None:
    """Draw all figures."""
    mpl.rcParams.update({"svg.hashsalt": "gait", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10})
    spec = RunnerSpec(
        speed_mps=3.5, overstride=0.27, pelvic_drop_deg=8.0, step_width_cm=14.0, trunk_lean_deg=10.0, variability=0.0
    )
    motion = solve(spec, SECONDS, seed=1)
    events = sorted(events_of(motion, SECONDS), key=lambda e: e.time_s)
    contact = next(e.time_s for e in events if (e.side, e.kind) == ("right", "contact") and e.time_s > 0.5)
    toe_off = next(e.time_s for e in events if (e.side, e.kind) == ("right", "toe_off") and e.time_s > contact)
    poses = {
        "landing": (contact, 0, annotate_contact),
        "toe_off": (toe_off, 0, annotate_toe_off),
        "behind": ((contact + toe_off) / 2, 2, annotate_from_behind),
    }
    for name, (moment, across, mark) in poses.items():
        joints = dict(zip(JOINTS, motion.joints(np.array([moment]))[0], strict=True))
        figure, ax = plt.subplots(figsize=(4.6, 6.0))
        ax.plot([-0.9, 0.9] if across == 0 else [-0.5, 0.5], [0, 0], color=BODY, lw=2)
        draw_runner(ax, joints, across, "right")
        mark(ax, joints)
        ax.set_aspect("equal")
        ax.axis("off")
        save(name, figure)
    figure, ax = plt.subplots(figsize=(7.2, 2.6))
    draw_step_times(ax, motion)
    save("times", figure)
    for name, draw, size in (
        ("filming_from_above", draw_filming_from_above, (6.6, 4.0)),
        ("filming_height", draw_filming_height, (5.6, 2.6)),
        ("tape", draw_tape, (6.2, 4.4)),
    ):
        figure, ax = plt.subplots(figsize=size)
        draw(ax)
        ax.set_aspect("equal")
        ax.axis("off")
        save(name, figure)


if __name__ == "__main__":
    main()
