"""Look at all clips before the work: which are usable, which hold the same as another, what is done already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from typing import Any

from gait.batch.job import SessionJob, job_key
from gait.batch.planned_session import PlannedSession
from gait.batch.session_stamp import STAMP, read_stamp
from gait.batch.storage import FileSignature, file_sha256, file_signature
from gait.batch.storage_folder import StorageFolder
from gait.display_language import _, keep_language
from gait.errors import InputError

#: Clips that are looked at at once. [E]
_MAX_READERS = 8


@dataclass(frozen=True)
class ClipSurvey:
    """What is known of a clip before the work.

    Attributes
    ----------
    signature : FileSignature or None
        ``None`` where the clip cannot be reached.
    problem : str or None
        Why it cannot be reached.
    sha256 : str or None
        Of its content, where that was needed to find duplicates.
    """

    signature: FileSignature | None
    problem: str | None = None
    sha256: str | None = None

    @property
    def size(self) -> int:
        """Bytes; 0 where unknown."""
        return 0 if self.signature is None else self.signature.size


def read_stamps(target: StorageFolder, sessions: Sequence[PlannedSession]) -> dict[str, dict[str, Any]]:
    """Read the stamps of earlier runs.

    Parameters
    ----------
    target : StorageFolder
        The output of the batch.
    sessions : sequence of PlannedSession

    Returns
    -------
    dict
        Slug → stamp, of the sessions that have one.
    """
    contents = target.read_all([f"{session.slug}/{STAMP}" for session in sessions])
    stamps = {session.slug: read_stamp(contents.get(f"{session.slug}/{STAMP}")) for session in sessions}
    return {slug: stamp for slug, stamp in stamps.items() if stamp is not None}


def survey_clips(sessions: Sequence[PlannedSession], stamps: Mapping[str, Mapping[str, Any]]) -> dict[str, ClipSurvey]:
    """Look at every clip; read only those that may hold the same as another, because their sizes are the same.

    Parameters
    ----------
    sessions : sequence of PlannedSession
    stamps : mapping
        Slug → stamp. Its clips need not be read again while they have not changed.

    Returns
    -------
    dict
        Location → ClipSurvey.
    """
    locations = list(dict.fromkeys(clip.location for s in sessions for clip in s.clips if clip.problem is None))

    def survey_one(location: str) -> ClipSurvey:
        try:
            return ClipSurvey(file_signature(location))
        except InputError as error:
            return ClipSurvey(None, str(error).removeprefix(f"{location}: "))

    with ThreadPoolExecutor(_MAX_READERS) as pool:
        surveys = dict(zip(locations, pool.map(keep_language(survey_one), locations), strict=True))
        stamped_digests = {
            (clip["file"], clip["mark"]["size"], clip["mark"]["changed"]): clip["sha256"]
            for stamp in stamps.values()
            for clip in stamp["clips"]
        }
        by_size: dict[int, list[str]] = {}
        for location, survey in surveys.items():
            if survey.signature is not None:
                by_size.setdefault(survey.signature.size, []).append(location)
        same_size = [location for group in by_size.values() if len(group) > 1 for location in group]

        def read(location: str) -> ClipSurvey:
            survey = surveys[location]
            assert survey.signature is not None
            identity = (location, survey.signature.size, survey.signature.changed)
            try:
                return replace(survey, sha256=stamped_digests.get(identity) or file_sha256(location))
            except InputError as error:
                return ClipSurvey(None, str(error).removeprefix(f"{location}: "))

        surveys.update(zip(same_size, pool.map(keep_language(read), same_size), strict=True))
    return surveys


def clip_states(sessions: Sequence[PlannedSession], surveys: Mapping[str, ClipSurvey]) -> list[list[dict[str, Any]]]:
    """Decide for every clip of every session whether it can be used; of several with the same content one can.

    That is the one in the session with most clips, which the others would tear apart, then one with an athlete's name.

    Parameters
    ----------
    sessions : sequence of PlannedSession
    surveys : mapping
        Location → ClipSurvey.

    Returns
    -------
    list of list of dict
        ``status``, ``reason`` and ``view`` of each clip of each session.
    """
    # A part of a clip, from a start to an end, is not a copy of another part.
    label_of_content: dict[tuple[str, float | None, float | None], str] = {}
    label_of_location: dict[tuple[str, float | None, float | None], str] = {}
    result: dict[int, list[dict[str, Any]]] = {}
    ranked = sorted(enumerate(sessions), key=lambda pair: (-len(pair[1].clips), pair[1].athlete is None, pair[0]))
    for position, session in ranked:
        states: list[dict[str, Any]] = []
        for clip in session.clips:
            state: dict[str, Any] = {"status": "ok", "reason": None, "view": None}
            survey = surveys.get(clip.location)
            problem = clip.problem or (survey.problem if survey is not None else None)
            if problem is not None:
                state.update(status="failed", reason=problem)
            elif survey is not None and session.problem is None:
                content = survey.sha256
                part = (clip.start_s, clip.end_s)
                same = label_of_location.get((clip.location, *part))
                same = same or (label_of_content.get((content, *part)) if content is not None else None)
                if same is not None:
                    state.update(status="duplicate", reason=_("holds the same as {same}").format(same=same))
                else:
                    label_of_location[clip.location, *part] = clip.label
                    if content is not None:
                        label_of_content[content, *part] = clip.label
            states.append(state)
        result[position] = states
    return [result[position] for position in range(len(sessions))]


def is_done(stamp: Mapping[str, Any], job: SessionJob, signatures: Sequence[FileSignature | None]) -> bool:
    """Check whether a stamp shows that exactly this job is done.

    Parameters
    ----------
    stamp : mapping
    job : SessionJob
    signatures : sequence of FileSignature or None
        Of the job's clips as they are now.

    Returns
    -------
    bool
    """
    clips = stamp["clips"]
    unchanged = [clip["mark"] for clip in clips] == [None if s is None else asdict(s) for s in signatures]
    return unchanged and bool(stamp["key"] == job_key(job, [clip["sha256"] for clip in clips]))
