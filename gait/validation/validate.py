"""One call from nothing to the page of tables and plots."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from gait._typing import ProgressCallback
from gait.atomic_files import atomic_write
from gait.errors import InputError
from gait.metrics.register import METRICS
from gait.synthetic.truth import UNITS
from gait.synthetic.vtk_import import vtk_modules

#: The half of the recorded runners that reports; the other half calibrates.
HALF = 1


def metric_units() -> dict[str, str]:
    """Metric → unit."""
    return dict(UNITS) | {metric.key: metric.unit for metric in METRICS}


def validate(
    output: Path,
    *,
    size: Literal["quick", "full"] = "full",
    mocap: Path | None = None,
    work: Path | None = None,
    engine: str = "litert",
    jobs: int | None = None,
    seed: int = 0,
    drawing: ProgressCallback | None = None,
    measuring: ProgressCallback | None = None,
) -> Path:
    """Render runners, measure them, and write how wrong the measurements are.

    Parameters
    ----------
    output : Path
        Existing folder; gets ``validation.md``, ``validation.json`` and ``images/validation/``.
    size : {"quick", "full"}
    mocap : Path, optional
        Folder of force-plate recordings; without it those beside the project, if any.
    work : Path, optional
        Where clips are kept between runs; ``build/validation`` without it.
    engine : str
        Pose engine.
    jobs : int, optional
        Processes; one a core without it.
    seed : int
        Other seeds draw other runners.
    drawing, measuring : callable, optional
        Called with (clips done, clips in all).

    Returns
    -------
    Path
        The page.

    Raises
    ------
    InputError
        When the folder does not exist, the recordings are not where they should be, or something is not installed.
    """
    if not output.is_dir():
        raise InputError(f"{output}: no such folder; make it first")
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise InputError("the validation draws plots with matplotlib; install gait[validation]") from error
    vtk_modules()  # says what to install before the long work
    from gait import __version__
    from gait.validation.cases import cases, joint_cases
    from gait.validation.error_plots import draw_all
    from gait.validation.error_tables import summaries
    from gait.validation.evaluation import evaluate
    from gait.validation.mocap import find_recordings
    from gait.validation.process_pool import ValidationInputs
    from gait.validation.validation_page import as_json, page

    recordings = find_recordings(mocap)
    laid = cases(size, recordings, seed=seed, recorded_half=HALF)
    joints = joint_cases(recordings, half=HALF, quick=size == "quick", seed=seed) if recordings else []
    results = evaluate(
        [*laid, *joints],
        ValidationInputs(recordings, work or Path("build/validation"), engine),
        jobs=jobs,
        drawing=drawing,
        measuring=measuring,
    )
    tables, units = summaries(results), metric_units()
    command = "gait validate" + (" --quick" if size == "quick" else "") + (f" --seed {seed}" if seed else "")
    about = {
        "command": command,
        "version": __version__,
        "engine": engine,
        "seed": seed,
        "clips": len(laid),
        "recordings": len({case.recording for case in [*laid, *joints] if case.recording}),
    }
    pictures = draw_all(results, tables["accuracy"], output / "images" / "validation", units)
    for name, text in (
        ("validation.json", as_json(tables, about)),
        ("validation.md", page(tables, units, pictures, about)),
    ):
        with atomic_write(output / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return output / "validation.md"
