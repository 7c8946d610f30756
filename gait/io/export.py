"""A session in the files of other programs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from gait.display_language import _
from gait.display_text import short_file_name
from gait.errors import InputError
from gait.owned_files import check_may_write

if TYPE_CHECKING:
    from gait.session import Session

#: Format → the end of its file's name. The first ones hold one video, the others the whole session.
OF_A_VIEW = {"trc": ".trc", "mot": ".mot", "c3d": ".c3d", "openpose": "_openpose", "movement": "_movement.nc"}
OF_A_SESSION = {"csv": "_tidy.csv", "parquet": "_tidy.parquet"}
FORMATS = (*OF_A_VIEW, *OF_A_SESSION)

__all__ = ["FORMATS", "export_session"]


def export_session(
    session: Session | str | os.PathLike[str],
    path: str | os.PathLike[str] | None = None,
    *,
    to: str,
    video: int | None = None,
) -> Path:
    """Write a session into a file of another program.

    Parameters
    ----------
    session : Session or path
        Or the folder of a report, whose poses are then measured again.
    path : path, optional
        The file to make or replace (``openpose``: the folder). Without it, beside the report, or in the working folder.
    to : {"trc", "mot", "c3d", "openpose", "movement", "csv", "parquet"}
        - ``trc``: clean keypoints, m, for OpenSim;
        - ``mot``: joint angles from the side, degrees, for OpenSim;
        - ``c3d``: clean keypoints, mm, with initial contacts and toe-offs;
        - ``openpose``: keypoints as estimated, pixels, BODY_25;
        - ``movement``: clean keypoints, pixels, NetCDF;
        - ``csv``, ``parquet``: means and single steps of all metrics, one long table (`gait.tables.tidy_table`).
    video : int, optional
        Number of the video in the session, from 0. Without it the side view, else the first.

    Returns
    -------
    Path
        The file or folder that was written.

    Raises
    ------
    InputError
        Unknown format, no such video, no scale where lengths are needed, or the file cannot be written or is not
        gait's own.

    Notes
    -----
    Times in TRC, MOT and C3D are seconds of real time from the first frame, those in the tables seconds on the
    timeline of the video.

    Examples
    --------
    >>> import gait
    >>> session = gait.assess(gait.analyze_pose(gait.load_poses("notebooks/data/side.nc")))
    >>> gait.export_session(session, "build/run.trc", to="trc")
    Traceback (most recent call last):
    gait.errors.InputError: lengths in metres need the runner's height
    """
    from gait.io import export_formats as formats
    from gait.session import Session

    if to not in FORMATS:
        raise InputError(
            _("format {to} is unknown; choose from: {formats}").format(to=repr(to), formats=", ".join(FORMATS))
        )
    folder = None if isinstance(session, Session) else Path(session)
    run = Session.load(folder) if folder is not None else session
    assert isinstance(run, Session)
    name = folder.resolve().name if folder is not None else (run.runner.name or Path(run.views[0].info.file).stem)
    if video is None:
        video = next((n for n, view in enumerate(run.views) if view.info.view == "side"), 0)
    if not 0 <= video < len(run.views):
        raise InputError(
            _("video {video} is not in this session, which has {count}, counted from 0").format(
                video=video, count=len(run.views)
            )
        )
    end = {**OF_A_VIEW, **OF_A_SESSION}[to]
    kind = f"_{run.views[video].info.view}" if to in OF_A_VIEW else ""
    target = Path(path) if path is not None else (folder or Path()) / short_file_name(name, f"{kind}{end}")
    if to != "openpose":  # a folder, which its writer checks
        check_may_write([target], sources=[] if folder is None else _read_files(folder))
    try:
        if to in OF_A_VIEW:
            getattr(formats, f"write_{to}")(run.views[video], target)
        else:
            getattr(formats, f"write_{to}")(run, target, name=name)
    except OSError as error:
        raise InputError(
            _("{target}: cannot be written: {reason}").format(target=target, reason=error.strerror or error)
        ) from None
    return target


def _read_files(folder: Path) -> list[Path]:
    """List what belongs to the report in a folder, which no export replaces."""
    names = ("report.json", "report.html", "steps.csv", "session.json", "pose_*.nc", "clean_*.nc", "*.mp4")
    return [path for name in names for path in folder.glob(name)]
