"""How long a runner waits in the browser: from the moment a film is chosen to the first finding.

Run ``nice -n -15 python -m benchmarks.browser_wait``: it starts a server of its own, sends a film of 30 s through
Chromium several times, and prints a row for each, with the load of the machine. The form is filled in before the film
is chosen, and *Measure* is pressed at once: nobody's typing is in the times.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.films import FilmKind, film

#: Where the film's strides come from, and how long it is, s.
SOURCE, SECONDS = Path(__file__).resolve().parents[1] / "sample_videos" / "treadmill_side.mp4", 30.0
#: Seconds for which the server may load its libraries before the first film: it runs long before somebody comes. [E]
WARM_UP_S = 15.0
#: Seconds between two looks at the page, and the longest wait. [E]
LOOK_EVERY_S, LONGEST_S = 0.05, 600.0
#: What is waited for, in this order: a name, and what the page says of it.
MOMENTS = {
    "sent": "location.pathname.startsWith('/jobs/')",
    "first numbers": "document.getElementById('early')?.hidden === false",
    "first finding": "document.getElementById('first')?.hidden === false",
    "videos drawn": "document.getElementById('stage')?.textContent === 'Done'",
}


def waiting_times(page: Any, base: str, path: Path, runner: str) -> dict[str, float]:
    """Send a film, and note when the page shows what.

    Parameters
    ----------
    page : playwright.sync_api.Page
        Signed in.
    base : str
        Address of the server.
    path : Path
        The film.
    runner : str
        A name.

    Returns
    -------
    dict
        Seconds since the film was chosen, for each of `MOMENTS` that came.

    Raises
    ------
    TimeoutError
        The work did not end.
    """
    page.goto(base + "/")
    page.fill("input[name=athlete]", runner)
    page.fill("input[name=height]", "176")
    page.fill("input[name=speed]", "10.1")
    begun = time.perf_counter()
    page.set_input_files("#main-film", path)
    page.click("button.primary")
    page.wait_for_url("**/jobs/*", timeout=60_000)
    found: dict[str, float] = {}
    while "videos drawn" not in found:
        for name, sign in MOMENTS.items():
            if name not in found and page.evaluate(sign):
                found[name] = time.perf_counter() - begun
        if time.perf_counter() - begun > LONGEST_S:
            raise TimeoutError(f"no end after {LONGEST_S:g} s")
        time.sleep(LOOK_EVERY_S)
    return found


def main() -> int:
    """Measure, and print a table.

    Returns
    -------
    int
        Exit code.
    """
    # Beside the tests, which a benchmark without a browser does not need.
    from tests.app.app_process import running_app
    from tests.app.browser_pages import DESK, signed_in_context

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("film", nargs="?", type=Path, help="by default 30 s of 720 lines, made of the sample")
    parser.add_argument("--times", type=int, default=3)
    given = parser.parse_args()
    path = given.film or film(FilmKind(720, 60), SECONDS, source=SOURCE)
    print("| " + " | ".join([*MOMENTS, "load"]) + " |\n|" + "---|" * (len(MOMENTS) + 1))
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder), stub=False) as (base, client, _process):
        time.sleep(WARM_UP_S)
        with signed_in_context(base, client, **DESK) as context:
            page = context.new_page()
            for number in range(given.times):
                found = waiting_times(page, base, path, f"Runner {number + 1}")
                cells = [f"{found[name]:.1f} s" if name in found else "–" for name in MOMENTS]
                print("| " + " | ".join([*cells, f"{os.getloadavg()[0]:.1f}"]) + " |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
