"""One writer for each kind of file; columns, units and axes are in ``docs/formats.md``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from gait.analysis.view_analysis import ViewAnalysis
from gait.atomic_files import temporary_folder
from gait.display_language import _, gettext
from gait.display_text import display_text, encodable_text, short_file_name
from gait.errors import InputError
from gait.io.export_motion import export_angles, export_motion
from gait.netcdf import blocks, write_along_time
from gait.owned_files import FOREIGN_FILE, adopt_files, is_own_folder, owned_write, remove_own_folder
from gait.pose.skeletons import SKELETONS
from gait.text_tables import csv_text, encodable_table

if TYPE_CHECKING:
    from gait.session import Session

#: C3D counts frames in 16 bits.
C3D_MAX_FRAMES = 65_535
#: C3D's names of events.
_EVENTS = {"contact": "Foot Strike", "toe_off": "Foot Off"}


def _cell(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.5f}"


def write_trc(view: ViewAnalysis, path: Path) -> None:
    """Write marker trajectories for OpenSim: metres, x forwards, y up, z to the right; empty cells in gaps.

    Parameters
    ----------
    view : ViewAnalysis
    path : Path
        File to make or replace.
    """
    motion = export_motion(view)
    count, markers = len(motion.time_s), len(motion.names)
    rate = f"{motion.rate:.6g}"
    about = {
        "DataRate": rate,
        "CameraRate": rate,
        "NumFrames": str(count),
        "NumMarkers": str(markers),
        "Units": "m",
        "OrigDataRate": rate,
        "OrigDataStartFrame": "1",
        "OrigNumFrames": str(count),
    }
    with owned_write(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.write(
            f"PathFileType\t4\t(X/Y/Z)\t{display_text(path.name)}\n"
            + "\t".join(about)
            + "\n"
            + "\t".join(about.values())
            + "\n"
        )
        file.write("Frame#\tTime\t" + "\t\t\t".join(motion.names) + "\t\t\n")
        file.write("\t\t" + "\t".join(f"{axis}{n + 1}" for n in range(markers) for axis in "XYZ") + "\n\n")
        for number, (time, row) in enumerate(zip(motion.time_s, motion.position.reshape(count, -1), strict=True)):
            file.write(f"{number + 1}\t{time:.6f}\t" + "\t".join(map(_cell, row)) + "\n")


def write_mot(view: ViewAnalysis, path: Path) -> None:
    """Write joint angles for OpenSim, degrees.

    Gaps are bridged in straight lines; frames before the first and after the last whole one are left out.

    Parameters
    ----------
    view : ViewAnalysis
        From the side.
    path : Path
        File to make or replace.

    Raises
    ------
    InputError
        No moment has all joint angles.
    """
    time, _, angles = export_angles(view)
    angles = angles.loc[:, angles.notna().any()].interpolate(limit_area="inside")
    whole = angles.notna().all(axis=1)
    time, angles = time[whole.to_numpy()], angles[whole]
    if not len(angles):
        raise InputError(gettext("no moment has all joint angles"))
    with owned_write(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.write(
            f"{display_text(path.stem)}\nversion=1\nnRows={len(angles)}\n"
            f"nColumns={angles.shape[1] + 1}\ninDegrees=yes\n"
        )
        file.write("endheader\n" + "\t".join(["time", *angles.columns]) + "\n")
        for at, row in zip(time, angles.to_numpy(), strict=True):
            file.write(f"{at:.6f}\t" + "\t".join(f"{value:.5f}" for value in row) + "\n")


def write_c3d(view: ViewAnalysis, path: Path) -> None:
    """Write marker trajectories and events: millimetres, x forwards, y up, z to the right; residual −1 in gaps.

    Parameters
    ----------
    view : ViewAnalysis
    path : Path
        File to make or replace.

    Raises
    ------
    InputError
        ezc3d is missing, or the view has more frames than C3D can count.
    """
    try:
        import ezc3d
    except ImportError:
        raise InputError(_("C3D files need ezc3d: pip install 'gait[export]'")) from None
    motion = export_motion(view)
    count = len(motion.time_s)
    if count > C3D_MAX_FRAMES:
        raise InputError(
            _("{count} frames are too many for C3D, which holds {c3d_max_frames}: export a part, or to trc").format(
                count=count, c3d_max_frames=C3D_MAX_FRAMES
            )
        )
    file = ezc3d.c3d()
    file["parameters"]["POINT"]["RATE"]["value"] = [motion.rate]
    file["parameters"]["POINT"]["LABELS"]["value"] = motion.names
    file["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
    file["parameters"]["ANALOG"]["RATE"]["value"] = [motion.rate]
    points = np.ones((4, len(motion.names), count))
    points[:3] = 1000 * motion.position.transpose(2, 1, 0)
    file["data"]["points"] = points
    file["data"]["analogs"] = np.zeros((1, 0, count))  # none, but ezc3d needs the shape
    missing = ~np.isfinite(points[:3]).all(axis=0)
    file["data"]["meta_points"] = {
        "residuals": np.where(missing, -1.0, 0.0)[None],
        "camera_masks": np.zeros((7, len(motion.names), count), dtype=bool),
    }
    for parameter, axis in (("X_SCREEN", "+X"), ("Y_SCREEN", "+Y")):
        file.add_parameter("POINT", parameter, [axis])
    for row in motion.events.to_dict("records"):
        file.add_event(
            time=[0.0, float(row["time_s"])], context=row["side"].title(), label=_EVENTS[row["kind"]], description=""
        )
    with owned_write(path) as temporary:
        # ezc3d adds the suffix to a name that lacks it, and then writes elsewhere.
        named = temporary.with_name(f"{temporary.name}.c3d")
        try:
            file.write(str(named))
            named.replace(temporary)
        finally:
            named.unlink(missing_ok=True)


def write_openpose(view: ViewAnalysis, path: Path) -> None:
    """Write a folder with one file a frame: BODY_25, pixels, points as estimated, ``0 0 0`` where there is none.

    Parameters
    ----------
    view : ViewAnalysis
    path : Path
        Folder to make, or to replace where gait wrote all files in it.

    Raises
    ------
    InputError
        The folder holds other files.
    """
    pose = view.pose
    names = [str(name) for name in pose.keypoint.values]
    if path.exists() and not is_own_folder(path):
        raise InputError(
            _("{path}: holds other files; give a folder that does not exist").format(path=path), code=FOREIGN_FILE
        )
    order = SKELETONS["body25"]
    middles = {"neck": ("left_shoulder", "right_shoulder"), "mid_hip": ("left_hip", "right_hip")}
    sources = [[names.index(n) for n in middles.get(name, (name,)) if n in names] for name in order]
    path.parent.mkdir(parents=True, exist_ok=True)
    with temporary_folder(path.parent) as temporary:
        number = 0
        for piece in blocks(pose):
            position = piece.position.isel(individual=0).transpose("time", "keypoint", "space").values
            confidence = piece.confidence.isel(individual=0).transpose("time", "keypoint").values
            for xy, sure in zip(position, confidence, strict=True):
                body: list[float] = []
                for found in sources:
                    at = xy[found].mean(axis=0) if found else np.full(2, np.nan)
                    is_found = bool(np.isfinite(at).all())
                    body += (
                        [round(float(at[0]), 3), round(float(at[1]), 3), round(float(sure[found].min()), 4)]
                        if is_found
                        else [0.0, 0.0, 0.0]
                    )
                people = [{"person_id": [-1], "pose_keypoints_2d": body}] if any(body) else []
                record = json.dumps({"version": 1.3, "people": people})
                (temporary / short_file_name(path.name, f"_{number:012d}_keypoints.json")).write_text(
                    record, encoding="utf-8"
                )
                number += 1
        adopt_files(sorted(temporary.iterdir()))
        temporary.chmod(0o755)
        if path.exists():
            remove_own_folder(path)
        temporary.rename(path)


def write_movement(view: ViewAnalysis, path: Path) -> None:
    """Write the clean poses as a dataset of ``movement`` 0.15: dims ``time, space, keypoints, individuals``.

    Parameters
    ----------
    view : ViewAnalysis
    path : Path
        File to make or replace.
    """

    def pieces() -> Iterator[xr.Dataset]:
        for piece in blocks(view.clean):
            made = xr.Dataset({name: piece[name] for name in ("position", "confidence")}, attrs=dict(piece.attrs))
            yield made.rename(keypoint="keypoints", individual="individuals")

    write_along_time(path, pieces())


def write_csv(session: Session, path: Path, *, name: str) -> None:
    """Write the tidy table as text.

    Parameters
    ----------
    session : Session
    path : Path
        File to make or replace.
    name : str
        Name of the session, in the table.
    """
    with owned_write(path) as temporary:
        text = csv_text(session.tidy(name=encodable_text(name)), float_format="%.6g")
        temporary.write_text(text, encoding="utf-8", newline="")


def write_parquet(session: Session, path: Path, *, name: str) -> None:
    """Write the tidy table as Parquet.

    Parameters
    ----------
    session : Session
    path : Path
        File to make or replace.
    name : str
        Name of the session, in the table.

    Raises
    ------
    InputError
        pyarrow is missing.
    """
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        raise InputError(_("Parquet files need pyarrow: pip install 'gait[export]'")) from None
    with owned_write(path) as temporary:
        encodable_table(session.tidy(name=encodable_text(name))).to_parquet(temporary, index=False, engine="pyarrow")
