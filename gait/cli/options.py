"""Options that several commands share, and how their values are read and checked.

Numbers arrive as text, so that a decimal comma is understood and a refusal can repeat what was typed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from click import get_current_context

from gait.display_language import LANGUAGES, Texts, _, language_of_environment, pgettext, speak
from gait.display_text import encodable_text
from gait.display_units import UNITS, UNITS_BY_SPEED, Units
from gait.errors import InputError
from gait.text_tables import read_number
from gait.written_units import read_length_cm, read_speed_kmh

#: `gait.pose.engines.engine_registry.DEFAULT_ENGINE`, repeated because that import takes longer than the help may;
#: ``tests/cli/test_options.py`` compares the two.
DEFAULT_ENGINE = "litert"
#: `gait.records.View` and ``auto``.
VIEWS = ("auto", "side", "rear", "front")
_DAY_S = 86_400.0
#: What a text is not, by what an option reads.
_NOT_READ = Texts(
    {
        "number": "{option} {text} is not a number; {remedy}",
        "length": "{option} {text} is not a length; {remedy}",
        "speed": "{option} {text} is not a speed; {remedy}",
    }
)

VideosArgument = Annotated[
    list[Path],
    typer.Argument(metavar="VIDEO", help="Video of the run. Several videos: the same run from several sides."),
]
ReportFolderArgument = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a report.")]
HeightOption = Annotated[
    str | None,
    typer.Option("--height", metavar="CM", help="Body height: 178 (cm), 1.78m or 5'10\"; needed for lengths."),
]
LegLengthOption = Annotated[
    str | None, typer.Option("--leg-length", metavar="CM", help="Leg length, hip to floor: 92 (cm), 0.92m or 36in.")
]
SpeedOption = Annotated[
    str | None,
    typer.Option(
        "--speed", metavar="KMH", help="Belt speed: 10.5 (km/h), 6.5mph or 5:45/km; sharpens every comparison."
    ),
]
NameOption = Annotated[str | None, typer.Option("--name", metavar="NAME", help="Name of the runner, for the report.")]
ViewOption = Annotated[
    str,
    typer.Option("--view", metavar="|".join(VIEWS), help="Side the camera films; auto finds it from the poses."),
]
CaptureFpsOption = Annotated[
    str | None,
    typer.Option(
        "--capture-fps",
        metavar="N",
        help="Capture rate of slow motion, frames per second; needed if the file does not state it.",
    ),
]
EngineOption = Annotated[
    str, typer.Option("--engine", metavar="NAME", help="Pose engine; mediapipe cannot report to its maker.")
]
AnswersOption = Annotated[
    Path | None,
    typer.Option(
        "--answers",
        metavar="FILE.toml",
        help="Answers of the runner, written by `gait ask`; they add advice and warnings.",
    ),
]
AdjustOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--adjust",
        metavar="FILE.json",
        help="Joints set by hand in some frames, or a label file of `gait label`; moves them in the whole clip.",
    ),
]
UnitsOption = Annotated[
    str | None,
    typer.Option(
        "--units",
        metavar="|".join(UNITS),
        envvar="GAIT_UNITS",
        show_envvar=False,
        help=(
            "Show km/h and cm, mph and feet, min/km and cm, or min/mi and feet. "
            "[default: $GAIT_UNITS, else the report's, else metric]"
        ),
    ),
]
LanguageOption = Annotated[
    str | None,
    typer.Option(
        "--language",
        metavar="|".join(LANGUAGES),
        envvar="GAIT_LANGUAGE",
        show_envvar=False,
        help=(
            "Language of the report and the questions: English, German, Spanish or French. "
            "[default: $GAIT_LANGUAGE, else the report's, else the system's]"
        ),
    ),
]
NoVideoOption = Annotated[bool, typer.Option("--no-video", help="Do not write annotated videos; as --video none.")]
VideoOption = Annotated[
    str | None,
    typer.Option(
        "--video",
        metavar="windows|full|none",
        help="Annotated videos: the parts that the report shows, the whole film, or none. [default: windows]",
    ),
]
KeptVideoOption = Annotated[
    str | None,
    typer.Option(
        "--video",
        metavar="windows|full|none",
        help="Write annotated videos again: the parts that the report shows, or the whole film. [default: keep them]",
    ),
]
VIDEO_CHOICES = ("windows", "full", "none")
EveryFrameOption = Annotated[
    bool, typer.Option("--every-frame", help="Look at every frame, not only at as many as change the result.")
]
HistoryOption = Annotated[
    bool, typer.Option("--history", help="Also add the report to the history; see `gait history`.")
]
HistoryFileOption = Annotated[
    Path | None, typer.Option("--db", metavar="FILE", help="With --history: another history file.")
]
JobsOption = Annotated[
    str | None, typer.Option("--jobs", metavar="N", help="Number of processes. [default: one per core]")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]


def parse_video_choice(video: str | None, *, no_video: bool = False) -> bool | Literal["full"]:
    """Parse ``--video`` together with ``--no-video``.

    Parameters
    ----------
    video : str or None
        What was typed; ``None`` where the option was left out.
    no_video : bool
        ``--no-video`` was given.

    Returns
    -------
    bool or "full"
        As `gait.report.report_folder.write_report` takes it.

    Raises
    ------
    InputError
        Another word, or both options at odds.
    """
    if video is not None:
        check_choice("--video", video, VIDEO_CHOICES)
        if no_video and video != "none":
            raise InputError(
                _("--video {choice} and --no-video contradict each other; leave one out").format(choice=video)
            )
    if no_video or video == "none":
        return False
    return "full" if video == "full" else True


def parse_number(
    option: str,
    text: str | None,
    low: float,
    high: float,
    unit: str,
    remedy: str,
    *,
    read: Callable[[str], float] = read_number,
    kind: Literal["number", "length", "speed"] = "number",
) -> float | None:
    """Parse the number given with an option, with decimal point or comma.

    Parameters
    ----------
    option : str
        Name of the option with its dashes, for messages.
    text : str or None
        What was typed; ``None`` where the option was left out.
    low, high : float
        Range that the number must lie in, ends included.
    unit : str
        Unit of both, translated, for messages; may be empty.
    remedy : str
        What to do instead, translated, for messages.
    read : callable
        Turns the text into a number in the unit; NaN where it is none.
    kind : {"number", "length", "speed"}
        What it reads, for messages.

    Returns
    -------
    float or None
        ``None`` where the option was left out.

    Raises
    ------
    InputError
        The text is not a number or lies outside the range.
    """
    if text is None:
        return None
    value = read(text)
    if math.isnan(value):
        raise InputError(_NOT_READ[kind].format(option=option, text=text, remedy=remedy))
    if not low <= value <= high:
        message = (
            _("{option} {text} is outside {low} to {high} {unit}; {remedy}")
            if unit
            else _("{option} {text} is outside {low} to {high}; {remedy}")
        )
        raise InputError(
            message.format(option=option, text=text, low=f"{low:g}", high=f"{high:g}", unit=unit, remedy=remedy)
        )
    return value


def example_remedy(option: str, value: str | float) -> str:
    """Say how an option is given, for `parse_number`.

    Parameters
    ----------
    option : str
        With its dashes.
    value : str or float

    Returns
    -------
    str
    """
    return _("e.g. {example}").format(example=f"{option} {value}")


def parse_height_m(text: str | None) -> float | None:
    """Parse ``--height``.

    Parameters
    ----------
    text : str or None
        As typed (`gait.written_units`).

    Returns
    -------
    float or None
        Metres.
    """
    remedy = _("give centimetres, e.g. --height 178, or metres (1.78m), or feet and inches (5'10\")")
    height_cm = parse_number("--height", text, 120, 220, "cm", remedy, read=read_length_cm, kind="length")
    return None if height_cm is None else height_cm / 100


def parse_leg_length_m(text: str | None) -> float | None:
    """Parse ``--leg-length``.

    Parameters
    ----------
    text : str or None
        Centimetres, as typed.

    Returns
    -------
    float or None
        Metres.
    """
    remedy = _("give centimetres from hip to floor, e.g. --leg-length 92, or inches (36in)")
    leg_cm = parse_number("--leg-length", text, 50, 130, "cm", remedy, read=read_length_cm, kind="length")
    return None if leg_cm is None else leg_cm / 100


def parse_speed_mps(text: str | None) -> float | None:
    """Parse ``--speed``.

    Parameters
    ----------
    text : str or None
        Kilometres per hour, as typed.

    Returns
    -------
    float or None
        Metres per second.
    """
    remedy = _("give the belt speed in km/h, e.g. --speed 10.5, or in miles (6.5mph), or a pace (5:45/km)")
    speed_kmh = parse_number("--speed", text, 3, 30, "km/h", remedy, read=read_speed_kmh, kind="speed")
    return None if speed_kmh is None else speed_kmh / 3.6


def parse_capture_fps(text: str | None) -> float | None:
    """Parse ``--capture-fps``.

    Parameters
    ----------
    text : str or None
        Frames per second, as typed.

    Returns
    -------
    float or None
        Frames per second.
    """
    return parse_number(
        "--capture-fps",
        text,
        10,
        1000,
        pgettext("after a range of numbers", "frames per second"),
        example_remedy("--capture-fps", 240),
    )


def parse_time_span(start: str | None, end: str | None) -> tuple[float | None, float | None]:
    """Parse ``--start`` and ``--end``.

    Parameters
    ----------
    start, end : str or None
        Seconds of the video, as typed.

    Returns
    -------
    (float or None, float or None)
        Start and end, seconds.

    Raises
    ------
    InputError
        The start does not come before the end.
    """
    remedy = _("give seconds from the start of the video, e.g. {example}")
    start_s = parse_number("--start", start, 0, _DAY_S, "s", remedy.format(example="--start 5"))
    end_s = parse_number("--end", end, 0, _DAY_S, "s", remedy.format(example="--end 25"))
    if start_s is not None and end_s is not None and start_s >= end_s:
        raise InputError(
            _("--start {start_s} must come before --end {end_s} (seconds)").format(
                start_s=f"{start_s:g}", end_s=f"{end_s:g}"
            )
        )
    return start_s, end_s


def parse_count(option: str, text: str | None, high: int, unit: str) -> int | None:
    """Parse an option that counts something from 1.

    Parameters
    ----------
    option : str
        Name of the option with its dashes, for messages.
    text : str or None
        What was typed; ``None`` where the option was left out.
    high : int
        Greatest count.
    unit : str
        What is counted, translated, for messages; may be empty.

    Returns
    -------
    int or None
        ``None`` where the option was left out.

    Raises
    ------
    InputError
        The number is not whole.
    """
    remedy = example_remedy(option, 2)
    number = parse_number(option, text, 1, high, unit, remedy)
    if number is None:
        return None
    if number != int(number):
        raise InputError(
            _("{option} {text} must be a whole number; {remedy}").format(option=option, text=text, remedy=remedy)
        )
    return int(number)


def parse_language(text: str | None) -> str | None:
    """Parse ``--language``.

    Parameters
    ----------
    text : str or None
        One of `gait.display_language.LANGUAGES`; a country may follow, as in de-AT.

    Returns
    -------
    str or None
        ``None`` where the option was left out.
    """
    if text is None:
        return None
    typed = text.strip().casefold()
    code = typed.replace("-", "_").partition("_")[0]
    check_choice("--language", code if code in LANGUAGES else typed, tuple(LANGUAGES))
    return code


def speak_in_command(language: str | None, *, kept: str | None = None) -> str:
    """Write texts in a language until the command ends.

    Parameters
    ----------
    language : str or None
        As given (`parse_language`).
    kept : str, optional
        That of the report which the command reads.

    Returns
    -------
    str
        The language: as given, else as kept, else that of the environment.
    """
    chosen = language or kept or language_of_environment()
    context = get_current_context(silent=True)
    if context is not None:
        context.with_resource(speak(chosen))
    return chosen


def parse_units(text: str | None) -> Units | None:
    """Parse ``--units``.

    Parameters
    ----------
    text : str or None
        One of `gait.display_units.UNITS`, or the unit of speeds that goes with it: km/h, mph, min/km or min/mi.

    Returns
    -------
    {"metric", "imperial", "pace", "imperial-pace"} or None
        ``None`` where the option was left out.
    """
    if text is None:
        return None
    typed = text.strip().casefold()
    check_choice("--units", typed, (*UNITS, *UNITS_BY_SPEED))
    return UNITS_BY_SPEED.get(typed) or next(units for units in UNITS if units == typed)


def parse_name(text: str | None) -> str | None:
    """Parse ``--name``.

    Parameters
    ----------
    text : str or None
        As typed.

    Returns
    -------
    str or None
        The name without blanks around it; ``None`` where nothing is left.
    """
    return encodable_text(text or "").strip() or None


def check_choice(option: str, value: str, choices: Sequence[str]) -> None:
    """Refuse a value that is not one of several.

    Parameters
    ----------
    option : str
        Name of the option with its dashes, for messages.
    value : str
        As typed.
    choices : sequence of str
        Valid values.

    Raises
    ------
    InputError
        The value is none of them.
    """
    if value not in choices:
        raise InputError(
            _("{option} {value} is unknown; choose from: {choices}").format(
                option=option, value=value, choices=", ".join(choices)
            )
        )


def check_videos(videos: Sequence[Path]) -> None:
    """Refuse a video that was given twice, also by another path.

    Parameters
    ----------
    videos : sequence of Path
        As typed. Files that do not exist are left to the reader, whose message is better.

    Raises
    ------
    InputError
        Two paths lead to one file.
    """
    for index, video in enumerate(videos):
        if not video.exists():
            continue
        for other in videos[:index]:
            if other.exists() and video.samefile(other):
                raise InputError(_("{video} is given twice; give each video once").format(video=video))


def check_engine(engine: str, model: str | None) -> None:
    """Refuse an unknown pose engine, and a model that the engine cannot use.

    Parameters
    ----------
    engine : str
        Name of the engine.
    model : str or None
        Name of a network or model file; ``None`` for the engine's own.
    """
    from gait.pose.engines.engine_registry import ENGINES, model_hash

    check_choice("--engine", engine, sorted(ENGINES))
    model_hash(engine, model)


def find_history_file(wanted: bool, file: Path | None) -> Path | None:
    """Find the history that ``--history`` and ``--db`` mean.

    Parameters
    ----------
    wanted : bool
        Whether ``--history`` was given.
    file : Path or None
        Value of ``--db``.

    Returns
    -------
    Path or None
        ``None`` where no history is wanted.

    Raises
    ------
    InputError
        ``--db`` was given without ``--history``.
    """
    if not wanted:
        if file is not None:
            raise InputError(_("--db {file} names a history file; add --history to use it").format(file=file))
        return None
    from gait.history.database import default_path

    return default_path() if file is None else file
