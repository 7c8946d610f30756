"""The specs of a rendered run: the runner, the camera, the looks and the room.

Signs and units are those of the package's metrics: X forward, Y up, Z to the runner's right; forward lean, ankle ahead
of the hip, toe up and swing side low are positive. A value with a side may be one number for both sides or a pair
``(left, right)``. The ranges that the specs accept are [E]: wide enough for every runner, camera and room that they
are meant for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any, Literal

import numpy as np

from gait.errors import InputError

Sided = float | tuple[float, float]
Colour = tuple[float, float, float]

LEG_LENGTH_FRACTION = 0.53
"""Hip height over body height (Winter); the ``L`` that overstride is a fraction of."""

SIDES = ("left", "right")


def left_and_right(value: Sided) -> tuple[float, float]:
    """Give both sides of a value that may be one number for both.

    Parameters
    ----------
    value : float or (float, float)

    Returns
    -------
    (float, float)
        Left, right.
    """
    if isinstance(value, tuple):
        return float(value[0]), float(value[1])
    return float(value), float(value)


def _within(name: str, value: Sided | None, low: float, high: float, unit: str) -> None:
    if value is None:
        return
    for number in left_and_right(value):
        if not (math.isfinite(number) and low <= number <= high):
            raise InputError(f"{name}={number:g} is outside {low:g} to {high:g} {unit}; choose a value in that range")


def _check_colours(spec: object) -> None:
    """Refuse colours that are not three shares from 0 to 1."""
    for field in fields(spec):  # type: ignore[arg-type]
        value = getattr(spec, field.name)
        if "Colour" not in str(field.type) or value is None:
            continue
        if not (isinstance(value, tuple) and len(value) == 3 and all(0 <= float(share) <= 1 for share in value)):
            raise InputError(f"{field.name}={value!r} is no colour; give (red, green, blue), each from 0 to 1")


@dataclass(frozen=True)
class Drift:
    """How form changes while the clip lasts, per minute; 0 = not at all.

    The change is a straight line through the middle of the clip, so that the means over the clip stay those of
    `RunnerSpec`.

    Parameters
    ----------
    cadence_spm, contact_time_ms, overstride, trunk_lean_deg, pelvic_drop_deg : float
        Change per minute of the value of that name.
    """

    cadence_spm: float = 0.0
    contact_time_ms: float = 0.0
    overstride: float = 0.0
    trunk_lean_deg: float = 0.0
    pelvic_drop_deg: float = 0.0

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        _within("drift.cadence_spm", self.cadence_spm, -60, 60, "steps/min per minute")
        _within("drift.contact_time_ms", self.contact_time_ms, -200, 200, "ms per minute")
        _within("drift.overstride", self.overstride, -0.3, 0.3, "leg lengths per minute")
        _within("drift.trunk_lean_deg", self.trunk_lean_deg, -60, 60, "degrees per minute")
        _within("drift.pelvic_drop_deg", self.pelvic_drop_deg, -40, 40, "degrees per minute")


@dataclass(frozen=True)
class RunnerSpec:
    """One runner and how that runner runs. Every number is a mean over the steps of a clip.

    Parameters
    ----------
    height_m : float
        Body height, m.
    sex : {"male", "female"}
        Decides shoulder and pelvis width.
    build : float
        Girth factor, 1 = lean runner.
    leg_scale, shoulder_scale, pelvis_scale, arm_scale : float
        Proportions: thigh and shank, shoulder width, hip width, arms, against the mean of people of that height and
        sex. The trunk takes up what longer legs leave.
    speed_mps : float
        Belt speed, m/s.
    cadence_spm : float
        Steps (both feet) per minute.
    contact_time_ms : float, pair or None
        First to last touch of the shoe, ms. ``None``: the duty factor usual at that speed (37/33/30 % at
        2.5/3.5/4.5 m/s; Fukuchi 2017).
    overstride : float or pair
        (x ankle − x hip of the same side) at contact, fraction of 0.53 × height.
    tibia_angle_deg : float or None
        Shank from vertical at contact, + = ankle ahead of knee, mean of both sides. ``None``: follows from
        ``overstride`` and ``knee_flexion_contact_deg``.
    knee_flexion_contact_deg : float
        Knee flexion at contact (0 = straight), used where ``tibia_angle_deg`` is ``None``.
    knee_flexion_stance_deg : float or None
        Peak knee flexion in stance; the bounce of the hips follows from it. ``None``: it follows from
        ``vertical_oscillation_cm``, about 45.
    knee_flexion_swing_deg : float or None
        Peak knee flexion in swing. ``None``: as usual at that speed.
    foot_strike_deg : float or pair
        Foot pitch at contact, + = toe up (heel strike), negative = forefoot strike.
    trunk_lean_deg : float
        Mid-hip to mid-shoulder line from vertical, mean over stance, + = forward.
    pelvic_drop_deg : float or pair
        Peak over 10 to 70 % of stance of the stance leg on that side, + = swing side low.
    lateral_lean_deg : float
        Lean of the trunk towards the stance leg, stance mean.
    arm_crossover : float or pair
        How far the wrist passes the trunk midline, shoulder widths, + = crossed.
    step_width_cm : float
        Right minus left ankle position across the belt at mid-stance, cm; ≤ 0 = feet cross.
    vertical_oscillation_cm : float or None
        Peak to peak of the centre of mass in a step, cm. ``None``: follows from gravity and the timing.
    step_time_asymmetry : float
        (time to a right contact − time to a left contact) / step time.
    toe_out_deg : float
        Outward turn of the foot.
    variability : float
        1 = ordinary step-to-step variation (about 1 % in time), 0 = every step the same.
    drift : Drift
        Change of form over the clip, as with fatigue.
    body_family : {"sculpted", "makehuman"}
        What the body is drawn from: round solids, or MakeHuman's mesh of a person. The motion is the same.
    age_years, muscle : float
        Of a body of the family ``makehuman``: 16 to 75 years; 0 = little muscle, 1 = much.
    hip_depth : float or None
        Distance of the hip joint from the front of the body as a share of the body's depth at that height, buttock
        included. In people 0.36 to 0.40 (after Harrington 2007). ``None``: 0.38 for ``makehuman``; a ``sculpted`` body
        as it was modelled, 0.43 to 0.46.
    """

    height_m: float = 1.76
    sex: Literal["male", "female"] = "male"
    build: float = 1.0
    leg_scale: float = 1.0
    shoulder_scale: float = 1.0
    pelvis_scale: float = 1.0
    arm_scale: float = 1.0
    speed_mps: float = 2.8
    cadence_spm: float = 165.0
    contact_time_ms: Sided | None = None
    overstride: Sided = 0.22
    tibia_angle_deg: float | None = None
    knee_flexion_contact_deg: float = 13.5
    knee_flexion_stance_deg: float | None = None
    knee_flexion_swing_deg: float | None = None
    foot_strike_deg: Sided = 10.0
    trunk_lean_deg: float = 6.0
    pelvic_drop_deg: Sided = 4.0
    lateral_lean_deg: float = 1.0
    arm_crossover: Sided = -0.12
    step_width_cm: float = 8.0
    vertical_oscillation_cm: float | None = None
    step_time_asymmetry: float = 0.0
    toe_out_deg: float = 6.0
    variability: float = 1.0
    drift: Drift = Drift()
    body_family: Literal["sculpted", "makehuman"] = "sculpted"
    age_years: float = 30.0
    muscle: float = 0.5
    hip_depth: float | None = None

    def __post_init__(self) -> None:
        """Refuse values out of range, and values that contradict each other."""
        if self.sex not in ("male", "female"):
            raise InputError(f"sex={self.sex!r} is neither 'male' nor 'female'")
        _within("height_m", self.height_m, 1.2, 2.2, "m")
        _within("build", self.build, 0.8, 1.4, "")
        _within("leg_scale", self.leg_scale, 0.92, 1.08, "")
        _within("shoulder_scale", self.shoulder_scale, 0.88, 1.12, "")
        _within("pelvis_scale", self.pelvis_scale, 0.88, 1.12, "")
        _within("arm_scale", self.arm_scale, 0.92, 1.08, "")
        _within("speed_mps", self.speed_mps, 1.8, 5.5, "m/s")
        _within("cadence_spm", self.cadence_spm, 130, 235, "steps/min")
        _within("contact_time_ms", self.contact_time_ms, 130, 420, "ms")
        _within("overstride", self.overstride, 0.05, 0.45, "leg lengths")
        _within("tibia_angle_deg", self.tibia_angle_deg, -10, 25, "degrees")
        _within("knee_flexion_contact_deg", self.knee_flexion_contact_deg, 4, 35, "degrees")
        _within("knee_flexion_stance_deg", self.knee_flexion_stance_deg, 30, 62, "degrees")
        _within("knee_flexion_swing_deg", self.knee_flexion_swing_deg, 60, 130, "degrees")
        _within("foot_strike_deg", self.foot_strike_deg, -12, 28, "degrees")
        _within("trunk_lean_deg", self.trunk_lean_deg, -10, 25, "degrees")
        _within("pelvic_drop_deg", self.pelvic_drop_deg, 0, 16, "degrees")
        _within("lateral_lean_deg", self.lateral_lean_deg, -5, 10, "degrees")
        _within("arm_crossover", self.arm_crossover, -0.45, 0.45, "shoulder widths")
        _within("step_width_cm", self.step_width_cm, -6, 25, "cm")
        _within("vertical_oscillation_cm", self.vertical_oscillation_cm, 2, 15, "cm")
        _within("step_time_asymmetry", self.step_time_asymmetry, -0.15, 0.15, "")
        _within("toe_out_deg", self.toe_out_deg, -5, 20, "degrees")
        _within("variability", self.variability, 0, 3, "")
        if self.body_family not in ("sculpted", "makehuman"):
            raise InputError(f"body_family={self.body_family!r} is neither 'sculpted' nor 'makehuman'")
        _within("age_years", self.age_years, 16, 75, "years")
        _within("muscle", self.muscle, 0, 1, "")
        if self.hip_depth is not None:
            _within("hip_depth", self.hip_depth, 0.30, 0.60, "")
        if self.knee_flexion_stance_deg is not None and self.vertical_oscillation_cm is not None:
            raise InputError(
                f"knee_flexion_stance_deg={self.knee_flexion_stance_deg:g} and "
                f"vertical_oscillation_cm={self.vertical_oscillation_cm:g} follow from each other; give one of them"
            )
        for contact in self.contact_times_s():
            if contact >= 0.97 * self.step_time_s:
                raise InputError(
                    f"contact_time_ms={contact * 1e3:.0f} leaves no flight phase in a step of "
                    f"{self.step_time_s * 1e3:.0f} ms; shorten it or lower cadence_spm"
                )

    @property
    def step_time_s(self) -> float:
        """Mean time from one contact to the next of the other foot, s."""
        return 60.0 / self.cadence_spm

    @property
    def leg_length_m(self) -> float:
        """Length that overstride and foot pick-up are fractions of, m."""
        return LEG_LENGTH_FRACTION * self.height_m

    def contact_times_s(self) -> tuple[float, float]:
        """Give the requested contact time.

        Returns
        -------
        (float, float)
            Left, right; s.
        """
        if self.contact_time_ms is not None:
            left, right = left_and_right(self.contact_time_ms)
            return left / 1e3, right / 1e3
        # Mean duty factors at 2.5/3.5/4.5 m/s in the data of Fukuchi 2017, continued to slow jogging and fast running.
        speeds, duty = (1.8, 2.5, 3.5, 4.5, 5.5), (0.40, 0.37, 0.328, 0.304, 0.285)
        share = float(np.interp(self.speed_mps, speeds, duty))
        return 2 * self.step_time_s * share, 2 * self.step_time_s * share


@dataclass(frozen=True)
class CameraSpec:
    """A camera on a tripod.

    Parameters
    ----------
    view : {"side", "rear", "front"}
        Where it stands.
    facing : {"left", "right"}
        Side view only: the way the runner faces in the frame. "right" films the runner's right side.
    distance_m, height_m : float
        From the runner along the floor, m; above the belt, m.
    yaw_deg, pitch_deg, roll_deg : float
        Yaw moves the camera round the runner (it keeps looking at the runner), + = towards the front in a side view,
        + = towards the runner's right in rear and front views. Pitch is + up, relative to aiming at ``aim_m``. Roll
        is + when what the camera shows turns counter-clockwise.
    aim_m : float
        Height above the belt that the camera looks at, m.
    field_of_view_deg : float
        Vertical.
    width, height : int
        Pixels, even numbers.
    fps : float
        Frames per second of real time (the capture rate), 24 to 240.
    playback_fps : float or None
        Rate at which the file plays; lower than ``fps`` is slow motion that was retimed on export. ``None``: as filmed.
    timing_jitter : float
        Spread of the intervals between frames as a share of the mean interval: a variable frame rate.
    dropped : float
        Share of frames that the camera left out.
    rotation : {0, 90, 180, 270}
        The file stores the frames turned, as phones held upright do. Its metadata gives the angle by which a player
        must turn them clockwise.
    distortion : float
        Radial distortion of the lens at half the frame's diagonal (formula: `gait.synthetic.pinhole_camera`), −0.15 to
        0.15: negative = barrel (a wide phone lens).
    blur_subframes : int
        1 = no motion blur; n > 1 averages n drawings over the shutter time.
    shutter : float
        Open fraction of the frame interval, used for blur.
    noise : float
        Standard deviation of sensor noise, grey levels.
    """

    view: Literal["side", "rear", "front"] = "side"
    facing: Literal["left", "right"] = "right"
    distance_m: float = 4.0
    height_m: float = 1.0
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    aim_m: float = 0.92
    field_of_view_deg: float = 34.0
    width: int = 960
    height: int = 720
    fps: float = 60.0
    playback_fps: float | None = None
    timing_jitter: float = 0.0
    dropped: float = 0.0
    rotation: Literal[0, 90, 180, 270] = 0
    distortion: float = 0.0
    blur_subframes: int = 1
    shutter: float = 0.3
    noise: float = 0.0

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        if self.view not in ("side", "rear", "front"):
            raise InputError(f"view={self.view!r} is none of 'side', 'rear', 'front'")
        if self.facing not in ("left", "right"):
            raise InputError(f"facing={self.facing!r} is neither 'left' nor 'right'")
        _within("distance_m", self.distance_m, 1.2, 20, "m")
        _within("height_m", self.height_m, 0.0, 4.0, "m")
        _within("yaw_deg", self.yaw_deg, -60, 60, "degrees")
        _within("pitch_deg", self.pitch_deg, -30, 30, "degrees")
        _within("roll_deg", self.roll_deg, -30, 30, "degrees")
        _within("aim_m", self.aim_m, -1.0, 3.0, "m")
        _within("field_of_view_deg", self.field_of_view_deg, 10, 90, "degrees")
        _within("fps", self.fps, 24, 240, "frames per second")
        _within("playback_fps", self.playback_fps, 10, 240, "frames per second")
        _within("timing_jitter", self.timing_jitter, 0, 0.4, "")
        _within("dropped", self.dropped, 0, 0.3, "")
        _within("distortion", self.distortion, -0.15, 0.15, "")
        if self.rotation not in (0, 90, 180, 270):
            raise InputError(f"rotation={self.rotation} is none of 0, 90, 180, 270 degrees")
        _within("blur_subframes", self.blur_subframes, 1, 32, "")
        _within("shutter", self.shutter, 0.0, 1.0, "")
        _within("noise", self.noise, 0.0, 40, "grey levels")
        for name, size in (("width", self.width), ("height", self.height)):
            if size < 64 or size > 4096 or size % 2:
                raise InputError(f"{name}={size} must be an even number of pixels from 64 to 4096")

    @property
    def playback_per_real(self) -> float:
        """Seconds of the file's timeline per second of real time; above 1 for slow motion."""
        return self.fps / (self.playback_fps or self.fps)


@dataclass(frozen=True)
class LookSpec:
    """Colours (red, green, blue; 0..1), cut and pattern of hair and clothes, and markers.

    Parameters
    ----------
    skin, hair, shirt, shorts, shorts_trim, socks, shoes, sole : (float, float, float)
    hair_style : {"short", "bald", "ponytail", "long", "bun", "cap"}
    sleeves : bool
        Short sleeves rather than none.
    loose : bool
        A shirt that hangs and wide shorts, rather than tight ones.
    legwear : {"shorts", "tights", "skirt"}
        Tights reach to the ankle. Skirts are for bodies of the family ``makehuman``.
    top : {"shirt", "hoodie", "bra", "bare"}
        What covers the trunk; all but the shirt are for bodies of the family ``makehuman``.
    pattern : {"plain", "stripes", "panel", "heather"}
        Print of the shirt.
    tape : (float, float, float) or None
        Colour of strips of tape over the bony points of the pelvis, two at the back (PSIS) and two in front (ASIS).
    waistband : (float, float, float) or None
        Colour of a waistband that contrasts with the shorts. With tape or waistband the shirt ends above the waist.
    footwear : {"trainer", "cushioned", "racer", "trail", "minimal", "spike", "high_top", "socks", "bare"}
        Shape of the shoes (`gait.synthetic.body.shoe_shapes`), or feet without shoes. The ankle stands as high as in a
        trainer.
    gloss : float
        Shine of tights, 0 = dull cloth, 1 = like a wet suit.
    dots : (float, float, float) or None
        Colour of round stickers over shoulder, hip, knee and ankle and on heel and toe of the shoes, 2.5 cm across.
    """

    skin: Colour = (0.80, 0.60, 0.48)
    hair: Colour = (0.20, 0.13, 0.09)
    hair_style: Literal["short", "bald", "ponytail", "long", "bun", "cap"] = "short"
    shirt: Colour = (0.15, 0.42, 0.62)
    sleeves: bool = True
    shorts: Colour = (0.10, 0.11, 0.14)
    shorts_trim: Colour = (0.85, 0.86, 0.88)
    loose: bool = True
    legwear: Literal["shorts", "tights", "skirt"] = "shorts"
    pattern: Literal["plain", "stripes", "panel", "heather"] = "panel"
    socks: Colour = (0.90, 0.90, 0.88)
    shoes: Colour = (0.92, 0.36, 0.12)
    sole: Colour = (0.93, 0.93, 0.90)
    tape: Colour | None = None
    waistband: Colour | None = None
    dots: Colour | None = None
    top: Literal["shirt", "hoodie", "bra", "bare"] = "shirt"
    footwear: Literal["trainer", "cushioned", "racer", "trail", "minimal", "spike", "high_top", "socks", "bare"] = (
        "trainer"
    )
    gloss: float = 0.0

    def __post_init__(self) -> None:
        """Refuse colours out of range."""
        _check_colours(self)
        _within("gloss", self.gloss, 0, 1, "")

    @property
    def waist_is_bare(self) -> bool:
        """Whether the shirt ends above the waist, so that tape or waistband can be seen."""
        return self.tape is not None or self.waistband is not None


@dataclass(frozen=True)
class SceneSpec:
    """The room and its light. ``look`` dresses the runner.

    Parameters
    ----------
    look : LookSpec
    wall, wainscot, floor, accent : (float, float, float)
        Colours of the room.
    rails, console : bool
        Side rails and console of the treadmill; they hide parts of hands and legs from some sides.
    clutter : float
        How much stands about, 0 = an empty room, 1 = a gym.
    light : float
        1 = bright, 0.25 = a dim garage. The frames get darker, not only noisier.
    bystander : bool
        Somebody stands beside the treadmill, in the frame.
    belt : (float, float, float)
        Colour of the belt.
    belt_print : {"marks", "lines", "logo", "plain"}
        What is printed on the belt.
    edge_m, hood_m : float
        Height above the belt of the frame's edges beside it, and of the hood over the motor in front of it, m. A high
        edge hides the lowest part of the shoes from a low camera at the side.
    backdrop : {"wall", "mirrors", "windows", "gym"}
        What is behind the things along the wall: the wall itself, mirrors, a row of large windows, or the rest of a
        gym with machines and people at them.
    """

    look: LookSpec = LookSpec()
    wall: Colour = (0.66, 0.68, 0.69)
    wainscot: Colour = (0.33, 0.42, 0.47)
    floor: Colour = (0.24, 0.25, 0.27)
    accent: Colour = (0.82, 0.40, 0.18)
    rails: bool = True
    console: bool = True
    clutter: float = 1.0
    light: float = 1.0
    bystander: bool = False
    belt: Colour = (0.125, 0.127, 0.135)
    belt_print: Literal["marks", "lines", "logo", "plain"] = "marks"
    edge_m: float = 0.006
    hood_m: float = 0.035
    backdrop: Literal["wall", "mirrors", "windows", "gym"] = "wall"

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        _check_colours(self)
        _within("clutter", self.clutter, 0, 1, "")
        _within("light", self.light, 0.1, 1.5, "")
        _within("edge_m", self.edge_m, 0.0, 0.15, "m")
        _within("hood_m", self.hood_m, 0.0, 0.30, "m")


def spec_as_record(spec: RunnerSpec | CameraSpec | SceneSpec | LookSpec | Drift) -> dict[str, Any]:
    """Give a spec as plain values for JSON.

    Parameters
    ----------
    spec : RunnerSpec, CameraSpec, SceneSpec, LookSpec or Drift

    Returns
    -------
    dict
        Field → value, nested specs as dicts.
    """
    record: dict[str, Any] = {}
    for field in fields(spec):
        value = getattr(spec, field.name)
        record[field.name] = spec_as_record(value) if isinstance(value, LookSpec | Drift) else value
    return record
