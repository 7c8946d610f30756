"""The small picture of a session in the index."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from gait.errors import GaitError

if TYPE_CHECKING:
    from gait.session import Session

#: Width and height, pixels. [E]
_SIZE = (112, 144)
#: Height and width of the cut, as multiples of the runner's. [E]
_HEIGHT_MARGIN, _WIDTH_MARGIN = 1.25, 1.3
#: Smallest height of the cut, pixels. [E]
_MIN_HEIGHT = 32.0
#: JPEG quality of 100. [E]
_QUALITY = 72


def session_thumbnail(session: Session) -> str | None:
    """Make the thumbnail of a session: the frame that shows its first finding, cut to the runner.

    Parameters
    ----------
    session : Session

    Returns
    -------
    str or None
        JPEG as a data URI; ``None`` where the frame cannot be read.
    """
    from gait.report.keypoint_lookup import keypoints_at

    shown = [m for m in session.measurements if m.evidence_s is not None]
    finding = next(iter((*session.findings, *session.likely)), None)
    if finding is not None:
        # A finding about both sides rests on measurements of each.
        shown.sort(key=lambda m: (m.key != finding.metric, m.side != finding.side))
    first = next(iter(shown), None)
    view = session.views[first.video if first is not None else 0]
    time_s = first.evidence_s if first is not None else None
    if time_s is None:
        time_s = float(view.clean["time"].values[0])
    points = keypoints_at(view.clean, time_s)
    return frame_thumbnail(Path(view.info.file), time_s, [tuple(map(float, p)) for p in points.values()])


def first_frame_thumbnail(paths: Sequence[Path]) -> str | None:
    """Make the thumbnail of clips in which nothing was measured.

    Parameters
    ----------
    paths : sequence of Path

    Returns
    -------
    str or None
        JPEG as a data URI; ``None`` where no clip can be read.
    """
    from gait.video import frame_times

    for path in paths:
        try:
            return frame_thumbnail(path, float(frame_times(path)[0]))
        except Exception:  # the session's row says what is wrong with the clip
            continue
    return None


def frame_thumbnail(path: Path, time_s: float, points: Sequence[tuple[float, ...]] = ()) -> str | None:
    """Cut a thumbnail out of a frame.

    Parameters
    ----------
    path : Path
        The video.
    time_s : float
        Seconds.
    points : sequence of (x, y)
        Pixels that the cut should show; the middle of the frame without them.

    Returns
    -------
    str or None
        JPEG as a data URI; ``None`` where the frame cannot be read.
    """
    import cv2
    import numpy as np

    from gait.video import frame_at

    try:
        image = frame_at(path, time_s).image
    except (GaitError, OSError):
        return None
    height, width = image.shape[:2]
    shape = _SIZE[0] / _SIZE[1]
    centre, tall = (width / 2, height / 2), float(min(height, width / shape))
    if points:
        low, high = np.min(points, axis=0), np.max(points, axis=0)
        centre = (float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2)
        runner_height = max(_HEIGHT_MARGIN * float(high[1] - low[1]), _WIDTH_MARGIN * float(high[0] - low[0]) / shape)
        tall = min(max(runner_height, _MIN_HEIGHT), tall)
    wide = tall * shape
    x = round(min(max(centre[0] - wide / 2, 0), width - wide))
    y = round(min(max(centre[1] - tall / 2, 0), height - tall))
    cut = np.ascontiguousarray(image[y : y + max(round(tall), 1), x : x + max(round(wide), 1)])
    small = cv2.resize(cut, _SIZE, interpolation=cv2.INTER_AREA)
    done, data = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode("ascii") if done else None
