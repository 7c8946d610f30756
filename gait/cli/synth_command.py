"""``gait synth``: render a video whose truth is known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gait.cli.options import QuietOption, check_choice, example_remedy, parse_number
from gait.cli.progress_display import ProgressDisplay
from gait.cli.synth_options import GroupedCommand, all_options, with_options
from gait.cli.terminal_output import print_line
from gait.errors import InputError

if TYPE_CHECKING:
    from gait.synthetic.clip_request import SpecLayer

#: Preset → its maker in `gait.synthetic.presets`, whose import takes longer than ``gait --help`` may;
#: ``tests/cli/test_synth_command.py`` calls each of them.
PRESETS = {
    "neutral": "neutral",
    "overstride": "overstriding",
    "hip-drop": "hip_dropping",
    "arm-crossing": "arms_crossing",
}
_SIZE = re.compile(r"\s*(\d+)\s*[x×]\s*(\d+)\s*", flags=re.IGNORECASE)


def register(app: typer.Typer) -> None:
    """Add ``gait synth`` to the command line.

    Parameters
    ----------
    app : typer.Typer
        The command line.
    """
    app.command("synth", cls=GroupedCommand)(_synth)


@with_options
def _synth(
    output: Annotated[
        Path | None,
        typer.Argument(metavar="OUT.mp4", help="The video; its truth goes to OUT.truth.json.", show_default=False),
    ] = None,
    preset: Annotated[
        str | None, typer.Option(metavar="|".join(PRESETS), help="A ready-made runner. [neutral]", show_default=False)
    ] = None,
    spec: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="Spec file, in the form that --print-spec prints.")
    ] = None,
    random: Annotated[
        bool, typer.Option("--random", help="Draw runner, camera and room from the seed, except what is given.")
    ] = False,
    print_spec: Annotated[
        bool, typer.Option("--print-spec", help="Print the spec file of the video and render nothing.")
    ] = False,
    joints: Annotated[
        bool, typer.Option("--joints", help="Also write OUT.truth.npz: each joint in each frame, in m and pixels.")
    ] = False,
    quiet: QuietOption = False,
    **given: str | bool | None,
) -> None:
    """Render a video of a synthetic runner whose truth is known.

    Options win over --spec, which wins over --preset or --random.
    """
    if preset is not None:
        check_choice("--preset", preset, tuple(PRESETS))
        if random:
            raise InputError(f"--preset {preset} and --random both choose a runner; give one of them")
    if output is None and not print_spec:
        raise InputError("OUT.mp4 is missing; give the video a name, e.g. gait synth run.mp4")
    if output is not None and output.suffix.lower() != ".mp4":
        raise InputError(f"{output}: must end in .mp4")

    from gait.synthetic import presets
    from gait.synthetic.clip_request import ClipRequest, build_request, load_spec_file, request_as_toml

    layers = [] if spec is None else [load_spec_file(spec)]
    layers.append(_layer_of(given))
    runner = getattr(presets, PRESETS[preset or "neutral"])()
    request = build_request(layers, base=ClipRequest(runner=runner, scene=presets.BRIGHT), random=random)
    if print_spec:
        print_line(request_as_toml(request), end="")
        return
    assert output is not None

    from gait.synthetic.render import render_clip

    with ProgressDisplay(quiet=quiet) as progress, _options_in_messages():
        truth = render_clip(
            request.runner,
            request.camera,
            request.scene,
            duration_s=request.seconds,
            seed=request.seed,
            path=output,
            joints=joints,
            crf=request.quality,
            progress=progress.task("drawing"),
        )
    if not quiet:
        from gait.synthetic.request_summary import requested_and_actual

        print_line(requested_and_actual(request.runner, truth))
        print_line(f"Clip: {output}  Truth: {output.with_suffix('.truth.json')}", end="" if joints else "\n")
        if joints:
            print_line(f"  Joints: {output.with_suffix('.truth.npz')}")


@contextmanager
def _options_in_messages() -> Iterator[None]:
    """Replace fields by options in the message of an error: contact_time_ms=380 becomes --contact-time 380."""
    try:
        yield
    except InputError as error:
        message = str(error)
        for option in all_options():
            if option.between is not None:  # has another unit than the field
                continue
            message = re.sub(rf"(?<![-\w]){option.key}=", f"--{option.name} ", message)
            if "_" in option.key:  # others are ordinary English too, such as "light"
                message = re.sub(rf"(?<![-\w]){option.key}\b", f"--{option.name}", message)
        raise InputError(message, code=error.code) from None


def _layer_of(given: Mapping[str, str | bool | None]) -> SpecLayer:
    """Read the options that were typed."""
    from gait.synthetic.clip_request import SpecLayer

    layer = SpecLayer()
    for option in all_options():
        value = given.get(option.parameter)
        if value is None:
            continue
        name = f"--{option.name}"
        source = f"{name} {value}" if isinstance(value, str) else name if value else f"--no-{option.name}"
        if option.key == "size":
            size = _SIZE.fullmatch(str(value))
            if size is None:
                raise InputError(f"{source} is not a size; give WIDTHxHEIGHT in pixels, e.g. --size 960x720")
            for key, pixels in zip(("width", "height"), size.groups(), strict=True):
                layer.set_value(option.table, key, pixels, source)
        elif option.between is not None:
            number = parse_number(name, str(value), *option.between, example_remedy(name, option.example))
            assert number is not None
            layer.set_value(option.table, option.key, number / option.per, source)
        else:
            layer.set_value(option.table, option.key, value, source)
    return layer
