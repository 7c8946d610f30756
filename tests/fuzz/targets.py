"""Which commands read which kind of file, and what each of them may leave behind."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import numpy as np

from tests.fuzz import mutations as m
from tests.fuzz.corpus import Corpus, damaged_packets
from tests.fuzz.structured_files import change_database, change_netcdf


@dataclass(frozen=True)
class Action:
    """One thing that is done with a file.

    Attributes
    ----------
    name : str
        For the report of a failure.
    do : sequence of str or callable
        Arguments of the command line, or a function without arguments.
    may_leave : tuple of str
        Beginnings of paths that may be new or changed after a refusal too.
    codes : tuple of int
        Exit codes of an end without a fault.
    """

    name: str
    do: Sequence[str] | Callable[[], object]
    may_leave: tuple[str, ...] = ()
    codes: tuple[int, ...] = (0, 2)


@dataclass(frozen=True)
class Kind:
    """One kind of input.

    Attributes
    ----------
    title : str
        What a reader of the page calls it.
    mutations : sequence of callable
        Drawn with equal chance.
    place : callable
        (corpus, name of the sample, content) → files by path in the working folder.
    actions : callable
        (corpus, name of the sample, number of the input) → what is done, in this order.
    seconds : float
        Rough cost of one input; shares the long run out.
    """

    title: str
    mutations: Sequence[m.Mutation]
    place: Callable[[Corpus, str, bytes], dict[str, bytes]]
    actions: Callable[[Corpus, str, int], list[Action]]
    seconds: float = 0.1


# --- replacements of what takes long ------------------------------------------------------------------------------


@contextlib.contextmanager
def without_workers(*, stub: bool = True) -> Iterator[None]:
    """Run the jobs of a batch in this process, with the analysis that the tests of the batch use, or the real one."""
    from gait.batch.job import run_job
    from gait.batch.worker_pool import JobFinished, JobStarted, failed_job
    from tests.stub_analysis import measure

    def run_here(jobs: Iterable[Any], *_: Any, **options: Any) -> Generator[Any]:
        for job in jobs:
            yield JobStarted(job.slug)
            try:
                event = JobFinished(job.slug, run_job(replace(job, measure=measure if stub else None)))
            except Exception as error:
                event = failed_job(job.slug, error)
                if event.details:  # a fault of the program, which a batch reports in one row
                    raise
            yield event

    with mock.patch("gait.batch.batch_run.run_locally", run_here):
        yield


class RunnerEverywhere:
    """A pose engine that finds the same runner in every picture, at the moment that its time says."""

    name, model, model_sha256, keypoint_family = "litert", "drawn", "0" * 64, "blazepose"

    def __init__(self, corpus: Corpus) -> None:
        self.keypoints, self._runner = corpus.keypoints, corpus.runner

    def __enter__(self) -> RunnerEverywhere:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def track(self, frames: Iterable[Any], **_: object) -> Generator[Any]:
        """Look at every picture, as an engine must, and find the runner."""
        from gait.pose.engines.pose_engine import FrameResult, PersonKeypoints

        for frame in frames:
            image = frame.rgb()
            number = int(frame.time_s * 30) % len(self._runner) if np.isfinite(frame.time_s) else 0
            person = PersonKeypoints(self._runner[number] * image.shape[1], np.ones(len(self.keypoints)), None)
            yield FrameResult((person,), state={})

    def refined(self, results: list[Any]) -> list[Any]:
        """As the engine does where no second network runs."""
        return results

    def free_second(self) -> None:
        """There is no second network."""


@contextlib.contextmanager
def quick_engine(corpus: Corpus) -> Iterator[None]:
    """Replace the pose network, which takes most of the time and sees pictures only."""
    from gait.pose.engines import engine_registry, window_tracking

    class Everywhere(RunnerEverywhere):
        def __init__(self, *_: object, **__: object) -> None:
            super().__init__(corpus)

    entry = replace(engine_registry.ENGINES["litert"], make=Everywhere)
    with (
        mock.patch.dict(engine_registry.ENGINES, {"litert": entry}),  # type: ignore[arg-type]
        mock.patch.object(window_tracking, "LiteRT", Everywhere),
    ):
        yield


def command(*arguments: str) -> Callable[[], object]:
    """Make a function that runs the command line."""

    def run() -> object:
        from gait.cli.main import main

        return main(list(arguments))

    return run


# --- videos -------------------------------------------------------------------------------------------------------

#: One in so many videos is seen by the real network. [E]
REAL_ENGINE_EVERY = 17
_MP4_BOXES = (
    "ftyp moov mvhd tkhd elst mdhd hdlr stsd avc1 avcC stts ctts stss stsc stsz stco co64 udta meta ilst keys hvc1 "
    "hvcC av01"
)
_MP4_MARKS = tuple(name.encode() for name in _MP4_BOXES.split())
_MARKS: Mapping[str, tuple[bytes, ...]] = {
    "mp4": _MP4_MARKS,
    "mov": _MP4_MARKS,
    "mkv": (b"\x1aE\xdf\xa3", b"\x11M\x9bt", b"\x15I\xa9f", b"\x16T\xaek", b"\x1fC\xb6u", b"\x1cS\xbbk", b"\xb0\x82"),
    "avi": (b"RIFF", b"avih", b"strh", b"strf", b"idx1", b"movi", b"indx", b"00dc", b"dmlh"),
    "mpegts": (b"G@\x00", b"G@\x11", b"GP\x00", b"GA\x00", b"\x00\x00\x01\xe0", b"\x00\x00\x01\xb3"),
    "raw_h264": (b"\x00\x00\x01\x67", b"\x00\x00\x01\x68", b"\x00\x00\x01\x65", b"\x00\x00\x01\x06"),
}


_HDF5_MARKS = (b"TREE", b"HEAP", b"SNOD", b"OHDR", b"FRHP")
_C3D_MARKS = (b"POINT", b"RATE")


def _packets(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Damage packets inside a whole container; where this program's own muxer refuses, flip bytes instead."""
    try:
        return damaged_packets(content, random.choice(("x.mp4", "x.mkv", "x.mov", "x.avi", "x.ts")), random)
    except Exception:  # some codecs fit only some containers
        return m.flip_bytes(random, content, others)


def _video_actions(corpus: Corpus, name: str, number: int) -> list[Action]:
    real = number % REAL_ENGINE_EVERY == 0

    def seen(*arguments: str) -> Callable[[], object]:
        def run() -> object:
            with contextlib.nullcontext() if real else quick_engine(corpus), without_workers(stub=False):
                return command(*arguments)()

        return run

    file = f"source/{name}"
    check = Action("gait check", seen("check", file))
    analyze = Action(
        "gait analyze",
        seen("analyze", file, "-o", "out", "-q", *([] if number % 5 == 0 else ["--no-video"])),
    )
    if number % 7 == 1:
        analyze = Action("gait analyze", seen("analyze", file, "-o", "out", "--start", "0.1", "--end", "0.5", "-q"))
    if number % 7 == 2:
        analyze = Action("gait batch", seen("batch", "source", "-o", "out", "--no-check", "-q"), ("out/",), (0, 2, 3))
    return [check, analyze] if number % 2 else [analyze]


def _video(kind: str, title: str) -> Kind:
    marked = _MARKS.get(kind if kind != "webm" else "mkv", ())
    fields = (m.overwrite_fields_after(*marked),) * 3
    return Kind(
        title, (*m.BYTE_MUTATIONS, *fields, _packets, _packets, _packets), _beside("source"), _video_actions, 0.28
    )


def _beside(folder: str) -> Callable[[Corpus, str, bytes], dict[str, bytes]]:
    def place(corpus: Corpus, name: str, content: bytes) -> dict[str, bytes]:
        return {f"{folder}/{name}": content}

    return place


# --- poses of other programs --------------------------------------------------------------------------------------


def _poses_actions(corpus: Corpus, name: str, number: int) -> list[Action]:
    file = "source/run" if Path(name).suffix == "" else f"source/{name}"
    more = [["--fps", "30"], ["--fps", "30", "--height", "176"], ["--fps", "30", "--view", "rear"], []][number % 4]
    return [Action("gait poses", ("poses", file, "-o", "out", "-q", *more))]


def _openpose_place(corpus: Corpus, name: str, content: bytes) -> dict[str, bytes]:
    files = {f"source/run/{path}": other for path, other in corpus.surroundings[f"openpose_{name}"].items()}
    return files | {"source/run/run_000000000003_keypoints.json": content}


def _pose_file(title: str, mutations: Sequence[m.Mutation], seconds: float = 0.15) -> Kind:
    return Kind(title, mutations, _beside("source"), _poses_actions, seconds)


# --- reports ------------------------------------------------------------------------------------------------------


def _report_place(corpus: Corpus, name: str, content: bytes) -> dict[str, bytes]:
    session = corpus.surroundings["session"]
    needed = {path: data for path, data in session.items() if path.endswith((".nc", ".csv", "report.json"))}
    first = {f"source/a/{path}": data for path, data in needed.items()}
    second = {f"source/b/{path}": data for path, data in needed.items()}
    other = json.loads(session["report.json"])
    other["videos"][0]["frames"] += 1  # else it would be the same report twice
    second["source/b/report.json"] = json.dumps(other).encode()
    return first | second | {f"source/a/{name}": content}


def _report_actions(corpus: Corpus, name: str, number: int) -> list[Action]:
    compare = Action("gait compare", ("compare", "source/a", "source/b", "--no-video", "-o", "out"))
    reverse = Action("gait compare", ("compare", "source/b", "source/a", "--no-video", "-o", "out"))
    add = Action("gait history add", ("history", "add", "source/a", "--name", "Anna", "--db", "h.db"), ("h.db",))
    lists = [
        Action("gait history list", ("history", "list", "--db", "h.db")),
        Action("gait history show", ("history", "show", "Anna", "--db", "h.db")),
        Action("gait history page", ("history", "page", "Anna", "page.html", "--db", "h.db")),
    ]
    formats = ("csv", "trc", "mot", "c3d", "openpose", "movement", "parquet")
    if number % 12 == 0:
        chosen = formats[number // 12 % len(formats)]
        return [Action("gait export", ("export", "source/a", "--to", chosen, "-o", f"exported.{chosen}"))]
    if number % 12 == 6:
        return [Action("gait report", ("report", "source/a", "-q"), ("source/a/",))]
    if number % 3 == 0:
        return [add, lists[number // 3 % 3]]
    return [compare] if number % 3 == 1 else [reverse]


# --- history ------------------------------------------------------------------------------------------------------


def _history_place(corpus: Corpus, name: str, content: bytes) -> dict[str, bytes]:
    report = corpus.surroundings["session"]["report.json"]
    return {"h.db": content, "source/run/report.json": report}


def _history_actions(corpus: Corpus, name: str, number: int) -> list[Action]:
    read = [
        ("list",),
        ("show", "Anna"),
        ("metric", "Anna", "cadence"),
        ("page", "Anna", "page.html"),
        ("export", "tables"),
        ("backup", "copy.db"),
    ]
    change = [
        ("add", "source/run", "--name", "Anna"),
        ("rename", "Anna", "Änne"),
        ("merge", "Ben", "Anna"),
        ("remove", "1", "--yes"),
        ("delete", "Anna", "--yes"),
    ]
    chosen = [read[number % len(read)], read[(number // 6 + 1) % len(read)], change[number % len(change)]]
    return [Action(f"gait history {words[0]}", ("history", *words, "--db", "h.db"), ("h.db",)) for words in chosen] + [
        Action("gait history list", ("history", "list", "--db", "h.db"), ("h.db",))
    ]


# --- batches ------------------------------------------------------------------------------------------------------


def _batch(*arguments: str) -> Callable[[], object]:
    def run() -> object:
        with without_workers():
            return command("batch", *arguments)()

    return run


def _manifest_place(corpus: Corpus, name: str, content: bytes) -> dict[str, bytes]:
    clips = {
        f"source/{path.removeprefix('clips/')}": data
        for path, data in corpus.surroundings["week"].items()
        if path.startswith("clips/")
    }
    return clips | {f"source/{name}": content, "source/answers.toml": corpus.samples["answers"][0][1]}


def _manifest_actions(corpus: Corpus, name: str, number: int) -> list[Action]:
    history = ["--history", "--db", "h.db"] if number % 3 == 0 else []
    run = _batch(f"source/{name}", "-o", "out", "--no-video", "--no-check", *history)
    again = [Action("gait batch, again", run, ("out/", "h.db"), (0, 2, 3))] if number % 4 == 0 else []
    return [Action("gait batch", run, ("out/", "h.db"), (0, 2, 3)), *again]


def _stamp_place(corpus: Corpus, name: str, content: bytes) -> dict[str, bytes]:
    week = {f"source/{path}": data for path, data in corpus.surroundings["week"].items() if path.startswith("clips/")}
    output = {path: data for path, data in corpus.surroundings["week"].items() if path.startswith("out/")}
    stamp = next(path for path in sorted(output) if path.endswith(f"/{name}"))
    return week | output | {stamp: content}


def _stamp_actions(corpus: Corpus, name: str, number: int) -> list[Action]:
    history = ["--history", "--db", "h.db"] if number % 3 == 0 else []
    run = _batch("source/clips", "-o", "out", "--height", "178", "--no-check", *history)
    return [
        Action("gait batch", run, ("out/", "h.db"), (0, 2, 3)),
        Action("gait batch, again", run, ("out/", "h.db"), (0, 2, 3)),
    ]


def _roster_place(corpus: Corpus, name: str, content: bytes) -> dict[str, bytes]:
    clips = {path: data for path, data in corpus.surroundings["week"].items() if path.startswith("clips/")}
    return {f"source/{path}": data for path, data in clips.items()} | {f"source/{name}": content}


def _roster_actions(corpus: Corpus, name: str, number: int) -> list[Action]:
    where = ["--where", "squad=first"] if number % 3 == 0 else []
    run = _batch("source/clips", "-o", "out", "--no-check", "--roster", f"source/{name}", *where)
    return [Action("gait batch --roster", run, ("out/",), (0, 2, 3))]


def _cluster_actions(corpus: Corpus, name: str, number: int) -> list[Action]:
    def start() -> object:
        # The classes are replaced: a fuzzer must start no cluster.
        from gait.batch import cluster

        with (
            mock.patch("distributed.LocalCluster", mock.MagicMock(name="LocalCluster")),
            cluster._start_cluster(Path(f"source/{name}")),
        ):
            return None

    return [Action("gait batch --cluster", start)]


# --- small documents ----------------------------------------------------------------------------------------------


def _answers_actions(corpus: Corpus, name: str, number: int) -> list[Action]:
    def read() -> object:
        from gait.findings import answers as a

        given = a.load_answers(f"source/{name}")
        a.warnings_from_answers(given), a.withheld_corrections(given)
        return a.load_answers(a.write_answers(given, Path("written.toml")))

    def report() -> object:
        return command("report", "session", "--answers", f"source/{name}", "-q")()

    return [Action("load_answers", read)] + (
        [Action("gait report --answers", report, ("session/",))] if number % 15 == 0 else []
    )


def _answers_place(corpus: Corpus, name: str, content: bytes) -> dict[str, bytes]:
    session = {f"session/{path}": data for path, data in corpus.surroundings["session"].items()}
    return session | {f"source/{name}": content}


def _adjust_place(corpus: Corpus, name: str, content: bytes) -> dict[str, bytes]:
    clip = next(data for title, data in corpus.samples["mp4"] if title == "phone.mp4")
    return {f"source/{name}": content, "source/clip.mp4": clip}


def _adjust_actions(corpus: Corpus, name: str, number: int) -> list[Action]:
    def read() -> object:
        from gait.analysis.hand_adjustment import read_hand_corrections
        from gait.labelling.adjust_file import read_adjust_file

        read_adjust_file(f"source/{name}")
        return read_hand_corrections([f"source/{name}"], [Path("source/clip.mp4")])

    def analyze() -> object:
        with quick_engine(corpus):
            return command("analyze", "source/clip.mp4", "-o", "out", "--adjust", f"source/{name}", "-q")()

    return [Action("read_adjust_file", read)] + ([Action("gait analyze --adjust", analyze)] if number % 5 == 0 else [])


def _labels_actions(corpus: Corpus, name: str, number: int) -> list[Action]:
    def read() -> object:
        from gait.labelling.label_file import read_label_file, write_label_file

        labels = read_label_file(Path(f"source/{name}"))
        write_label_file(Path("written.json"), labels)
        return read_label_file(Path("written.json"))

    def prepare() -> object:
        from gait.labelling.label_server import prepare_task

        return prepare_task(Path("source/clip.mp4"), output=Path(f"source/{name}"), labeller="Cleo")

    def find() -> object:
        from gait.validation.label_comparison import find_labelled_clips

        return find_labelled_clips(Path("source"))

    actions = [Action("read_label_file", read), Action("prepare_task", prepare), Action("gait validate --labels", find)]
    return actions if number % 2 else actions[:1]


def _spec_actions(corpus: Corpus, name: str, number: int) -> list[Action]:
    more = ["--random"] if number % 3 == 0 else []
    return [Action("gait synth --spec", ("synth", "--spec", f"source/{name}", "--print-spec", *more))]


_TEXT = m.BYTE_MUTATIONS[:5]
_JSON = (*m.BYTE_MUTATIONS[:4], *m.JSON_MUTATIONS)
_TABLE = (*_TEXT, *m.table_mutations(","))
_TOML = (*_TEXT, *m.TOML_MUTATIONS)
_HDF5_MARKS = (b"TREE", b"HEAP", b"SNOD", b"OHDR", b"FRHP")
_HDF5 = (*m.BYTE_MUTATIONS, m.overwrite_fields_after(*_HDF5_MARKS), *(change_netcdf,) * 8)
_C3D = (*m.BYTE_MUTATIONS, *(m.overwrite_header,) * 4, m.overwrite_fields_after(b"POINT", b"RATE"))
_SQLITE = (*m.BYTE_MUTATIONS, *(change_database,) * 8)

#: Name of a kind → what is done with it. The seconds are measured, of one core.
KINDS: Mapping[str, Kind] = {
    "mp4": _video("mp4", "MP4"),
    "mov": _video("mov", "MOV"),
    "mkv": _video("mkv", "Matroska"),
    "webm": _video("webm", "WebM"),
    "avi": _video("avi", "AVI"),
    "mpegts": _video("mpegts", "MPEG-TS"),
    "raw_h264": _video("raw_h264", "raw H.264"),
    "manifest": Kind("manifest of a batch", _TABLE, _manifest_place, _manifest_actions, 0.06),
    "roster": Kind("roster of a squad", (*_TABLE, *m.TOML_MUTATIONS), _roster_place, _roster_actions, 0.06),
    "answers": Kind("answers", _TOML, _answers_place, _answers_actions, 0.05),
    "stamp": Kind("stamp of a session", _JSON, _stamp_place, _stamp_actions, 0.13),
    "report": Kind("report.json", _JSON, _report_place, _report_actions, 0.15),
    "history": Kind("history database", _SQLITE, _history_place, _history_actions, 0.11),
    "netcdf": _pose_file("poses, NetCDF", _HDF5, 0.2),
    "trc": _pose_file("TRC", (*_TEXT, *m.table_mutations("\t")), 0.1),
    "c3d": _pose_file("C3D", _C3D, 0.35),
    "openpose": Kind("OpenPose JSON", _JSON, _openpose_place, _poses_actions, 0.04),
    "keypoints_json": _pose_file("keypoints, JSON", _JSON, 0.04),
    "keypoints_csv": _pose_file("keypoints, CSV", _TABLE, 0.1),
    "deeplabcut": _pose_file("DeepLabCut CSV", _TABLE, 0.1),
    "adjust": Kind("joints moved by hand", _JSON, _adjust_place, _adjust_actions, 0.03),
    "labels": Kind("labels", _JSON, _adjust_place, _labels_actions, 0.02),
    "cluster": Kind("cluster YAML", (*_TEXT, *m.YAML_MUTATIONS), _beside("source"), _cluster_actions, 0.04),
    "spec": Kind("spec of a clip", _TOML, _beside("source"), _spec_actions, 0.04),
}
