"""What makes two reports reports of one run: the contents of their clips, not the names of files or folders.

Everybody calls a clip ``side.mp4``, week after week. Its content is of one run only. One clip may hold several runs,
cut out with a start and an end; so the analysed part belongs to the identity.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gait.io.report_reader import SavedReport

#: Two parts of one clip are the same run if they share more than this of the shorter one. [E]
MIN_SHARED_PART = 0.5


@dataclass(frozen=True)
class ClipContent:
    """The analysed part of one clip.

    Attributes
    ----------
    sha256 : str
        Of the file.
    start_s, end_s : float or None
        First and last event, seconds of playback; ``None`` where there are no events.
    """

    sha256: str
    start_s: float | None = None
    end_s: float | None = None

    def same_run(self, other: ClipContent) -> bool:
        """Check whether both are of one file, and of the same part of it.

        Parameters
        ----------
        other : ClipContent

        Returns
        -------
        bool
        """
        if self.sha256 != other.sha256:
            return False
        spans = [(c.start_s, c.end_s) for c in (self, other)]
        (start, end), (other_start, other_end) = spans
        if start is None or end is None or other_start is None or other_end is None:
            return True
        shared = min(end, other_end) - max(start, other_start)
        return shared > MIN_SHARED_PART * min(end - start, other_end - other_start)


def covers(clips: Iterable[ClipContent], others: Iterable[ClipContent]) -> bool:
    """Check whether every one of some clips is among others.

    Parameters
    ----------
    clips : iterable of ClipContent
        The larger set.
    others : iterable of ClipContent

    Returns
    -------
    bool
    """
    clips = list(clips)
    return all(any(clip.same_run(other) for clip in clips) for other in others)


def clip_contents(report: SavedReport) -> tuple[ClipContent, ...]:
    """Identify the clips of a report.

    Parameters
    ----------
    report : SavedReport

    Returns
    -------
    tuple of ClipContent
        One a video whose content is known: the report holds its hash, or (reports of version 0.1) the file lies where
        it lay and is older than the report.
    """
    times: dict[int, list[float]] = {}
    for event in report.record["events"]:
        if isinstance(event, dict) and isinstance(event.get("time_s"), int | float):
            times.setdefault(event.get("video", 0), []).append(float(event["time_s"]))
    contents = []
    for number, video in enumerate(report.videos):
        digest = video.get("sha256")
        if not (isinstance(digest, str) and re.fullmatch("[0-9a-f]{64}", digest)):
            digest = _hash_of_unchanged_file(report, str(video["file"]))
        if digest is not None:
            span = times.get(number)
            contents.append(ClipContent(digest, *((min(span), max(span)) if span else (None, None))))
    return tuple(contents)


def _hash_of_unchanged_file(report: SavedReport, file: str) -> str | None:
    """Hash a clip that cannot be another one of the same name, filmed after the report was written."""
    if report.folder is None:
        return None
    try:
        if Path(file).stat().st_mtime > (report.folder / "report.json").stat().st_mtime:
            return None
    except (OSError, ValueError):
        return None
    from gait.report.report_json import clip_sha256  # slow to import

    return clip_sha256(file)
