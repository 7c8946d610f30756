"""The whole validation in one call: from rendering to the page of tables and plots."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

from gait._typing import ProgressCallback
from gait.errors import InputError
from gait.owned_files import owned_write
from gait.pose.engines.engine_registry import DEFAULT_ENGINE
from gait.synthetic.vtk_import import vtk_modules

#: Labels of real clips and their videos beside the project, if there are any.
DEFAULT_LABEL_FOLDER, DEFAULT_VIDEO_FOLDER = Path("../shared/labels"), Path("../shared/videos")


def validate(
    output: Path,
    *,
    size: Literal["quick", "full"] = "full",
    mocap: Path | None = None,
    labels: Path | None = None,
    clip_folder: Path | None = None,
    engine: str = DEFAULT_ENGINE,
    jobs: int | None = None,
    seed: int = 0,
    clips: int | None = None,
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
    labels : Path, optional
        Folder of real clips labelled by hand, which get a table of their own; by default that beside the project, if
        there is one. A quick validation leaves them out unless they are given.
    clip_folder : Path, optional
        Where clips are stored between runs; ``build/validation`` by default.
    engine : str
        Pose engine.
    jobs : int, optional
        Number of processes; one a core by default.
    seed : int
        Another seed draws other runners.
    clips : int, optional
        About so many rendered clips, the same share of every kind; all without it.
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
        The folder does not exist, there are no recordings in ``mocap``, a label file or its video cannot be used, a
        package is not installed, or nothing could be measured.
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
    from gait.pose.engines.model_file import DEFAULT_MODEL
    from gait.validation.cases import REPORTING_HALF, clip_cases, joint_cases, runner_id, thinned_groups
    from gait.validation.error_plots import save_figures
    from gait.validation.error_tables import summary_tables
    from gait.validation.evaluation import evaluate
    from gait.validation.label_comparison import find_labelled_clips
    from gait.validation.mocap import find_recordings
    from gait.validation.process_pool import ValidationInputs
    from gait.validation.published_data import published_data, published_measurements
    from gait.validation.real_runners import compare_with_labels, real_runners_record
    from gait.validation.validation_page import metric_units, record_as_json, write_page

    kept = clip_folder or Path("build/validation")
    if labels is None and size == "full" and DEFAULT_LABEL_FOLDER.is_dir():
        labels = DEFAULT_LABEL_FOLDER
    video_folders = [DEFAULT_VIDEO_FOLDER] if DEFAULT_VIDEO_FOLDER.is_dir() else []
    if labels is not None:
        find_labelled_clips(labels, video_folders)  # a file that cannot be used shows before hours of rendering
    recordings = find_recordings(mocap)
    rendered = clip_cases(size, recordings, seed=seed, recorded_half=REPORTING_HALF)
    if clips is not None:
        rendered = thinned_groups(rendered, clips)
    joints = joint_cases(recordings, half=REPORTING_HALF, quick=size == "quick", seed=seed) if recordings else []
    results = evaluate(
        [*rendered, *joints],
        ValidationInputs(recordings, kept, engine),
        jobs=jobs,
        drawing=drawing,
        measuring=measuring,
    )
    if results.measurements.empty:
        reasons = [str(reason) for reason in results.clips.get("refused", ()) if isinstance(reason, str)]
        first = f" (the first: {reasons[0]})" if reasons else ""
        raise InputError(f"nothing could be measured in {len(results.clips)} clips{first}; take more clips")
    # Tables are computed from the published data, so that anybody can compute them again.
    data = published_data(results)
    results = replace(results, measurements=published_measurements(data))
    tables = summary_tables(results)
    recorded = [case.recording for case in [*rendered, *joints] if case.recording]
    about = {
        "command": command or f"gait.validation.validate(output, size={size!r}, seed={seed})",
        "version": __version__,
        "engine": engine,
        "network": DEFAULT_MODEL,
        "seed": seed,
        "clips": len(rendered),
        "recordings": len(set(recorded)),
        "runners": len({runner_id(name) for name in recorded}),
    }
    real = None
    if labels is not None:
        cache = kept / "real"
        cache.mkdir(parents=True, exist_ok=True)
        found = compare_with_labels(labels, video_folders=video_folders, cache_dir=cache, engine=engine)
        real = real_runners_record(found)
    pictures = save_figures(results, tables["accuracy"], output / "images" / "validation", metric_units())
    with owned_write(output / "validation.json") as temporary:
        temporary.write_text(record_as_json(tables, about, data=data, real=real), encoding="utf-8")
    return write_page(output, pictures)
