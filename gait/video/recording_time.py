"""When a camera recorded a video, as the file states it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import av

from gait.errors import GaitError
from gait.video.container import open_video

#: Tags with the time of recording, the best first. Apple's gives the local time where the phone was; ``creation_time``
#: is UTC (ISO/IEC 14496-12); ``date`` is what other containers have.
_TAGS = ("com.apple.quicktime.creationdate", "creation_time", "creation_time-eng", "date", "DATE_RECORDED")
#: Cameras without a clock say 1904, 1970 or 1980. Years beyond are clocks that were never set, or damage. [E]
_FIRST_YEAR, _LAST_YEAR = 1990, 2100


def recording_time(path: Path) -> datetime | None:
    """Read when a video was recorded.

    Parameters
    ----------
    path : Path

    Returns
    -------
    datetime or None
        Local time without zone; ``None`` where the file does not state a plausible time, or cannot be opened.
    """
    try:
        with open_video(path) as (container, stream):
            tags = {**stream.metadata, **container.metadata}
    except (GaitError, av.FFmpegError, OSError, ValueError):
        return None
    return recording_time_of_tags(tags)


def recording_time_of_tags(tags: Mapping[str, str]) -> datetime | None:
    """Read the time of recording off the metadata of a container.

    Parameters
    ----------
    tags : mapping

    Returns
    -------
    datetime or None
        Local time without zone.
    """
    for tag in _TAGS:
        text = str(tags.get(tag, "")).strip()
        if not re.match(r"\d{4}-?\d\d-?\d\d", text):  # a year alone is no day
            continue
        try:
            moment = datetime.fromisoformat(text)
            if tag != _TAGS[0] and moment.tzinfo is not None:
                moment = moment.astimezone()
        except (ValueError, OverflowError, OSError):
            continue
        if _FIRST_YEAR <= moment.year <= _LAST_YEAR:
            return moment.replace(tzinfo=None)
    return None
