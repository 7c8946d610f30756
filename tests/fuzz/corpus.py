"""A corpus of tiny files of each kind that gait reads, made anew by this program and by the libraries it uses."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from tests.conftest import picture, write_clip

SIZE = (64, 48)
#: Frames per second and length of the poses, s: long enough to be measured, short enough to be refused.
POSE_FPS, LONG_S, SHORT_S = 30.0, 6.0, 0.8


@dataclass
class Corpus:
    """Samples of each kind, and the files that lie beside them when they are read.

    Attributes
    ----------
    samples : dict
        Kind → samples, each with the name of its file and its content.
    surroundings : dict
        Name → files by relative path: ``session`` (a report), ``week`` (the clips and the output of a batch),
        ``openpose_short`` and ``openpose_long`` (one file a frame).
    runner : (T, K, 2) array
        Somebody who runs, in widths of the frame, 30 times a second; for an engine that finds them in every picture.
    keypoints : tuple of str
        Names of the K keypoints.
    """

    samples: dict[str, list[tuple[str, bytes]]] = field(default_factory=dict)
    surroundings: dict[str, dict[str, bytes]] = field(default_factory=dict)
    runner: np.ndarray = field(default_factory=lambda: np.zeros((1, 1, 2)))
    keypoints: tuple[str, ...] = ()


def make_corpus(folder: Path) -> Corpus:
    """Make all samples.

    Parameters
    ----------
    folder : Path
        Empty folder for the work.
    """
    os.environ["SVT_LOG"] = "0"
    corpus = Corpus()
    corpus.samples |= _videos(folder)
    poses = _poses(folder)
    corpus.surroundings["session"] = _session(folder, poses)
    corpus.samples["report"] = [("report.json", corpus.surroundings["session"]["report.json"])]
    corpus.samples |= _pose_files(folder, poses)
    pose = _loaded(poses["long"])
    for title, length in (("short", int(SHORT_S * POSE_FPS)), ("long", pose.sizes["time"])):
        corpus.surroundings[f"openpose_{title}"] = files = _openpose_folder(pose, length)
        corpus.samples.setdefault("openpose", []).append((title, files["run_000000000003_keypoints.json"]))
    corpus.runner = pose.position.isel(individual=0).transpose("time", "keypoint", "space").values / pose.image_width
    corpus.keypoints = tuple(str(name) for name in pose.keypoint.values)
    corpus.samples |= _hand_made_files()
    corpus.samples["history"], corpus.samples["labels"] = _history(folder), _labels()
    corpus.surroundings["week"] = _week(folder)
    corpus.samples["stamp"] = [
        ("session.json", content)
        for name, content in sorted(corpus.surroundings["week"].items())
        if name.endswith("session.json")
    ]
    return corpus


# --- videos -------------------------------------------------------------------------------------------------------


def _videos(folder: Path) -> dict[str, list[tuple[str, bytes]]]:
    small = {"frames": 9, "size": SIZE}
    hevc = {"codec": "libx265", "frames": 8, "size": SIZE}
    made: dict[str, list[Path]] = {
        "mp4": [
            write_clip(folder / "phone.mp4", rotation=90, faststart=True, frames=20, size=SIZE),
            write_clip(folder / "slow.mp4", metadata={"com.android.capture.fps": "240.0"}, **small),
            write_clip(folder / "uneven.mp4", times=[0.0, 0.03, 0.1, 0.11, 0.4, 0.9], size=SIZE),
            write_clip(folder / "hevc.mp4", **hevc),
            write_clip(folder / "part2.mp4", codec="mpeg4", **small),
            _room_clip(folder / "long.mp4"),
            write_clip(folder / "av1.mp4", codec="libsvtav1", frames=4, size=(64, 64)),
        ],
        "mov": [
            write_clip(folder / "prores.mov", codec="prores_ks", pix_fmt="yuv422p10le", frames=4, size=SIZE),
            write_clip(folder / "png.mov", codec="png", pix_fmt="rgb24", frames=4, size=SIZE),
            write_clip(folder / "turned.mov", rotation=-90, hflip=True, **small),
            write_clip(folder / "animation.mov", codec="qtrle", pix_fmt="rgb24", frames=5, size=SIZE),
        ],
        "mkv": [
            write_clip(folder / "h264.mkv", **small),
            write_clip(folder / "ffv1.mkv", codec="ffv1", frames=5, size=SIZE),
            write_clip(folder / "vp8.mkv", codec="libvpx", frames=6, size=SIZE),
        ],
        "avi": [
            write_clip(folder / "part2.avi", codec="mpeg4", b_frames=0, **small),
            write_clip(folder / "motion_jpeg.avi", codec="mjpeg", pix_fmt="yuvj420p", frames=5, size=SIZE),
            write_clip(folder / "huffman.avi", codec="huffyuv", pix_fmt="yuv422p", frames=4, size=SIZE),
            write_clip(folder / "raw.avi", codec="rawvideo", frames=3, size=SIZE),
        ],
        "mpegts": [
            write_clip(folder / "h264.ts", container_format="mpegts", gop=20, frames=24, size=SIZE),
            _television_clip(folder / "mpeg2.ts"),
        ],
        "webm": [
            write_clip(folder / "vp9.webm", codec="libvpx-vp9", frames=6, size=SIZE),
            write_clip(folder / "vp8.webm", codec="libvpx", frames=6, size=SIZE),
        ],
        "raw_h264": [write_clip(folder / "bare.h264", container_format="h264", **small)],
    }
    return {kind: [(path.name, path.read_bytes()) for path in paths] for kind, paths in made.items()}


def _room_clip(path: Path) -> Path:
    """Write four seconds of a room with something that moves, as a camera that stands still shows it."""
    random = np.random.default_rng(5)
    width, height = SIZE
    room = np.kron(random.integers(60, 200, (height // 4, width // 4, 3)), np.ones((4, 4, 1)))
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=30, options={"bf": "0", "crf": "18"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(120):
            image = room + random.normal(0, 2, room.shape)
            x, y = 32 + 16 * np.sin(number * 0.55) + number * 0.02, 24 + 8 * np.sin(number * 1.1 + 0.3)
            image[int(y) - 6 : int(y) + 6, int(x) - 4 : int(x) + 4] = (230, 60, 40)
            frame = av.VideoFrame.from_ndarray(np.clip(image, 0, 255).astype(np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _television_clip(path: Path) -> Path:
    """Write MPEG-2 in a transport stream; it allows only the frame rates of television."""
    with av.open(str(path), "w", format="mpegts") as container:
        stream: Any = container.add_stream("mpeg2video", rate=25)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for number in range(9):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture(number, *SIZE), format="rgb24")))
        container.mux(stream.encode(None))
    return path


def damaged_packets(content: bytes, name: str, random: Any) -> bytes:
    """Copy a video with damaged, lost, doubled, exchanged or oddly timed packets into a whole container."""
    suffix = Path(name).suffix
    kind = {".ts": "mpegts", ".mkv": "matroska", ".h264": "h264"}.get(suffix, suffix[1:])
    change = random.choice(("bytes", "bytes", "bytes", "lose", "double", "exchange", "times", "shift", "jump"))
    written = io.BytesIO()
    with (
        av.open(io.BytesIO(content)) as source,
        av.open(written, "w", format=kind) as target,
    ):
        stream = source.streams.video[0]
        copy = target.add_stream_from_template(stream)
        packets = [packet for packet in source.demux(stream) if packet.size]
        if change == "exchange":
            random.shuffle(packets)
        step = Fraction(stream.time_base or Fraction(1, 1000)).denominator
        for number, packet in enumerate(packets):
            data = bytearray(bytes(packet))
            hit = random.random() < 0.4
            if change == "bytes" and hit:
                for _ in range(random.choice((1, 3, 20))):
                    data[random.randrange(len(data))] ^= random.randrange(1, 256)
            if change == "lose" and hit:
                continue
            for _ in range(2 if change == "double" and hit else 1):
                new = av.Packet(bytes(data))
                new.stream, new.time_base = copy, packet.time_base
                pts, dts = packet.pts, packet.dts
                if change == "times" and hit and pts is not None:
                    pts = random.choice((0, -5 * step, pts + step, pts * 1000, 2**33 - 1))
                    dts = min(pts, dts or 0)
                if change == "shift" and pts is not None and dts is not None:
                    pts, dts = pts - 3 * step, dts - 3 * step
                if change == "jump" and number > len(packets) // 2 and pts is not None and dts is not None:
                    pts, dts = pts + 7200 * step, dts + 7200 * step
                new.pts, new.dts = pts, dts
                new.is_keyframe = packet.is_keyframe
                with contextlib.suppress(av.FFmpegError, OSError, ValueError, OverflowError):
                    target.mux(new)
    return written.getvalue()


# --- poses --------------------------------------------------------------------------------------------------------


def _poses(folder: Path) -> dict[str, Path]:
    """Write poses of a runner as gait keeps them, long and short."""
    from gait.pose.dataset import save_pose
    from gait.synthetic import presets
    from tests.filmed_joints import filmed

    run = filmed(presets.overstriding(), seconds=LONG_S, solved_s=LONG_S, fps=POSE_FPS).pose
    files = {"long": folder / "long.nc", "short": folder / "short.nc"}
    save_pose(run, files["long"])
    save_pose(run.isel(time=slice(0, int(SHORT_S * POSE_FPS))), files["short"])
    return files


def _loaded(file: Path) -> Any:
    import xarray as xr

    with xr.open_dataset(file, engine="h5netcdf", decode_times=False) as opened:
        return opened.load()


def _session(folder: Path, poses: Mapping[str, Path]) -> dict[str, bytes]:
    """Measure the long run and keep the folder of its report."""
    from gait.cli.main import main

    target = folder / "session"
    command = ["poses", str(poses["long"]), "--height", "176", "--name", "Anna", "--speed", "10", "-q"]
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
        main([*command, "-o", str(target)])
    return contents(target)


def contents(folder: Path) -> dict[str, bytes]:
    """Read all files of a folder, by relative path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def _pose_files(folder: Path, poses: Mapping[str, Path]) -> dict[str, list[tuple[str, bytes]]]:
    """Write the same poses as other programs do."""
    import xarray as xr

    from gait.io.export import export_session

    made: dict[str, list[tuple[str, bytes]]] = {
        "netcdf": [
            ("short.nc", poses["short"].read_bytes()),
            ("long.nc", poses["long"].read_bytes()),
            ("short_of_others.nc", unsealed(poses["short"].read_bytes())),
            ("long_of_others.nc", unsealed(poses["long"].read_bytes())),
        ]
    }
    session = folder / "session"
    for kind, name in (("trc", "long.trc"), ("c3d", "long.c3d"), ("netcdf", "long_movement.nc")):
        path = export_session(session, folder / name, to="movement" if kind == "netcdf" else kind)
        made.setdefault(kind, []).append((name, path.read_bytes()))
    lines = made["trc"][0][1].split(b"\n")
    made["trc"].append(("short.trc", b"\n".join(lines[:30]) + b"\n"))
    made["c3d"].append(("short.c3d", _short_c3d(folder)))
    with xr.open_dataset(folder / "long_movement.nc", engine="h5netcdf", decode_times=False) as opened:
        opened.isel(time=slice(0, 20)).load().to_netcdf(folder / "short_movement.nc", engine="h5netcdf")
    made["netcdf"].append(("short_movement.nc", (folder / "short_movement.nc").read_bytes()))
    pose = _loaded(poses["long"])
    position = pose.position.isel(individual=0).transpose("time", "keypoint", "space").values
    names = [str(name) for name in pose.keypoint.values]
    for title, length in (("short", int(SHORT_S * POSE_FPS)), ("long", len(position))):
        xy = np.round(position[:length].astype(float), 1)
        made.setdefault("keypoints_csv", []).append((f"{title}.csv", _keypoint_table(names, xy)))
        made.setdefault("deeplabcut", []).append((f"{title}.csv", _deeplabcut_table(names, xy)))
        made.setdefault("keypoints_json", []).extend(_keypoint_documents(title, names, xy))
    return made


def _short_c3d(folder: Path) -> bytes:
    import ezc3d

    file = ezc3d.c3d(str(folder / "long.c3d"))
    file["data"]["points"] = file["data"]["points"][:, :, :20]
    file["data"]["meta_points"] = {name: values[..., :20] for name, values in file["data"]["meta_points"].items()}
    file["data"]["analogs"] = file["data"]["analogs"][..., :20]
    file.write(str(folder / "short.c3d"))
    return (folder / "short.c3d").read_bytes()


def _coco(names: Sequence[str], xy: np.ndarray) -> np.ndarray:
    """Arrange keypoints as COCO-17 does; (T, 17, 2), 0 where there is none."""
    from tests.foreign_files import COCO

    found = [xy[:, names.index(name)] if name in names else np.zeros(xy[:, 0].shape) for name in COCO]
    return np.stack(found, axis=1)


def unsealed(content: bytes) -> bytes:
    """Leave out the checksum of a pose file, which another program would not write."""
    return content.rpartition(b"\ngait-blake2b:")[0] or content


def _keypoint_table(names: Sequence[str], xy: np.ndarray) -> bytes:
    head = ["frame", *(f"{name}_{axis}" for name in names for axis in ("x", "y", "score"))]
    rows = [
        [str(number), *(f"{value:g}" for x, y in frame for value in (x, y, 0.9))] for number, frame in enumerate(xy)
    ]
    return "\n".join(",".join(row) for row in [head, *rows]).encode() + b"\n"


def _deeplabcut_table(names: Sequence[str], xy: np.ndarray) -> bytes:
    columns = [(name, axis) for name in names for axis in ("x", "y", "likelihood")]
    head = [
        ["scorer", *("net" for _ in columns)],
        ["bodyparts", *(name for name, _ in columns)],
        ["coords", *(axis for _, axis in columns)],
    ]
    rows = [[str(n), *(f"{value:g}" for x, y in frame for value in (x, y, 0.9))] for n, frame in enumerate(xy)]
    return "\n".join(",".join(row) for row in [*head, *rows]).encode() + b"\n"


def _keypoint_documents(title: str, names: Sequence[str], xy: np.ndarray) -> list[tuple[str, bytes]]:
    people = _coco(names, xy)
    mmpose = {
        "meta_info": {},
        "instance_info": [
            {"frame_id": n, "instances": [{"keypoints": person.tolist(), "keypoint_scores": [0.9] * 17}]}
            for n, person in enumerate(people)
        ],
    }
    alphapose = [
        {"image_id": f"{n:06d}.jpg", "keypoints": [v for x, y in person for v in (x, y, 0.9)], "score": 2.5}
        for n, person in enumerate(people)
    ]
    return [(f"{title}.json", json.dumps(document).encode()) for document in (mmpose, alphapose)]


def _openpose_folder(pose: Any, length: int) -> dict[str, bytes]:
    """Write one file for each frame, as OpenPose does."""
    from tests.foreign_files import BODY_25

    names = [str(name) for name in pose.keypoint.values]
    position = pose.position.isel(individual=0).transpose("time", "keypoint", "space").values[:length]
    files = {}
    for number, frame in enumerate(np.round(position, 1)):
        body = [
            float(value)
            for name in BODY_25
            for value in ((*frame[names.index(name)], 0.8) if name in names else (0, 0, 0))
        ]
        record = {"version": 1.3, "people": [{"person_id": [-1], "pose_keypoints_2d": body}]}
        files[f"run_{number:012d}_keypoints.json"] = json.dumps(record).encode()
    return files


# --- small documents ----------------------------------------------------------------------------------------------


def _hand_made_files() -> dict[str, list[tuple[str, bytes]]]:
    from gait.findings.answers import parse_answers, write_answers
    from gait.synthetic.clip_request import ClipRequest, request_as_toml

    manifest = (
        "file,athlete,date,height,speed,view,session,capture_fps,start,end,leg_length,answers,squad\n"
        "anna_side.mp4,Anna,2026-03-01,178,10.5,side,spring,,,,,,first\n"
        "anna_rear.mp4,Anna,2026-03-01,178,10.5,rear,spring,,,,,,first\n"
        'sub/ben.mp4,Ben Öz,01.03.2026,"181,5",,auto,,240,0.1,0.9,92,answers.toml,second\n'
        "gone.mp4,Cleo,,,,,,,,,,,\n"
    )
    short_manifest = "file;athlete;height\nanna_side.mp4;Anna;178\nsub/ben.mp4;Ben;181,5\n"
    roster = (
        "name,height,leg_length,aliases,squad,coach\n"
        "Anna,178,92,Anni;A. Meyer,first,Kim\n"
        'Ben,"181,5",,Benny|B. Öz,second,Lee\n'
    )
    roster_toml = (
        '[[athlete]]\nname = "Anna"\nheight = 178\nleg_length = 92.5\naliases = ["Anni", "A. Meyer"]\n'
        'squad = "first"\n\n'
        '[[athlete]]\nname = "Ben"\nheight = 181.5\nsquad = "second"\ncoach = "Lee"\n'
    )
    hip = {"time_s": 0.3, "side": "left", "joint": "hip", "x": 12, "y": 23.5, "sd": 4}
    toe = {"frame": 2, "side": "right", "joint": "toe", "x": 1, "y": 2}
    adjust = {"version": 1, "video": "clip.mp4", "entries": [hip, toe]}
    clusters = (
        "cluster: dask_jobqueue.SLURMCluster\noptions:\n  cores: 8\n  memory: 16GB\nworkers: 4\n",
        "cluster: distributed.LocalCluster\noptions: {n_workers: 0}\nworkers: {minimum: 0, maximum: 100}\n",
    )
    import tempfile

    with tempfile.TemporaryDirectory() as temporary:
        answers = Path(temporary, "answers.toml")
        write_answers(parse_answers(given_answers()), answers)
        answer_text = answers.read_bytes()
    return {
        "manifest": [("week.csv", manifest.encode()), ("short.csv", short_manifest.encode())],
        "roster": [("roster.csv", roster.encode()), ("roster.toml", roster_toml.encode())],
        "adjust": [("joints.json", json.dumps(adjust).encode())],
        "cluster": [("cluster.yaml", text.encode()) for text in clusters],
        "answers": [("answers.toml", answer_text)],
        "spec": [("run.toml", request_as_toml(ClipRequest()).encode())],
    }


def given_answers() -> dict[str, Any]:
    """Answer every question: yes, the first option, or the middle of what is plausible."""
    from gait.findings.knowledge_loader import load_knowledge

    given: dict[str, Any] = {}
    for question in load_knowledge().questions.values():
        choice = question.option_ids[0] if question.option_ids else None
        middle = (question.low + question.high) / 2
        given[question.id] = {"yes_no": True, "number": middle, "choice": choice, "choices": [choice]}[question.kind]
    return given


def _labels() -> list[tuple[str, bytes]]:
    event = {"kind": "initial_contact", "side": "left", "frame": 3.5, "frame_sd": 0.35, "labelled_frame": 3}
    points = {"hip": [30, 20, 7], "knee": [28, 30, 4]}
    labelling = {
        "events": [event | {"points_px": points}, {"kind": "toe_off", "side": "left", "frame": 6, "frame_sd": 0.4}],
        "flat_foot": {"frame": 4, "heel": [30, 40.5, 3], "toe": [25.5, 41.5, 2.5]},
    }
    record = {"version": 1, "clip": "clip", "near_side": "left", "labellings": {"A": labelling, "Bé 2": labelling}}
    return [("clip.json", json.dumps(record).encode())]


# --- what gait writes and reads again -----------------------------------------------------------------------------


def _history(folder: Path) -> list[tuple[str, bytes]]:
    from gait.history.athlete_history import History
    from tests.made_reports import measured, report

    file = folder / "history.db"
    with History(file) as history:
        for number, (name, day) in enumerate((("Anna", 1), ("Anna", 8), ("Ben", 2), ("Anna", 15))):
            record = report(
                measured("cadence", 160.0 + number, 1.0), measured("trunk_lean", 6.0 - number, 1.0), name=name
            )
            record["videos"][0]["frames"] = 600 + number
            history.add(record, athlete=name, date=f"2026-03-{day:02d}", session=f"run {number}")
    for rest in ("-wal", "-shm"):
        Path(f"{file}{rest}").unlink(missing_ok=True)
    return [("history.db", file.read_bytes())]


def _week(folder: Path) -> dict[str, bytes]:
    """Analyse the clips of a batch with the stub of the tests, and keep clips and output."""
    from tests.fuzz.targets import without_workers

    week = folder / "week"
    for name in ("anna_side", "anna_rear", "sub/ben"):
        path = week / "clips" / f"{name}.mp4"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_clip(path, frames=3 + len(name), size=SIZE)
    from gait.batch.batch_run import analyze_batch

    with without_workers(), contextlib.chdir(week):
        analyze_batch("clips", "out", height_m=1.78)
    found = contents(week)
    shutil.rmtree(week)
    return found
