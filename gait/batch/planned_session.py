"""A session to be analysed, and its clips."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gait.batch.date_names import NamedDate


@dataclass(frozen=True)
class ClipEntry:
    """One video of a session.

    Attributes
    ----------
    location : str
        Path or URL.
    label : str
        Its name in the folder or manifest.
    view : {"auto", "side", "rear", "front"}
        From the manifest or the file's name; ``"auto"`` where neither says it.
    view_given : bool
        Whether the manifest gives the view, which makes it binding.
    extra : mapping
        Columns of the manifest that gait does not use.
    problem : str or None
        What is wrong with its row of the manifest.
    capture_fps : float or None
        Capture rate, 1/s, where the manifest gives it.
    start_s, end_s : float or None
        Part of the clip, seconds of playback, where the manifest gives it.
    """

    location: str
    label: str
    view: str = "auto"
    view_given: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)
    problem: str | None = None
    capture_fps: float | None = None
    start_s: float | None = None
    end_s: float | None = None

    @property
    def binding_view(self) -> str:
        """The view for the analysis: ``"auto"`` unless the manifest gives it."""
        return self.view if self.view_given else "auto"


@dataclass(frozen=True)
class PlannedSession:
    """One session to be analysed.

    Attributes
    ----------
    name : str
    clips : tuple of ClipEntry
    athlete : str or None
    date : str or None
        ISO 8601.
    height_m, speed_mps : float or None
        Body height in metres, belt speed in m/s.
    problem : str or None
        What prevents the analysis.
    slug : str
        Name of its folder in the output.
    date_from : str or None
        Where ``date`` comes from: one of `gait.history.history_entry.DATE_SOURCES`.
    named_date : NamedDate or None
        What the names of folders and clips say about the day, where that leaves something open.
    named_from : {"folder", "name", None}
        Where ``named_date`` stands: in the name of a folder or of a clip.
    leg_length_m : float or None
        Hip to floor, metres.
    answers : str or None
        Text of the file with the runner's answers.
    roster_labels : mapping
        Squad and further columns of the roster.
    remark : str or None
        What a reader should know, such as that the athlete is not in the roster.
    """

    name: str
    clips: tuple[ClipEntry, ...]
    athlete: str | None = None
    date: str | None = None
    height_m: float | None = None
    speed_mps: float | None = None
    problem: str | None = None
    slug: str = ""
    date_from: str | None = None
    named_date: NamedDate | None = None
    named_from: str | None = None
    leg_length_m: float | None = None
    answers: str | None = None
    roster_labels: Mapping[str, str] = field(default_factory=dict)
    remark: str | None = None

    @property
    def labels(self) -> dict[str, str]:
        """Columns of the roster and the manifest that gait does not use, by name; the manifest's count."""
        of_clips = {name: value for clip in self.clips for name, value in clip.extra.items() if value}
        return {**self.roster_labels, **of_clips}
