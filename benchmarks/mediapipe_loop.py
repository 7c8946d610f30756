"""The loop of MediaPipe's own guide: OpenCV reads, the landmarker tracks in VIDEO mode, nothing is drawn.

    python -m benchmarks.mediapipe_loop VIDEO MODEL.task [FRAMES]

Nothing of gait is imported, so that the time of the whole process is the loop's own. With ``FRAMES`` it ends after so
many. It prints the frames, and the seconds from the first of them to the last.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def run_loop(
    video: str, model: bytes, *, frames: int | None = None, started: Callable[[], None] = lambda: None
) -> tuple[int, float]:
    """Run the loop over a video.

    Parameters
    ----------
    video : str
    model : bytes
        Content of a ``.task`` bundle.
    frames : int, optional
        End after so many; all by default.
    started : callable
        Called when everything is imported.

    Returns
    -------
    frames : int
    seconds : float
        From the first frame to the last, without the start of the landmarker.
    """
    import cv2
    from mediapipe import Image, ImageFormat
    from mediapipe.tasks.python.core.base_options import BaseOptions
    from mediapipe.tasks.python.vision import PoseLandmarker, PoseLandmarkerOptions, RunningMode

    started()
    options = PoseLandmarkerOptions(base_options=BaseOptions(model_asset_buffer=model), running_mode=RunningMode.VIDEO)
    done = 0
    reader: Any = cv2.VideoCapture(video)
    rate = reader.get(cv2.CAP_PROP_FPS)
    with PoseLandmarker.create_from_options(options) as landmarker:
        began = time.perf_counter()
        while frames is None or done < frames:
            good, image = reader.read()
            if not good:
                break
            shown = Image(image_format=ImageFormat.SRGB, data=cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
            landmarker.detect_for_video(shown, round(done * 1000 / rate))
            done += 1
        return done, time.perf_counter() - began


def main() -> None:
    """Run the loop over the video of the command line."""
    video, model, *frames = sys.argv[1:]
    done, seconds = run_loop(video, Path(model).read_bytes(), frames=int(frames[0]) if frames else None)
    print(json.dumps({"frames": done, "seconds": seconds}))


if __name__ == "__main__":
    main()
