"""The loop of MediaPipe's own guide: OpenCV reads, the landmarker tracks in VIDEO mode, nothing is drawn.

    python -m benchmarks.mediapipe_loop VIDEO MODEL.task

Nothing of gait is imported, so that the time of the whole process is the loop's own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any


def run_loop(video: str, model: bytes, *, started: Callable[[], None] = lambda: None) -> int:
    """Run the loop over a whole video.

    Parameters
    ----------
    video : str
    model : bytes
        Content of a ``.task`` bundle.
    started : callable
        Called when everything is imported.

    Returns
    -------
    int
        Frames.
    """
    import cv2
    from mediapipe import Image, ImageFormat
    from mediapipe.tasks.python.core.base_options import BaseOptions
    from mediapipe.tasks.python.vision import PoseLandmarker, PoseLandmarkerOptions, RunningMode

    started()
    options = PoseLandmarkerOptions(base_options=BaseOptions(model_asset_buffer=model), running_mode=RunningMode.VIDEO)
    frames = 0
    reader: Any = cv2.VideoCapture(video)
    rate = reader.get(cv2.CAP_PROP_FPS)
    with PoseLandmarker.create_from_options(options) as landmarker:
        while True:
            good, image = reader.read()
            if not good:
                return frames
            shown = Image(image_format=ImageFormat.SRGB, data=cv2.cvtColor(image, cv2.COLOR_BGR2RGB))
            landmarker.detect_for_video(shown, round(frames * 1000 / rate))
            frames += 1


def main() -> None:
    """Run the loop over the video of the command line and print the number of frames."""
    print(run_loop(sys.argv[1], Path(sys.argv[2]).read_bytes()))


if __name__ == "__main__":
    main()
