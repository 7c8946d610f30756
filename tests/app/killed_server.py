"""Kill the server of the app at bad moments, start it again, and compare: ``python -m tests.app.killed_server``.

The work is real: the networks see a short film. The report of each job that was disturbed must be the one of a job
that was not. `tests.app.test_web_server` does the same with a stand-in for the work.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

from tests.app.app_client import PIECE, TUS, add_athlete, announce, upload
from tests.app.app_process import kill, running_app
from tests.conftest import REPOSITORY

CLIP = REPOSITORY / "sample_videos" / "treadmill_side.mp4"
#: Part of the clip that is measured, seconds.
END_S = 5.0
#: Seconds for which a job may take, and between two looks at it.
_PATIENCE_S, _LOOK_S = 600.0, 0.1
#: Where the server is killed. Stages of a job are named as in its record.
MOMENTS = ("upload", "queue", "check", "poses", "report", "videos")


@dataclass
class Kill:
    """What came of one kill.

    Attributes
    ----------
    moment : str
    stage : str
        Where the job was at that time.
    seconds : float
        From the new start to the end of the job.
    differs : list of str
        Fields of the report that are not those of an undisturbed job.
    """

    moment: str
    stage: str
    seconds: float
    differs: list[str]


def _job(client: Any, athlete: int, clip: str) -> dict[str, Any]:
    body = {"athlete": athlete, "uploads": [clip], "options": {"end_s": END_S}}
    answer = client.post("/api/v1/jobs", json=body)
    assert answer.status_code == 202, answer.text
    made: dict[str, Any] = answer.json()
    return made


def _wait(client: Any, job: str, reached: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        record: dict[str, Any] = client.get(f"/api/v1/jobs/{job}").json()
        if reached(record) or record["state"] in ("done", "failed", "cancelled"):
            return record
        time.sleep(_LOOK_S)
    raise SystemExit(f"killed_server: the job is still {record['state']} ({record['stage']})")


def _ended(_record: dict[str, Any]) -> bool:
    return False


def _report(client: Any, record: dict[str, Any]) -> dict[str, Any]:
    if record["state"] != "done":
        raise SystemExit(f"killed_server: the job has {record['state']}: {record['reason']}")
    report: dict[str, Any] = client.get(f"/api/v1/sessions/{record['session']}/report").json()
    for video in report["videos"]:  # its folder is another one for each server
        video["file"] = Path(video["file"]).name
    return report


def differences(first: Any, second: Any, where: str = "") -> list[str]:
    """List the fields in which two reports differ.

    Parameters
    ----------
    first, second : Any
        Of JSON.
    where : str

    Returns
    -------
    list of str
    """
    if isinstance(first, dict) and isinstance(second, dict):
        keys = sorted(first.keys() | second.keys())
        return [d for k in keys for d in differences(first.get(k), second.get(k), f"{where}.{k}")]
    if isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        pairs = enumerate(zip(first, second, strict=True))
        return [d for number, (a, b) in pairs for d in differences(a, b, f"{where}[{number}]")]
    return [] if first == second else [where]


def kill_at(moment: str, expected: dict[str, Any], *, stub: bool, seed: int) -> Kill:
    """Kill the server once, and follow the job to its end after the next start.

    Parameters
    ----------
    moment : str
        One of `MOMENTS`.
    expected : dict
        Report of an undisturbed job.
    stub : bool
        Whether a stand-in does the work.
    seed : int

    Returns
    -------
    Kill
    """
    chance = random.Random(f"{seed} {moment}")
    folder = Path(tempfile.mkdtemp(prefix="gait-kill-"))
    content = CLIP.read_bytes() if not stub else b"SLOW run" + bytes(100_000)
    try:
        with running_app(folder, stub=stub) as (base, client, process):
            client.timeout = 60
            athlete = add_athlete(client, "Anna")
            if moment == "upload":
                place = announce(client, len(content), athlete=athlete)
                part = chance.randrange(len(content) // 4, len(content) * 3 // 4)
                client.patch(place, content=content[:part], headers={**PIECE, "Upload-Offset": "0"})
                identifier, job, stage = place.rsplit("/", 1)[-1], None, "receiving"
            else:
                identifier = upload(client, content, athlete=athlete)
                if moment == "queue":
                    _job(client, athlete, identifier)  # keeps the lane, so that the next one waits
                made = _job(client, athlete, identifier)
                job, stage = made["id"], "waiting"
                if moment == "check":
                    stage = _wait(client, made["after"], lambda r: r["state"] == "running")["stage"]
                elif moment != "queue":
                    stage = _wait(client, job, lambda r: r["stage"] == moment)["stage"]
                    time.sleep(chance.uniform(0.0, 1.0) if moment == "poses" else 0.0)
            kill(process)
            cookies, token = client.cookies, client.headers["X-CSRF-Token"]
        begun = time.monotonic()
        with (
            running_app(folder, stub=stub, port=urlsplit(base).port or 0),
            httpx2.Client(base_url=base, cookies=cookies, headers={"X-CSRF-Token": token}, timeout=60) as again,
        ):
            if moment == "upload":
                offset = int(again.head(f"/api/v1/uploads/{identifier}", headers=TUS).headers["upload-offset"])
                headers = {**PIECE, "Upload-Offset": str(offset)}
                answer = again.patch(f"/api/v1/uploads/{identifier}", content=content[offset:], headers=headers)
                assert answer.status_code == 204, answer.text
                job = _job(again, athlete, identifier)["id"]
            assert job is not None
            record = _wait(again, job, _ended)
            report = _report(again, record)
        return Kill(moment, stage or "", time.monotonic() - begun, differences(expected, report))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def undisturbed(*, stub: bool) -> tuple[dict[str, Any], float]:
    """Measure the film without a kill.

    Parameters
    ----------
    stub : bool

    Returns
    -------
    tuple
        Report, and seconds from the request to the end.
    """
    folder = Path(tempfile.mkdtemp(prefix="gait-kill-"))
    content = CLIP.read_bytes() if not stub else b"SLOW run" + bytes(100_000)
    try:
        with running_app(folder, stub=stub) as (_base, client, _process):
            client.timeout = 60
            athlete = add_athlete(client, "Anna")
            identifier = upload(client, content, athlete=athlete)
            begun = time.monotonic()
            record = _wait(client, _job(client, athlete, identifier)["id"], _ended)
            return _report(client, record), time.monotonic() - begun
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Kill, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seed", type=int, default=22)
    parser.add_argument("--stub", action="store_true", help="with a stand-in for the work")
    parser.add_argument("--model", default="full", help="network of the real work")
    given = parser.parse_args()
    os.environ["GAIT_MODEL"] = given.model
    expected, seconds = undisturbed(stub=given.stub)
    print(f"undisturbed: {seconds:.0f} s\n")
    print("| killed in | stage | s to the end after the start | fields that differ |\n|---|---|---|---|")
    worst = 0
    for number in range(given.rounds):
        for moment in MOMENTS:
            made = kill_at(moment, expected, stub=given.stub, seed=given.seed + number)
            worst = max(worst, len(made.differs))
            print(f"| {made.moment} | {made.stage} | {made.seconds:.0f} | {len(made.differs)} |", flush=True)
            for field in made.differs[:5]:
                print(f"killed_server: {moment}: {field}", file=sys.stderr)
    sys.exit(1 if worst else 0)


if __name__ == "__main__":
    main()
