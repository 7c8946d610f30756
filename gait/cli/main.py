"""The command line: read the options, check them, call, print. Measuring happens elsewhere.

Everything heavy is imported inside the commands, so that ``gait --help`` answers at once.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from gait.atomic_files import ANSWERS_FILE
from gait.cli import exchange_commands as exchange
from gait.cli.batch_command import register as register_batch
from gait.cli.compare_command import register as register_compare
from gait.cli.history_command import register as register_history
from gait.cli.synth_options import OPTIONS, GroupedCommand, with_options
from gait.errors import GaitError, InputError

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from gait.session import Session
    from gait.synthetic.clip_request import Layer

#: `gait.pose.engines.engine.DEFAULT_ENGINE`, written again because importing it takes longer than the help may.
ENGINE = "litert"
VIEWS = ("auto", "side", "rear", "front")
#: Preset -> its maker in `gait.synthetic.presets`.
PRESETS = {
    "neutral": "neutral",
    "overstride": "overstriding",
    "hip-drop": "hip_dropping",
    "arm-crossing": "arms_crossing",
}
_PROGRAM = "gait"
_DAY_S = 86_400.0

app = typer.Typer(
    name=_PROGRAM,
    help="Measure running form from a video of a treadmill run, and say what to change.",
    add_completion=False,
    # Help in plain text: no boxes to break in narrow windows, and nothing to import.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit: 0 done, 2 something given cannot be used (one line says what), 130 Ctrl-C."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal without "°" must not end an analysis
    for name in ("SIGTERM", "SIGHUP"):
        # Unwind as Ctrl-C does, so that no temporary file stays behind.
        with contextlib.suppress(AttributeError, ValueError, OSError):
            signal.signal(getattr(signal, name), lambda number, _: sys.exit(128 + number))
    try:
        code = app(args=None if arguments is None else list(arguments), prog_name=_PROGRAM, standalone_mode=False)
        if code == 130:  # how Typer hands on Ctrl-C
            raise KeyboardInterrupt
    except (KeyboardInterrupt, typer.Abort):
        code = _complain("stopped; nothing half-written was left behind", 130)
    except GaitError as error:
        code = _complain(str(error), 2)
    except BrokenPipeError:
        # The reader of our output (`| head`) has gone; Python must not complain about it once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except OSError as error:
        code = _complain(f"{error.filename or 'the system'}: {error.strerror or error}", 2)
    except Exception as error:
        # Usage errors of the option parser, whose class is not the same in all versions of Typer.
        if not hasattr(error, "format_message"):
            raise
        code = _complain(f"{error.format_message()} (see: {_help_command(error)})", 2)
    sys.exit(code if isinstance(code, int) else 0)


def _complain(message: str, code: int) -> int:
    line = " ".join(message.split())
    sys.stderr.write(f"{_PROGRAM}: {line}\n")
    return code


def _help_command(error: Any) -> str:
    context = getattr(error, "ctx", None)
    return f"{context.command_path if context is not None else _PROGRAM} --help"


def _print_version(wanted: bool) -> None:
    if wanted:
        from gait import __version__

        typer.echo(f"{_PROGRAM} {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _gait(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command(no_args_is_help=False)
def analyze(
    videos: Annotated[
        list[Path],
        typer.Argument(metavar="VIDEO", help="The run on video. Several videos: the same run from several sides."),
    ],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="DIR", help="Folder for the report. [default: VIDEO's name + _gait]"),
    ] = None,
    height: Annotated[
        str | None, typer.Option(metavar="CM", help="Body height in centimetres; without it no lengths in cm.")
    ] = None,
    leg_length: Annotated[str | None, typer.Option(metavar="CM", help="Hip to floor in centimetres.")] = None,
    speed: Annotated[str | None, typer.Option(metavar="KMH", help="Belt speed in km/h; sharpens the advice.")] = None,
    name: Annotated[str | None, typer.Option(metavar="NAME", help="The runner's name, for the report.")] = None,
    view: Annotated[
        str, typer.Option(metavar="|".join(VIEWS), help="Where the camera stood; found from the poses when auto.")
    ] = "auto",
    capture_fps: Annotated[
        str | None,
        typer.Option(metavar="N", help="Frames per second while filming, for slow motion that hides it."),
    ] = None,
    engine: Annotated[str, typer.Option(metavar="NAME", help="Pose engine.")] = ENGINE,
    model: Annotated[
        Path | None, typer.Option(metavar="FILE.task", help="Another pose_landmarker model than the bundled one.")
    ] = None,
    start: Annotated[str | None, typer.Option(metavar="S", help="Leave out what comes before, seconds.")] = None,
    end: Annotated[str | None, typer.Option(metavar="S", help="Leave out what comes after, seconds.")] = None,
    answers: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="What the runner said, as `gait ask` writes it: more advice, warnings."),
    ] = None,
    no_video: Annotated[bool, typer.Option("--no-video", help="Do not write annotated videos.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Estimate poses again though they are there.")] = False,
    history: Annotated[
        bool, typer.Option("--history", help="Also put the report into the history, under --name; see `gait history`.")
    ] = False,
    db: Annotated[Path | None, typer.Option(metavar="FILE", help="With --history: another history file.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
) -> None:
    """Measure one run and write its report.

    The folder gets report.html, report.json, steps.csv, the poses and annotated videos.
    """
    height_cm = _number("--height", height, 120, 220, "cm", "give centimetres, e.g. --height 178")
    leg_cm = _number(
        "--leg-length", leg_length, 50, 130, "cm", "give centimetres from hip to floor, e.g. --leg-length 92"
    )
    speed_kmh = _number("--speed", speed, 3, 30, "km/h", "give the belt's km/h, e.g. --speed 10.5")
    filmed_fps = _number("--capture-fps", capture_fps, 10, 1000, "frames per second", "e.g. --capture-fps 240")
    start_s = _number("--start", start, 0, _DAY_S, "s", "give seconds from the start of the video, e.g. --start 5")
    end_s = _number("--end", end, 0, _DAY_S, "s", "give seconds from the start of the video, e.g. --end 25")
    if start_s is not None and end_s is not None and start_s >= end_s:
        raise InputError(f"--start {start_s:g} must come before --end {end_s:g} (seconds)")
    _check_choice("--view", view, VIEWS)
    _check_videos(videos)
    _check_engine(engine, model)

    from gait.findings.answers import load_answers, write_answers
    from gait.video.reader import frame_times

    given = None if answers is None else load_answers(answers)
    keep = _history_of(history, db, name)  # says what is wrong with it before the long work

    for video in videos:
        frame_times(video, start=start_s, end=end_s)  # says what is wrong with a video before the long work
    if output is None:
        output = Path(f"{videos[0].stem}_gait")
    with _output_folder(output, () if no_video else videos) as folder, _progress(quiet) as progress:
        from gait.report.report_folder import write_report
        from gait.session import analyze as run

        session = run(
            videos,
            height_m=None if height_cm is None else height_cm / 100,
            leg_length_m=None if leg_cm is None else leg_cm / 100,
            speed_mps=None if speed_kmh is None else speed_kmh / 3.6,
            name=(name or "").strip() or None,
            view=view,
            capture_fps=filmed_fps,
            engine=engine,
            model=model,
            start=start_s,
            end=end_s,
            poses=folder,
            fresh=fresh,
            answers=given,
            progress=progress.stage("poses"),
        )
        if given is not None and answers != folder / ANSWERS_FILE:
            write_answers(given, folder / ANSWERS_FILE)
        report = write_report(session, folder, video=not no_video, progress=progress.stage("report"))
        progress.close()
        if not quiet:
            _tell(session, report)
        keep(folder)


def _history_of(wanted: bool, db: Path | None, name: str | None) -> Callable[[Path], None]:
    """Give what puts a finished report into the history, or does nothing where that is not wanted."""
    if not wanted and db is None:
        return lambda _folder: None
    from gait.history.database import history_file

    file = history_file(wanted, db)
    if name is None or not name.strip():
        raise InputError("--history needs to know who runs; give --name NAME")
    from gait.history.athlete_history import History

    with History(file):
        pass

    def keep(folder: Path) -> None:
        with History(file) as kept:
            kept.add(folder, athlete=name)

    return keep


def _tell(session: Session, report: Path) -> None:
    """Print a finished analysis and where its report lies."""
    from rich.console import Console

    from gait.report.terminal_summary import print_summary

    console = Console()
    print_summary(session, console)
    console.print(f"Report: {report}", style="bold", highlight=False, soft_wrap=True, markup=False)


@app.command(no_args_is_help=False)
def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of a report.")],
    answers: Annotated[
        Path | None,
        typer.Option(metavar="FILE.toml", help="What the runner said, as `gait ask` writes it: more advice, warnings."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
) -> None:
    """Make a report again from its kept poses.

    With what this version knows and the answers it was made with; the annotated videos stay as they are.
    """
    from gait.findings.answers import load_answers, write_answers
    from gait.io.sessions import has_videos, load_session
    from gait.session import options_of

    options = options_of(folder) if has_videos(folder) else None
    kept = folder / ANSWERS_FILE
    if answers is None and kept.is_file():
        answers = kept
    given = None if answers is None else load_answers(answers)
    with _output_folder(folder, ()) as output, _progress(quiet) as progress:
        if given is not None and answers != kept:
            write_answers(given, kept)
        from gait.report.report_folder import write_report
        from gait.session import analyze as run

        if options is None:
            session = load_session(output, answers=given)
        else:
            session = run(**options, poses=output, answers=given, progress=progress.stage("poses"))
        written = write_report(session, output, video="keep", progress=progress.stage("report"))
        progress.close()
        if not quiet:
            _tell(session, written)


@app.command(no_args_is_help=False)
def check(
    videos: Annotated[list[Path], typer.Argument(metavar="VIDEO", help="One or several videos of a run.")],
    capture_fps: Annotated[
        str | None,
        typer.Option(metavar="N", help="Frames per second while filming, for slow motion that hides it."),
    ] = None,
    view: Annotated[
        str, typer.Option(metavar="|".join(VIEWS), help="Where the camera stood; found from the poses when auto.")
    ] = "auto",
    height: Annotated[str | None, typer.Option(metavar="CM", help="Body height in centimetres.")] = None,
    engine: Annotated[str, typer.Option(metavar="NAME", help="Pose engine.")] = ENGINE,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON (schema gait.check/1).")] = False,
) -> None:
    """Say in a few seconds what a video can show and how to film it better.

    Ends with code 2 where a video shows nothing that can be measured.
    """
    filmed_fps = _number("--capture-fps", capture_fps, 10, 1000, "frames per second", "e.g. --capture-fps 240")
    height_cm = _number("--height", height, 120, 220, "cm", "give centimetres, e.g. --height 178")
    _check_choice("--view", view, VIEWS)
    _check_videos(videos)
    _check_engine(engine, None)

    from rich.console import Console

    from gait.quality.quality_records import VideoCheck
    from gait.quality.video_check import check_video
    from gait.report.quality_summary import check_document, print_check

    console = Console()
    checks: list[VideoCheck] = []
    problems: list[tuple[Path, str]] = []
    for video in videos:
        try:
            one = check_video(
                video,
                capture_fps=filmed_fps,
                view=view,  # type: ignore[arg-type]
                engine=engine,
                height_m=None if height_cm is None else height_cm / 100,
            )
        except GaitError as error:
            problems.append((video, str(error)))
            continue
        checks.append(one)
        if not one.usable:
            problems.append((video, one.refusal))
        if not as_json:
            print_check(one, console)
    if as_json:
        typer.echo(check_document(checks, problems), nl=False)
    for video, problem in problems:
        _complain(problem if str(video) in problem else f"{video}: {problem}", 2)
    if problems:
        raise typer.Exit(2)


@app.command(no_args_is_help=False)
def ask(
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE.toml", help="File for the answers; kept ones are shown.")
    ] = Path("answers.toml"),
) -> None:
    """Ask what no video shows: pain, shoes, training, days. Every question can be skipped.

    The answers go to a file for `gait analyze --answers`.
    """
    if output.suffix.lower() != ".toml":
        raise InputError(f"{output}: must end in .toml")
    if not output.parent.is_dir():
        raise InputError(f"{output.parent}: no such folder; make it first, or choose another file with -o")

    from gait.cli.questionnaire import ask as converse
    from gait.findings.answers import load_answers, warnings_for, write_answers

    before = load_answers(output) if output.exists() else None

    def read(prompt: str) -> str:
        return str(typer.prompt(prompt, default="", show_default=False, prompt_suffix=" "))

    answers = converse(read, typer.echo, before=before)
    if not answers:
        typer.echo("\nNo question was answered; nothing was written.")
        return
    write_answers(answers, output)
    for warning in warnings_for(answers):
        typer.echo(f"\nPlease read this first: {warning.message}")
    typer.echo(f"\nAnswers: {output}  Use them: gait analyze VIDEO --answers {output}")


@app.command(cls=GroupedCommand)
@with_options
def synth(
    output: Annotated[
        Path | None,
        typer.Argument(metavar="OUT.mp4", help="The clip; its truth goes to OUT.truth.json.", show_default=False),
    ] = None,
    preset: Annotated[
        str | None, typer.Option(metavar="|".join(PRESETS), help="A ready-made runner. [neutral]", show_default=False)
    ] = None,
    spec: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="What is asked for, as --print-spec prints it.")
    ] = None,
    random: Annotated[
        bool, typer.Option("--random", help="A runner, camera and room drawn from the seed, for what is not given.")
    ] = False,
    print_spec: Annotated[
        bool, typer.Option("--print-spec", help="Print the spec file of what would be drawn, and draw nothing.")
    ] = False,
    joints: Annotated[
        bool, typer.Option("--joints", help="Also write OUT.truth.npz: every joint in every frame, in m and pixels.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
    **given: str | bool | None,
) -> None:
    """Render a treadmill clip whose every number is known.

    Options win over --spec, which wins over --preset or --random.
    """
    if preset is not None:
        _check_choice("--preset", preset, tuple(PRESETS))
        if random:
            raise InputError(f"--preset {preset} and --random both choose a runner; give one of them")
    if output is None and not print_spec:
        raise InputError("OUT.mp4 is missing; give the clip a name, e.g. gait synth run.mp4")
    if output is not None and output.suffix.lower() != ".mp4":
        raise InputError(f"{output}: must end in .mp4")

    from gait.synthetic import presets
    from gait.synthetic.clip_request import Request, as_toml, build, load_layer

    layers = [] if spec is None else [load_layer(spec)]
    layers.append(_synth_layer(given))
    runner = getattr(presets, PRESETS[preset or "neutral"])()
    request = build(layers, base=Request(runner=runner, scene=presets.BRIGHT), random=random)
    if print_spec:
        typer.echo(as_toml(request), nl=False)
        return
    assert output is not None

    from gait.synthetic.render import render_clip

    with _progress(quiet) as progress, _options_named():
        truth = render_clip(
            request.runner,
            request.camera,
            request.scene,
            duration_s=request.seconds,
            seed=request.seed,
            path=output,
            joints=joints,
            crf=request.quality,
            progress=progress.stage("drawing"),
        )
    if not quiet:
        from gait.synthetic.request_summary import asked_and_found

        typer.echo(asked_and_found(request.runner, truth))
        typer.echo(f"Clip: {output}  Truth: {output.with_suffix('.truth.json')}", nl=not joints)
        if joints:
            typer.echo(f"  Joints: {output.with_suffix('.truth.npz')}")


@app.command()
def validate(
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="Folder for validation.md, its data and its pictures.")
    ] = Path("docs"),
    quick: Annotated[
        bool, typer.Option("--quick", help="A few short clips: two minutes instead of half an hour.")
    ] = False,
    mocap: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Force-plate recordings (rbds_*.npz). [default: ../shared/mocap, if there]"),
    ] = None,
    work: Annotated[
        Path, typer.Option(metavar="DIR", help="Where clips are kept, so that a second run is quick.")
    ] = Path("build/validation"),
    engine: Annotated[str, typer.Option(metavar="NAME", help="Pose engine.")] = ENGINE,
    jobs: Annotated[str | None, typer.Option(metavar="N", help="Processes. [default: one a core]")] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Another seed draws other runners.")] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")] = False,
) -> None:
    """Measure how wrong the measurements are, on rendered and on recorded runners."""
    count = _number("--jobs", jobs, 1, 64, "processes", "e.g. --jobs 2")
    if seed < 0:
        raise InputError(f"--seed {seed} must not be negative")
    _check_engine(engine, None)
    if mocap is not None and not mocap.is_dir():
        raise InputError(f"--mocap {mocap}: no such folder; give the one with the recordings")
    with _output_folder(output, ()) as folder, _progress(quiet) as progress:
        from gait.validation import validate as run

        page = run(
            folder,
            size="quick" if quick else "full",
            mocap=mocap,
            work=work,
            engine=engine,
            jobs=None if count is None else int(count),
            seed=seed,
            drawing=progress.stage("drawing", "clips"),
            measuring=progress.stage("measuring", "clips"),
        )
        progress.close()
        if not quiet:
            typer.echo(f"Validation: {page}")


@contextmanager
def _options_named() -> Iterator[None]:
    """Let a refusal speak of options instead of fields: contact_time_ms=380 becomes --contact-time 380."""
    try:
        yield
    except InputError as error:
        message = str(error)
        for option in (option for options in OPTIONS.values() for option in options):
            if option.between is not None:  # would be another unit
                continue
            message = re.sub(rf"(?<![-\w]){option.key}=", f"--{option.name} ", message)
            if "_" in option.key:  # else it is a word of plain English too
                message = re.sub(rf"(?<![-\w]){option.key}\b", f"--{option.name}", message)
        raise InputError(message) from None


def _synth_layer(given: Mapping[str, str | bool | None]) -> Layer:
    """Read the options of `synth` that were typed."""
    from gait.synthetic.clip_request import Layer

    layer = Layer()
    for option in (option for options in OPTIONS.values() for option in options):
        value = given.get(option.parameter)
        if value is None:
            continue
        name = f"--{option.name}"
        source = f"{name} {value}" if isinstance(value, str) else name if value else f"--no-{option.name}"
        if option.key == "size":
            size = re.fullmatch(r"\s*(\d+)\s*[x×]\s*(\d+)\s*", str(value), flags=re.IGNORECASE)
            if size is None:
                raise InputError(f"{source} is not a size; give WIDTHxHEIGHT in pixels, e.g. --size 960x720")
            for key, pixels in zip(("width", "height"), size.groups(), strict=True):
                layer.put(option.table, key, pixels, source)
        elif option.between is not None:
            remedy = f"e.g. {name} {option.example}"
            number = _number(name, str(value), *option.between, remedy)
            assert number is not None
            layer.put(option.table, option.key, number / option.per, source)
        else:
            layer.put(option.table, option.key, value, source)
    return layer


# --- checking what was given ---


def _number(option: str, text: str | None, low: float, high: float, unit: str, remedy: str) -> float | None:
    """Read a number, with decimal point or comma, that must lie in a range."""
    if text is None:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise InputError(f"{option} {text} is not a number; {remedy}") from None
    if not low <= value <= high:  # written so that "nan" fails too
        raise InputError(f"{option} {text} is outside {low:g} to {high:g} {unit}; {remedy}")
    return value


def _check_choice(option: str, value: str, choices: Sequence[str]) -> None:
    if value not in choices:
        raise InputError(f"{option} {value} is unknown; choose from: {', '.join(choices)}")


def _check_videos(videos: Sequence[Path]) -> None:
    for index, video in enumerate(videos):
        if not video.exists():
            continue  # told better when it is opened
        for other in videos[:index]:
            if other.exists() and video.samefile(other):
                raise InputError(f"{video} is given twice; give every video once")


def _check_engine(engine: str, model: Path | None) -> None:
    from gait.pose.engines.engine import ENGINES, model_hash

    _check_choice("--engine", engine, sorted(ENGINES))
    model_hash(engine, model)


@contextmanager
def _output_folder(folder: Path, sources: Sequence[Path]) -> Iterator[Path]:
    """Make the folder, prove that it can be written to, and take it away again if it stays empty."""
    for source in sources:
        if source.resolve().parent == folder.resolve() and re.fullmatch(
            r"(side|rear|front)([_-]?\d+)?\.mp4", source.name
        ):
            raise InputError(f"{folder}: the annotated video would replace {source}; choose another folder with -o")
    absent = [folder, *folder.parents]
    absent = absent[: next((i for i, path in enumerate(absent) if path.exists()), len(absent))]
    try:
        if folder.exists() and not folder.is_dir():
            raise InputError(f"{folder}: is a file; give a folder for the report with -o")
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        _remove_empty(absent)
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{folder}: the report cannot be written there ({reason}); choose a folder with -o") from None
    try:
        yield folder
    except BaseException:
        _remove_empty(absent)
        raise


def _remove_empty(folders: Sequence[Path]) -> None:
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:
            return


# --- progress ---


class _Progress:
    """How far the work is, on standard error: a bar in a terminal, a line now and then elsewhere.

    Shown once a stage has taken a second; what is done sooner needs no bar.
    """

    _PATIENCE_S = 1.0
    _LINE_EVERY_S = 10.0

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._begun = self._told = monotonic()
        self._last = 0

    def stage(self, label: str, unit: str = "frames") -> Callable[[int, int | None], None]:
        """Give the function that a stage calls with (done, total)."""
        pieces = 0

        def advance(done: int, total: int | None) -> None:
            nonlocal pieces
            now = monotonic()
            if pieces == 0 or done < self._last:
                # Counting starts over with every video.
                pieces += 1
                self._begun = self._told = now
                self._finish()
            self._last = done
            text = label if pieces == 1 else f"{label} ({pieces})"
            if now - self._begun >= self._PATIENCE_S:
                if self._terminal:
                    self._draw(text, done, total, unit)
                elif now - self._told >= self._LINE_EVERY_S:
                    self._told = now
                    of = "" if total is None else f" of {total}"
                    sys.stderr.write(f"{_PROGRAM}: {text}: {done}{of} {unit}\n")

        return advance

    def _draw(self, text: str, done: int, total: int | None, unit: str) -> None:
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self._bar.start()
        if self._task is None:
            self._task = self._bar.add_task(text, total=total, rate="")
        rate = done / max(monotonic() - self._begun, 1e-3)
        self._bar.update(self._task, completed=done, total=total, rate=f"{rate:.0f} {unit}/s" if rate > 2 else "")

    def _finish(self) -> None:
        if self._bar is not None and self._task is not None:
            self._bar.remove_task(self._task)
            self._task = None

    def close(self) -> None:
        """Take the bar off the screen."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = self._task = None


class _Silence(_Progress):
    def stage(self, label: str, unit: str = "frames") -> Callable[[int, int | None], None]:
        return lambda done, total: None


@contextmanager
def _progress(quiet: bool) -> Iterator[_Progress]:
    progress = _Silence() if quiet else _Progress()
    try:
        yield progress
    finally:
        progress.close()


register_batch(app)
register_history(app)
register_compare(app)
exchange.register(app)

if __name__ == "__main__":
    main()
