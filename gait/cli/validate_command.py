"""``gait validate``: how wrong the measurements are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gait.cli.options import DEFAULT_ENGINE, EngineOption, JobsOption, QuietOption, check_engine, parse_count
from gait.cli.output_folder import prepared_folder
from gait.cli.progress_display import ProgressDisplay
from gait.errors import InputError


def register(app: typer.Typer) -> None:
    """Add ``gait validate`` to the command line.

    Parameters
    ----------
    app : typer.Typer
        The command line.
    """
    app.command("validate")(_validate)


def _validate(
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="DIR", help="Folder for validation.md, its data and its plots.")
    ] = Path("docs"),
    quick: Annotated[
        bool, typer.Option("--quick", help="Only a few short clips: two minutes instead of half an hour.")
    ] = False,
    mocap: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Force-plate recordings (rbds_*.npz). [default: ../shared/mocap, if it exists]"
        ),
    ] = None,
    clip_folder: Annotated[
        Path,
        typer.Option("--work", metavar="DIR", help="Folder that keeps rendered clips for the next run."),
    ] = Path("build/validation"),
    engine: EngineOption = DEFAULT_ENGINE,
    jobs: JobsOption = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the random runners.")] = 0,
    quiet: QuietOption = False,
) -> None:
    """Measure the errors of gait on runs whose truth is known.

    The runs are rendered videos and recordings of treadmill runners with force plates.
    """
    processes = parse_count("--jobs", jobs, 64, "processes")
    if seed < 0:
        raise InputError(f"--seed {seed} must not be negative")
    check_engine(engine, None)
    if mocap is not None and not mocap.is_dir():
        raise InputError(f"--mocap {mocap}: no such folder; give the one with the recordings")
    with prepared_folder(output) as folder, ProgressDisplay(quiet=quiet) as progress:
        from gait.validation import validate

        page = validate(
            folder,
            size="quick" if quick else "full",
            mocap=mocap,
            clip_folder=clip_folder,
            engine=engine,
            jobs=processes,
            seed=seed,
            command="gait validate" + (" --quick" if quick else "") + (f" --seed {seed}" if seed else ""),
            drawing=progress.task("drawing", "clips"),
            measuring=progress.task("measuring", "clips"),
        )
        progress.close()
        if not quiet:
            typer.echo(f"Validation: {page}")
