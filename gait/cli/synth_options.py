"""The options of ``gait synth``: which field of a synthetic run each one sets, and its group in the help.

Only names stand here, so that ``gait --help`` loads neither runner nor renderer; types, choices and ranges are those of
`gait.synthetic.run_spec`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from typer.core import TyperCommand


@dataclass(frozen=True)
class SynthOption:
    """One option and the field it sets.

    Parameters
    ----------
    name : str
        As typed, without the dashes.
    target : str
        Table and key of the spec file: ``"runner.cadence_spm"``.
    metavar : str
        Placeholder of the value in the help; empty for a switch, which ``--no-NAME`` turns off.
    help : str
        One line.
    per : float
        Units of the option in one unit of the field: 100 for an option in centimetres and a field in metres.
    between : (float, float, str), optional
        Smallest and greatest value and the unit, where option and field have different units.
    """

    name: str
    target: str
    metavar: str
    help: str
    per: float = 1.0
    between: tuple[float, float, str] | None = None

    @property
    def table(self) -> str:
        """Table of the spec file, such as ``runner.drift``."""
        return self.target.rpartition(".")[0]

    @property
    def key(self) -> str:
        """Key in that table, such as ``cadence_spm``."""
        return self.target.rpartition(".")[2]

    @property
    def example(self) -> str:
        """A value in the middle, for error messages."""
        low, high, _ = self.between or (0, 0, "")
        return f"{(low + high) / 2:.0f}"

    @property
    def parameter(self) -> str:
        """Name of the parameter of the command."""
        return self.name.replace("-", "_")


_O = SynthOption
_BODY = "How the runner is built"
_FORM = "How the runner runs (X,Y: left,right; one number: both)"
_DRIFT = "How form changes, per minute of the video"
_CAMERA = "Where the camera stands"
_FILE = "How it films"
_ROOM = "The room"
_APPEARANCE = "How the runner looks (COLOUR: #rrggbb or a name such as orange)"
_CLIP = "The video"

OPTIONS: Mapping[str, tuple[SynthOption, ...]] = {
    _CLIP: (
        _O("seconds", "clip.seconds", "S", "Length in real time."),
        _O("seed", "clip.seed", "N", "Of everything random; the same seed gives the same video."),
        _O("quality", "clip.quality", "CRF", "0 (best) to 51 of the H.264 encoder."),
    ),
    _BODY: (
        _O("height", "runner.height_m", "CM", "Body height.", 100, (120, 220, "cm")),
        _O("sex", "runner.sex", "male|female", "Decides the width of shoulders and pelvis."),
        _O("build", "runner.build", "X", "Girth, 1 = lean."),
        _O("leg-scale", "runner.leg_scale", "X", "Length of the legs, 1 = average for the height."),
        _O("shoulder-scale", "runner.shoulder_scale", "X", "Width of the shoulders."),
        _O("pelvis-scale", "runner.pelvis_scale", "X", "Width between the hips."),
        _O("arm-scale", "runner.arm_scale", "X", "Length of the arms."),
        _O("body-family", "runner.body_family", "sculpted|makehuman", "Round solids, or MakeHuman's mesh of a person."),
        _O("age", "runner.age_years", "YEARS", "Of a makehuman body."),
        _O("muscle", "runner.muscle", "X", "Of a makehuman body: 0 = little, 1 = much."),
        _O("hip-depth", "runner.hip_depth", "X", "Hip joint from the front of the body / depth there."),
    ),
    _FORM: (
        _O("speed", "runner.speed_mps", "KMH", "Belt speed.", 3.6, (6.5, 19.8, "km/h")),
        _O("cadence", "runner.cadence_spm", "N", "Steps a minute, both feet."),
        _O("contact-time", "runner.contact_time_ms", "MS[,MS]", "Initial contact to toe-off; auto: by speed."),
        _O("overstride", "runner.overstride", "X[,X]", "Ankle ahead of the hip at contact, in leg lengths."),
        _O("tibia-angle", "runner.tibia_angle_deg", "DEG", "Shank at contact, + = ankle ahead; auto: by the rest."),
        _O("knee-flexion-contact", "runner.knee_flexion_contact_deg", "DEG", "Knee at contact, 0 = straight."),
        _O("knee-flexion-stance", "runner.knee_flexion_stance_deg", "DEG", "Its peak in stance; auto: by the rest."),
        _O("knee-flexion-swing", "runner.knee_flexion_swing_deg", "DEG", "Its peak in swing; auto: by speed."),
        _O("foot-strike", "runner.foot_strike_deg", "DEG[,DEG]", "Foot at contact, + = toe up, - = forefoot."),
        _O("trunk-lean", "runner.trunk_lean_deg", "DEG", "+ = forward."),
        _O("pelvic-drop", "runner.pelvic_drop_deg", "DEG[,DEG]", "Peak in stance, + = the other side drops."),
        _O("lateral-lean", "runner.lateral_lean_deg", "DEG", "Trunk towards the stance leg."),
        _O("arm-crossover", "runner.arm_crossover", "X[,X]", "Wrist past the midline, shoulder widths, + = crossed."),
        _O("step-width", "runner.step_width_cm", "CM", "Between the feet across the belt; below 0 they cross."),
        _O("vertical-oscillation", "runner.vertical_oscillation_cm", "CM", "Of the centre of mass; auto: from flight."),
        _O("step-time-asymmetry", "runner.step_time_asymmetry", "X", "(right - left) / step time."),
        _O("toe-out", "runner.toe_out_deg", "DEG", "Outward turn of the foot."),
        _O("variability", "runner.variability", "X", "From step to step: 0 = none, 1 = ordinary."),
    ),
    _DRIFT: (
        _O("drift-cadence", "runner.drift.cadence_spm", "N", "Steps a minute."),
        _O("drift-contact-time", "runner.drift.contact_time_ms", "MS", "Contact time."),
        _O("drift-overstride", "runner.drift.overstride", "X", "Overstride, leg lengths."),
        _O("drift-trunk-lean", "runner.drift.trunk_lean_deg", "DEG", "Trunk lean."),
        _O("drift-pelvic-drop", "runner.drift.pelvic_drop_deg", "DEG", "Pelvic drop."),
    ),
    _CAMERA: (
        _O("view", "camera.view", "side|rear|front", "Side that it films."),
        _O("facing", "camera.facing", "left|right", "Side view: where the runner faces in the image."),
        _O("camera-distance", "camera.distance_m", "M", "From the runner."),
        _O("camera-height", "camera.height_m", "M", "Above the belt."),
        _O("yaw", "camera.yaw_deg", "DEG", "Around the runner, + = to the front (side view), to the right (others)."),
        _O("pitch", "camera.pitch_deg", "DEG", "+ = up."),
        _O("roll", "camera.roll_deg", "DEG", "+ = the image turns counter-clockwise."),
        _O("aim", "camera.aim_m", "M", "Height above the belt in the middle of the image."),
        _O("field-of-view", "camera.field_of_view_deg", "DEG", "From top to bottom of the image."),
    ),
    _FILE: (
        _O("size", "camera.size", "WxH", "Pixels of the upright image, even numbers."),
        _O("fps", "camera.fps", "N", "Capture rate, frames per second."),
        _O("playback-fps", "camera.playback_fps", "N", "Playback rate, lower for slow motion; auto: as --fps."),
        _O("timing-jitter", "camera.timing_jitter", "X", "Variable frame rate: spread of frame intervals / interval."),
        _O("dropped", "camera.dropped", "X", "Share of frames left out."),
        _O("rotation", "camera.rotation", "0|90|180|270", "Degrees clockwise by which players turn the stored image."),
        _O("distortion", "camera.distortion", "X", "Of the lens: below 0 barrel, above 0 pincushion."),
        _O("blur", "camera.blur_subframes", "N", "Motion blur from N images a frame; 1 = none."),
        _O("shutter", "camera.shutter", "X", "Open share of the frame interval; longer blurs more."),
        _O("noise", "camera.noise", "X", "Sensor noise in grey levels (standard deviation)."),
    ),
    _ROOM: (
        _O("light", "scene.light", "X", "1 = bright, 0.25 = a dim garage."),
        _O("clutter", "scene.clutter", "X", "0 = empty, 1 = a gym."),
        _O("rails", "scene.rails", "", "Side rails of the treadmill."),
        _O("console", "scene.console", "", "Console of the treadmill."),
        _O("bystander", "scene.bystander", "", "Somebody stands beside the treadmill."),
        _O("wall", "scene.wall", "COLOUR", "Upper wall."),
        _O("wainscot", "scene.wainscot", "COLOUR", "Lower wall."),
        _O("floor", "scene.floor", "COLOUR", "Floor."),
        _O("accent", "scene.accent", "COLOUR", "Posters and trim."),
        _O("backdrop", "scene.backdrop", "wall|mirrors|windows|gym", "What is behind the things along the wall."),
        _O("belt", "scene.belt", "COLOUR", "Belt."),
        _O("belt-print", "scene.belt_print", "marks|lines|logo|plain", "What is printed on the belt."),
        _O("edge", "scene.edge_m", "M", "Height of the frame's edges above the belt; high ones hide soles."),
        _O("hood", "scene.hood_m", "M", "Height of the motor's hood above the belt."),
    ),
    _APPEARANCE: (
        _O("skin", "look.skin", "COLOUR", "Skin."),
        _O("hair", "look.hair", "COLOUR", "Hair."),
        _O("hair-style", "look.hair_style", "short|bald|ponytail|long|bun|cap", "Hair."),
        _O("shirt", "look.shirt", "COLOUR", "Shirt."),
        _O("top", "look.top", "shirt|hoodie|bra|bare", "On the trunk; all but shirt: makehuman."),
        _O("sleeves", "look.sleeves", "", "Short sleeves."),
        _O("shorts", "look.shorts", "COLOUR", "Shorts or tights."),
        _O("shorts-trim", "look.shorts_trim", "COLOUR", "Trim of the shorts."),
        _O("loose", "look.loose", "", "Loose shirt and shorts."),
        _O("legwear", "look.legwear", "shorts|tights|skirt", "Tights reach to the ankle; skirt: makehuman."),
        _O("pattern", "look.pattern", "plain|stripes|panel|heather", "Print of the shirt."),
        _O("socks", "look.socks", "COLOUR", "Socks."),
        _O("shoes", "look.shoes", "COLOUR", "Shoes."),
        _O("sole", "look.sole", "COLOUR", "Soles."),
        _O(
            "footwear",
            "look.footwear",
            "trainer|cushioned|racer|trail|minimal|spike|high_top|socks|bare",
            "Shape of the shoes, or none.",
        ),
        _O("gloss", "look.gloss", "X", "Shine of tights: 0 = dull, 1 = wet."),
        _O("tape", "look.tape", "COLOUR", "Tape over the bony points of the pelvis; none: no tape."),
        _O("waistband", "look.waistband", "COLOUR", "Waistband; none: like the shorts."),
        _O("dots", "look.dots", "COLOUR", "Round stickers over the joints of both sides; none: without."),
    ),
}


def all_options() -> Iterator[SynthOption]:
    """Iterate over the options of all groups.

    Yields
    ------
    SynthOption
        In the order of the help.
    """
    for options in OPTIONS.values():
        yield from options


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Extend the signature of a command by the options of `OPTIONS`; Typer reads options from there.

    Parameters
    ----------
    command : callable
        Its last parameter is ``**given``, which receives by parameter name what was typed: text, for switches a truth
        value, ``None`` for options that were left out.

    Returns
    -------
    callable
        The same command.
    """
    signature = inspect.signature(command, eval_str=True)
    parameters = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
    for group, options in OPTIONS.items():
        for option in options:
            switch = option.metavar == ""
            declared = f"--{option.name}/--no-{option.name}" if switch else f"--{option.name}"
            info = typer.Option(
                declared, metavar=option.metavar or None, help=option.help, rich_help_panel=group, show_default=False
            )
            kind: Any = bool | None if switch else str | None
            parameters.append(
                inspect.Parameter(option.parameter, inspect.Parameter.KEYWORD_ONLY, annotation=Annotated[kind, info])
                .replace(default=None)
            )  # fmt: skip
    command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return command


class GroupedCommand(TyperCommand):
    """A command whose help lists the options in groups, with their defaults.

    Typer itself groups options (``rich_help_panel``) only in the boxes that Rich draws, which gait does not use.
    """

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options to the help, those without a group first.

        Parameters
        ----------
        ctx : click.Context
            Context of the command.
        formatter : click.HelpFormatter
            Receives the text.
        """
        groups: dict[str, list[tuple[str, str]]] = {}
        defaults = _defaults()
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if record is None:
                continue
            usage, text = record
            group = getattr(parameter, "rich_help_panel", None) or "Options"
            if parameter.param_type_name == "argument":
                group = "Arguments"
            default = defaults.get(str(parameter.name))
            groups.setdefault(group, []).append((usage, f"{text} [{default}]" if default else text))
        for group, records in groups.items():
            with formatter.section(group):
                formatter.write_dl(records)


def _defaults() -> dict[str, str]:
    """Return the default of each option, as it would be typed, by parameter name."""
    from gait.synthetic.clip_request import ClipRequest, table_spec

    default = ClipRequest()
    defaults: dict[str, str] = {}
    for option in all_options():
        if option.key == "size":
            defaults[option.parameter] = f"{default.camera.width}x{default.camera.height}"
            continue
        value = getattr(table_spec(default, option.table), option.key)
        if isinstance(value, bool):
            defaults[option.parameter] = "yes" if value else "no"
        elif isinstance(value, tuple):
            defaults[option.parameter] = "#" + "".join(f"{round(255 * part):02x}" for part in value)
        elif value is None:
            defaults[option.parameter] = "none" if option.metavar == "COLOUR" else "auto"
        else:
            defaults[option.parameter] = f"{value * option.per:g}" if isinstance(value, float) else str(value)
    return defaults
