"""A report in one file: the page with its videos inside, for mail and for devices that show no folder."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from gait.display_language import _
from gait.errors import InputError
from gait.report.page_templates import html_text
from gait.session_files import ANNOTATED_VIDEO, REPORT_PAGE, REPORT_RECORD

#: Height of the picture of a small video, lines, and x264's quality: enough to see each joint on a phone. [E]
SMALL_LINES, SMALL_CRF = 480, 30
#: Largest file that most mail services take: 25 MB, of which the encoding of attachments takes a quarter. [E]
MAIL_BYTES = 18_000_000
#: Bytes of a video that are encoded at once; a multiple of 3, so that the pieces join. [E]
_PIECE = 3 * 256 * 1024
_VIDEO = re.compile(r'(<video\b[^>]*?)\bsrc="([^"#]+)(#[^"]*)?"')
_TOKEN = re.compile(r"(<script\b.*?</script>|<style\b.*?</style>|<[^>]*>)", re.DOTALL | re.IGNORECASE)
#: Attributes that a person reads or hears.
_SPOKEN = re.compile(r'\b((?:aria-label|alt|title|content|data-[a-z-]+)=")([^"]*)(")')
#: Browsers seek in a `blob:` and hold it once; some play no video from a `data:` address at all.
_SWAP = (
    "<script>for (const video of document.querySelectorAll('video[src^=\"data:\"]')) { const bytes = "
    "Uint8Array.from(atob(video.src.slice(video.src.indexOf(',') + 1)), (c) => c.charCodeAt(0)); video.src = "
    "URL.createObjectURL(new Blob([bytes], { type: 'video/mp4' })) + '#t=0.001'; }</script>"
)


@dataclass(frozen=True)
class SharedNote:
    """A note that goes with a report.

    Attributes
    ----------
    day, author, text : str
    """

    day: str
    author: str
    text: str


class SingleFileReport:
    """A report page with its videos inside.

    Parameters
    ----------
    folder : Path
        Of the report.
    videos : mapping
        Name of an annotated video beside the page → the file that takes its place, such as a small version of it. One
        that is missing here is left out, and the page says so.
    private : bool
        Whether the runner's name, the names of the clips and the notes are left out.
    notes : sequence of SharedNote

    Raises
    ------
    InputError
        There is no report (``not_found``).

    Notes
    -----
    A still and a video show the person also where the name is left out.
    """

    def __init__(
        self, folder: Path, videos: Mapping[str, Path], *, private: bool = False, notes: Sequence[SharedNote] = ()
    ) -> None:
        try:
            page = (folder / REPORT_PAGE).read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            raise InputError(_("the report of this session is not kept here"), code="not_found") from None
        page = page.replace("media-src 'self' file:", "media-src data: blob:")
        if private:
            page = without_names(page, read_record(folder))
        elif notes:
            page = _with_notes(page, notes)
        at = page.rfind("<script>")
        page = page[:at] + _SWAP + page[at:] if at >= 0 else page
        self._parts: list[str | Path] = []
        begun = 0
        for found in _VIDEO.finditer(page):
            file = videos.get(found[2])
            self._parts.append(page[begun : found.start()] + found[1])
            if file is None:
                self._parts.append("data-left-out")
            else:
                self._parts += ['src="data:video/mp4;base64,', file, '"']
            begun = found.end()
        self._parts.append(page[begun:])

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return sum(
            4 * ((part.stat().st_size + 2) // 3) if isinstance(part, Path) else len(part.encode())
            for part in self._parts
        )

    def pieces(self) -> Iterator[bytes]:
        """Give the file piece by piece, so that a long video is never held whole.

        Yields
        ------
        bytes
        """
        for part in self._parts:
            if isinstance(part, Path):
                with part.open("rb") as file:
                    yield from _encoded(file)
            else:
                yield part.encode()


def report_videos(folder: Path) -> list[Path]:
    """List the annotated videos that a report page shows.

    Parameters
    ----------
    folder : Path
        Of the report.

    Returns
    -------
    list of Path
    """
    try:
        page = (folder / REPORT_PAGE).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    names = dict.fromkeys(found[2] for found in _VIDEO.finditer(page))
    return [folder / name for name in names if ANNOTATED_VIDEO.fullmatch(name) and (folder / name).is_file()]


def write_small_video(source: Path, target: Path) -> Path:
    """Write a video again with fewer lines, at the same times, for mail.

    Parameters
    ----------
    source : Path
        An annotated video.
    target : Path
        Made, or replaced where gait wrote it.

    Returns
    -------
    Path
        ``target``.
    """
    import cv2
    import numpy as np

    from gait.video import VideoWriter, probe, read_frames

    meta = probe(source)
    scale = min(1.0, SMALL_LINES / min(meta.height, meta.width))
    width, height = (max(2, round(side * scale / 2) * 2) for side in (meta.width, meta.height))
    fps = min(meta.fps, 1000.0)
    with VideoWriter(target, width=width, height=height, fps=fps, crf=SMALL_CRF, preset="fast") as writer:
        for frame in read_frames(source):
            image = cv2.resize(frame.image, (width, height), interpolation=cv2.INTER_AREA)
            writer.write(np.asarray(image, dtype=np.uint8), time_s=frame.time_s)
    return target


def read_record(folder: Path) -> dict[str, Any]:
    """Read ``report.json``.

    Parameters
    ----------
    folder : Path
        Of the report.

    Returns
    -------
    dict
        Empty where there is none.
    """
    try:
        record: dict[str, Any] = json.loads((folder / REPORT_RECORD).read_bytes())
    except (OSError, ValueError):
        return {}
    return record


def private_record(record: Mapping[str, Any]) -> dict[str, Any]:
    """Leave the runner's name and the names of the clips out of ``report.json``.

    Parameters
    ----------
    record : mapping

    Returns
    -------
    dict
    """

    def cleaned(value: Any) -> Any:
        if isinstance(value, str):
            for pattern, instead in patterns:
                value = pattern.sub(instead, value)
            return value
        if isinstance(value, Mapping):
            return {key: cleaned(inside) for key, inside in value.items()}
        return [cleaned(inside) for inside in value] if isinstance(value, list) else value

    patterns = _patterns(record)
    result: dict[str, Any] = cleaned(record)
    if isinstance(result.get("runner"), dict):
        result["runner"]["name"] = None
    for number, video in enumerate(result.get("videos", ()), start=1):
        video["file"] = f"clip_{number}.mp4"
        video.pop("sha256", None)
    return result


def portable_record(record: Mapping[str, Any]) -> dict[str, Any]:
    """Leave the folders of the clips out of ``report.json``, for a report that leaves this machine.

    Parameters
    ----------
    record : mapping

    Returns
    -------
    dict
        With the names of the clips alone.
    """
    videos = record.get("videos", ())
    kept = [
        {**video, "file": re.split(r"[/\\]", str(video["file"]))[-1]}
        if isinstance(video, Mapping) and "file" in video
        else video
        for video in (videos if isinstance(videos, list) else ())
    ]
    return {**record, **({"videos": kept} if kept else {})}


def without_names(page: str, record: Mapping[str, Any]) -> str:
    """Leave the runner's name and the names of the clips out of a report page.

    Parameters
    ----------
    page : str
        HTML.
    record : mapping
        The same report as data, which says what the names are.

    Returns
    -------
    str
        With "Runner" and "the clip" in their places, in what a person reads or hears; code and styles stay.
    """
    # A translation is put in as it stands, whatever it holds.
    patterns = [(p, str(html_text(instead)).replace("\\", r"\\")) for p, instead in _patterns(record, escaped=True)]

    def cleaned(text: str) -> str:
        for pattern, instead in patterns:
            text = pattern.sub(instead, text)
        return text

    tokens = _TOKEN.split(page)
    for number, token in enumerate(tokens):
        if not token.startswith("<"):
            tokens[number] = cleaned(token)
        elif not token[:7].lower().startswith(("<script", "<style")):
            tokens[number] = _SPOKEN.sub(lambda found: found[1] + cleaned(found[2]) + found[3], token)
    return "".join(tokens)


def _patterns(record: Mapping[str, Any], *, escaped: bool = False) -> list[tuple[re.Pattern[str], str]]:
    """Find what the names are, and what stands in their places: those of clips first, which may hold the runner's."""
    files = [str(video.get("file", "")) for video in record.get("videos", ())]
    words = {spelling: _("the clip") for file in files for spelling in (file, Path(file).name) if spelling}
    name = str((record.get("runner") or {}).get("name") or "").strip()
    if name:
        words[name] = _("Runner")
    shown = {str(html_text(word)) if escaped else word: instead for word, instead in words.items()}
    ordered = sorted(shown.items(), key=lambda pair: -len(pair[0]))
    return [(re.compile(rf"(?<!\w){re.escape(word)}(?!\w)"), instead) for word, instead in ordered]


def _with_notes(page: str, notes: Sequence[SharedNote]) -> str:
    rows = []
    for note in notes:
        head = html_text(" · ".join(text for text in (note.day, note.author) if text))
        lines = "".join(f"<p>{html_text(line)}</p>" for line in note.text.splitlines())
        rows.append(f'<article class="card"><p class="small">{head}</p>{lines}</article>')
    title = html_text(_("Notes"))
    section = f'<section id="notes" aria-labelledby="h-notes"><h2 id="h-notes">{title}</h2>{"".join(rows)}</section>'
    for place in ('<section id="care"', "</main>", "</body>"):
        if place in page:
            before, found, after = page.partition(place)
            return f"{before}{section}\n{found}{after}"
    return page + section


def _encoded(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield base64.b64encode(piece)
