"""Reports read back: the content of ``report.json`` (schema ``gait.report/1``), checked."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from gait.errors import InputError

SCHEMA = "gait.report/1"


@dataclass(frozen=True)
class SavedReport:
    """A report that was read back.

    Attributes
    ----------
    record : mapping
        Content of ``report.json``.
    folder : Path or None
        Folder of the report; ``None`` for one that was given as data.
    """

    record: Mapping[str, Any]
    folder: Path | None = None

    @property
    def name(self) -> str | None:
        """Name of the runner; ``None`` where it was not given."""
        given = self.record["runner"].get("name")
        return str(given).strip() or None if given is not None else None

    @property
    def videos(self) -> list[Mapping[str, Any]]:
        """The videos' records."""
        return list(self.record["videos"])

    @property
    def speed_mps(self) -> float | None:
        """Belt speed, m/s; ``None`` where it was not given."""
        given = self.record["runner"].get("speed_mps")
        return None if given is None else float(given)

    def video_file(self, number: int) -> Path | None:
        """Find a video: where it was, or beside the report.

        Parameters
        ----------
        number : int
            Number of the video, from 0.

        Returns
        -------
        Path or None
            ``None`` where the video is gone.
        """
        recorded = Path(self.videos[number]["file"])
        candidates = [recorded]
        if self.folder is not None:
            candidates += [self.folder / recorded.name, self.folder.parent / recorded.name]
        return next((path for path in candidates if path.is_file()), None)

    def content_hash(self) -> str:
        """Hash what was measured; neither the runner's name, nor words, the version or folders count.

        Returns
        -------
        str
            SHA-256.
        """
        videos = [{**v, "file": Path(v["file"]).name, "warnings": None} for v in self.videos]
        runner = {k: v for k, v in self.record["runner"].items() if k != "name"}
        measured = [runner, videos, self.record["measurements"], self.record["events"]]
        return hashlib.sha256(json.dumps(measured, sort_keys=True, ensure_ascii=True).encode()).hexdigest()

    def clip_signature(self) -> str:
        """Describe the clips such that equal ones compare equal: names, lengths and rates.

        Returns
        -------
        str
            JSON.
        """
        clips = [(Path(v["file"]).name, v["frames"], v["duration_s"], v["capture_fps"]) for v in self.videos]
        return json.dumps(sorted(clips))

    def recording_time(self) -> datetime | None:
        """Read when the camera recorded the first video that states it.

        Returns
        -------
        datetime or None
            Local time without zone.
        """
        import av

        for number in range(len(self.videos)):
            file = self.video_file(number)
            if file is None:
                continue
            try:
                with av.open(f"file:{file.resolve()}", metadata_errors="replace") as container:
                    text = container.metadata.get("creation_time", "")
                moment = datetime.fromisoformat(text)
            except (av.FFmpegError, OSError, ValueError):
                continue
            if moment.year > 1970:  # cameras without a clock say 1904 or 1970
                return moment.astimezone().replace(tzinfo=None)
        return None


def read_report(given: SavedReport | Mapping[str, Any] | str | os.PathLike[str]) -> SavedReport:
    """Read and check a report.

    Parameters
    ----------
    given : SavedReport, mapping or path
        The parsed ``report.json``, that file, or its folder.

    Returns
    -------
    SavedReport

    Raises
    ------
    InputError
        There is none, or it is not a report of this program.
    """
    if isinstance(given, SavedReport):
        return given
    if isinstance(given, Mapping):
        return SavedReport(_checked(given, "the report"))
    path = Path(given)
    file = path / "report.json" if path.is_dir() else path
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"{file}: no such file; give the folder of a report") from None
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror or error}") from None
    except ValueError:
        raise InputError(f"{file}: is not a report; give the folder that gait analyze has made") from None
    return SavedReport(_checked(record, str(file)), file.parent)


def _checked(record: Any, source: str) -> Mapping[str, Any]:
    wanted = {"runner": Mapping, "videos": list, "measurements": list, "events": list}
    schema = record.get("schema") if isinstance(record, Mapping) else None
    if schema != SCHEMA:
        raise InputError(f"{source}: is not a report of this program (schema {schema!r}, not {SCHEMA!r})")
    for key, kind in wanted.items():
        if not isinstance(record.get(key), kind):
            raise InputError(f"{source}: {key!r} is missing or damaged; run gait analyze again")
    if not record["videos"]:
        raise InputError(f"{source}: holds no video; run gait analyze again")
    try:
        for video in record["videos"]:
            float(video["capture_fps"]), video["frames"], video["duration_s"]
            str(video["file"]), str(video["view"]), str(video["facing"]), str(video["engine"])
        for m in record["measurements"]:
            str(m["key"]), str(m["side"]), str(m["unit"]), int(m["steps"]), str(m["grade"]), m["reason"]
            record["videos"][int(m["video"])]
            if m["value"] is not None:
                float(m["value"])
            if m["interval"] is not None:
                _low, _high = (float(end) for end in m["interval"])
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise InputError(f"{source}: is damaged ({type(error).__name__} {error}); run gait analyze again") from None
    assert isinstance(record, Mapping)
    return record
