"""A session to be analysed, and its clips."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


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
    """

    location: str
    label: str
    view: str = "auto"
    view_given: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)
    problem: str | None = None

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
    """

    name: str
    clips: tuple[ClipEntry, ...]
    athlete: str | None = None
    date: str | None = None
    height_m: float | None = None
    speed_mps: float | None = None
    problem: str | None = None
    slug: str = ""
