"""The whole validation in one call: from rendering to the page of tables and plots."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from gait._typing import ProgressCallback
from gait.atomic_files import atomic_write
from gait.errors import InputError
from gait.pose.engines.engine_registry import DEFAULT_ENGINE
from gait.synthetic.vtk_import import vtk_modules


def validate(
    output: Path,
    *,
    size: Literal["quick", "full"] = "full",
    mocap: Path | None = None,
    clip_folder: Path | None = None,
    engine: str = DEFAULT_ENGINE,
    jobs: int | None = None,
    seed: int = 0,
    command: str | None = None,
    drawing: ProgressCallback | None = None,
    measuring: ProgressCallback | None = None,
) -> Path:
    """Render runners, measure them, and report the errors of the measurements.

    Parameters
    ----------
    output : Path
        Existing folder. Gets ``validation.md``, ``validation.json`` and ``images/validation/``.
    size : {"quick", "full"}
    mocap : Path, optional
        Folder of force-plate recordings; by default those beside the project, if there are any.
    clip_folder : Path, optional
        Where clips are stored between runs; ``build/validation`` by default.
    engine : str
        Pose engine.
    jobs : int, optional
        Number of processes; one a core by default.
    seed : int
        Another seed draws other runners.
    command : str, optional
        Command that makes the page again, to be named on it; a call of this function by default.
    drawing, measuring : callable, optional
        Called with (clips done, clips in all) after each clip rendered or measured.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    InputError
        The folder does not exist, there are no recordings in ``mocap``, or a package is not installed.
    """
    if not output.is_dir():
        raise InputError(f"{output}: no such folder; create it first")
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise InputError(
            "the validation plots with matplotlib, which is not installed; pip install 'gait[validation]'"
        ) from error
    vtk_modules()  # raises InputError at once if VTK is missing
    from gait import __version__
    from gait.validation.cases import REPORTING_HALF, clip_cases, joint_cases
    from gait.validation.error_plots import save_figures
    from gait.validation.error_tables import summary_tables
    from gait.validation.evaluation import evaluate
    from gait.validation.mocap import find_recordings
    from gait.validation.process_pool import ValidationInputs
    from gait.validation.validation_page import metric_units, tables_as_json, write_page

    recordings = find_recordings(mocap)
    rendered = clip_cases(size, recordings, seed=seed, recorded_half=REPORTING_HALF)
    joints = joint_cases(recordings, half=REPORTING_HALF, quick=size == "quick", seed=seed) if recordings else []
    results = evaluate(
        [*rendered, *joints],
        ValidationInputs(recordings, clip_folder or Path("build/validation"), engine),
        jobs=jobs,
        drawing=drawing,
        measuring=measuring,
    )
    tables = summary_tables(results)
    about = {
        "command": command or f"gait.validation.validate(output, size={size!r}, seed={seed})",
        "version": __version__,
        "engine": engine,
        "seed": seed,
        "clips": len(rendered),
        "recordings": len({case.recording for case in [*rendered, *joints] if case.recording}),
    }
    pictures = save_figures(results, tables["accuracy"], output / "images" / "validation", metric_units())
    with atomic_write(output / "validation.json") as temporary:
        temporary.write_text(tables_as_json(tables, about), encoding="utf-8")
    return write_page(output, pictures)
