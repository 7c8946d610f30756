"""Small videos made on the spot, and footage that lies beside some checkouts."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import hypothesis
import numpy as np
import pytest

from tests.run_cache import folder_made_once, run_folder

# The full network in all tests and the processes they start: the heavy one takes three times as long. Tests of networks
# name theirs.
os.environ["GAIT_MODEL"] = "full"

# English, whatever the language of the machine.
os.environ["GAIT_LANGUAGE"] = "en"

pytest_plugins = ["tests.analysable_clips"]

# The same examples in every run, however slow the machine is, and no folder of examples in the checkout.
hypothesis.settings.register_profile("suite", deadline=None, derandomize=True, database=None, max_examples=60)
hypothesis.settings.load_profile("suite")

REPOSITORY = Path(__file__).resolve().parents[1]


def picture(index: int, width: int = 64, height: int = 48) -> np.ndarray:
    """Grey that grows with the index, and a red block in the upper left corner to tell which way is up."""
    image = np.full((height, width, 3), 20 + 8 * (index % 27), np.uint8)
    image[: height // 3, : width // 3] = (220, 30, 30)
    return image


def level(image: np.ndarray) -> int:
    """The index that :func:`picture` drew, read from the middle of an upright image."""
    height, width = image.shape[:2]
    return round((float(image[height // 2 : -4, width // 2 : -4].mean()) - 20) / 8)


def red_corner(image: np.ndarray) -> str:
    """Where the red block is: 'top left', 'bottom right' …."""
    redness = image[..., 0].astype(int) - image[..., 1]
    row, column = (redness > 60).nonzero()
    vertical = "top" if row.mean() < image.shape[0] / 2 else "bottom"
    return f"{vertical} {'left' if column.mean() < image.shape[1] / 2 else 'right'}"


def write_clip(
    path: Path,
    *,
    times: Sequence[float] | None = None,
    frames: int = 24,
    fps: float = 30,
    size: tuple[int, int] = (64, 48),
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    rotation: int | None = None,
    hflip: bool = False,
    metadata: dict[str, str] | None = None,
    aspect: Fraction | None = None,
    container_format: str | None = None,
    faststart: bool = False,
    b_frames: int = 2,
    gop: int = 12,
) -> Path:
    """Write a clip with PyAV alone, so that reading is tested against something that is not ours.

    ``rotation`` is in degrees counter-clockwise, as libav counts.
    """
    times = [index / fps for index in range(frames)] if times is None else times
    flags = ["use_metadata_tags", *(["faststart"] if faststart else [])]
    options = {"movflags": "+".join(["", *flags])} if path.suffix in (".mp4", ".mov") else {}
    with av.open(str(path), "w", format=container_format, container_options=options) as container:
        container.metadata.update(metadata or {})
        settings = {"libx264": {"bf": str(b_frames)}, "libx265": {"x265-params": "log-level=none"}}.get(codec, {})
        stream: Any = container.add_stream(codec, rate=Fraction(fps).limit_denominator(1001), options=settings)
        stream.width, stream.height, stream.pix_fmt = *size, pix_fmt
        clock = 60_000 if codec == "mpeg4" else 600_000  # MPEG-4 part 2 knows no finer one
        stream.codec_context.time_base = Fraction(1, clock)
        stream.codec_context.gop_size = gop
        if codec == "mpeg4":
            stream.bit_rate = 4_000_000
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        if rotation is not None or hflip:
            stream.set_display_rotation(rotation or 0, hflip=hflip)
        for index, time in enumerate(times):
            frame = av.VideoFrame.from_ndarray(picture(index, *size), format="rgb24").reformat(format=pix_fmt)
            frame.pts, frame.time_base = round(time * clock), Fraction(1, clock)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_sound(path: Path, seconds: float = 0.5) -> Path:
    """A file with sound only."""
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("aac", rate=16_000)
        samples = np.zeros((1, int(seconds * 16_000)), np.float32)
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 16_000, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


#: What takes longest, longest first: side by side, it begins first, so that no worker is left alone with it at the end.
LONGEST = (
    *("end_to_end/test_analyze", "quality/test_video_check", "end_to_end/test_recording", "report/test_browser"),
    *("app/test_live_page", "end_to_end/test_app", "analysis/test_view_analysis", "pose/engines/test_litert"),
    *("end_to_end/test_long", "fuzz/test_hostile_requests", "batch/test_cluster", "fuzz/test_fuzz_short"),
    *("pose/test_checkpoints", "synthetic/test_document", "app/test_adjust_page", "test_notebooks"),
    *("report/test_page_rules", "events/test_detection", "end_to_end/test_stages", "validation/test_validation_run"),
    *("analysis/test_chunks", "batch/test_batch_run", "synthetic/test_bystander", "synthetic/test_camera_effects"),
    *("quality/test_picture_changes", "report/test_html_page", "synthetic/test_motion_solver", "app/test_web_server"),
    *("app/test_batch_page", "synthetic/test_renderer", "synthetic/test_planned_motion", "cli/test_batch_command"),
    *("pose/engines/test_window_tracking", "app/test_job_queue", "pose/engines/test_mediapipe_tasks"),
    *("pose/appearance/test_joint_dots", "batch/test_worker_pool", "labelling/test_browser", "app/test_label_routes"),
    *("end_to_end/test_check", "end_to_end/test_notebook", "test_documents"),
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where tests run side by side, begin with what takes longest."""
    if hasattr(config, "workerinput"):
        place = {f"tests/{name}.py": number for number, name in enumerate(LONGEST)}
        items.sort(key=lambda item: place.get(item.nodeid.split("::")[0], len(place)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Where tests run side by side, keep those of a file together and begin with the longest, see `LONGEST`."""
    from xdist.scheduler import LoadFileScheduling

    if config.getvalue("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False  # else those with the most tests begin, however short they are
    return LoadFileScheduling(config, log)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 frames at 30 per second, 64 × 48, without any person."""
    return write_clip(tmp_path_factory.mktemp("clips") / "clip.mp4")


@pytest.fixture(scope="session")
def example() -> Path:
    """The folder in which the Python example of the README has run; what it printed is in ``said.txt``."""
    clip = REPOSITORY / "sample_videos" / "treadmill_side.mp4"
    if not clip.is_file():
        pytest.skip("the sample clips are not there")

    def run(folder: Path) -> None:
        (folder / "sample_videos").symlink_to(clip.parent)
        (code,) = re.findall(r"```python\n(.*?)```", (REPOSITORY / "README.md").read_text(encoding="utf-8"), re.DOTALL)
        with (
            contextlib.chdir(folder),
            (folder / "said.txt").open("w", encoding="utf-8") as said,
            contextlib.redirect_stdout(said),
        ):
            exec(compile(code, "README.md", "exec"), {})

    return folder_made_once("example", run)


@pytest.fixture(scope="session")
def shared_video() -> Callable[[str], Path]:
    """Footage of runners that lies beside some checkouts; a test that needs it is skipped elsewhere."""

    def find(name: str) -> Path:
        path = REPOSITORY.parent / "shared" / "videos" / name
        if not path.is_file():
            pytest.skip(f"{name} does not lie beside this checkout (../shared/videos)")
        return path

    return find


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Close the browser that the tests of a module shared (`tests.app.browser_pages`)."""
    pages = sys.modules.get("tests.app.browser_pages")
    if pages is not None and (nextitem is None or nextitem.path != item.path):
        pages.close_browser()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remove what the workers of this run shared (`tests.run_cache`)."""
    if not hasattr(session.config, "workerinput"):
        plugin = session.config.pluginmanager.getplugin("dsession")
        run_id = getattr(getattr(plugin, "nodemanager", None), "testrunuid", None)
        if run_id is not None:
            shutil.rmtree(run_folder(run_id), ignore_errors=True)
