"""The same batch on Dask workers, and from and to an S3 server on this machine."""

from __future__ import annotations

import json
import os
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from gait.batch.batch_run import BatchResult, analyze_batch
from gait.errors import InputError
from tests import stub_analysis as stub
from tests.conftest import REPOSITORY

distributed = pytest.importorskip("distributed", reason="the extra [cluster] is not installed")
MakeClips = Callable[..., Path]


@pytest.fixture
def cluster(trace_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Two worker processes and their scheduler on this machine."""
    import dask

    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    with (
        dask.config.set({"distributed.admin.log-format": "%(message)s", "logging.distributed": "critical"}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
        ) as started,
    ):
        yield started


def run(source: object, output: object, **options: Any) -> BatchResult:
    return analyze_batch(str(source), str(output), **{"measure": stub.measure, **options})


def stamps(folder: Path) -> dict[str, Any]:
    found = {}
    for path in folder.glob("*/session.json"):
        stamp = json.loads(path.read_text(encoding="utf-8"))
        stamp.pop("seconds")
        found[path.parent.name] = stamp
    return found


def test_a_killed_worker_costs_no_clip_and_nothing_differs_from_here(
    clip_folder: MakeClips, tmp_path: Path, cluster: Any
) -> None:
    names = [f"s{n}" for n in range(8)]
    clips = clip_folder(**{name: f"wait 0.3 {name}" for name in names}, once="die-once", nobody="refuse", crash="crash")
    here = run(clips, tmp_path / "here")
    assert {row.planned.name for row in here.sessions if row.status == "failed"} == {"nobody", "crash", "once"}
    (stub.trace() / "died").unlink()
    for path in stub.trace().iterdir():
        path.unlink()

    def kill_one() -> None:
        while len(stub.calls("ended")) < 2:
            time.sleep(0.05)
        os.kill(next(iter(cluster.workers.values())).pid, 9)

    killer = threading.Thread(target=kill_one)
    killer.start()
    there = run(clips, tmp_path / "there", cluster=cluster.scheduler_address)
    killer.join()
    assert {row.planned.name: row.status for row in there.sessions} == {
        **dict.fromkeys(names, "ok"),
        **{"once": "ok", "nobody": "failed", "crash": "failed"},
    }
    assert "ZeroDivisionError" in next(r.reason or "" for r in there.sessions if r.planned.name == "crash")
    mine, theirs = stamps(tmp_path / "here"), stamps(tmp_path / "there")
    theirs.pop("once")  # which here died with its only worker
    assert mine == theirs
    both = [result.table.query("session not in ('once', 'crash')").reset_index(drop=True) for result in (here, there)]
    pd.testing.assert_frame_equal(*both)
    # None twice, but for the one whose worker may have died between its end and its stamp.
    assert sum(count - 1 for count in Counter(stub.calls("ended")).values()) <= 1
    for name in names:
        reports = [(tmp_path / side / name / "report.json").read_bytes() for side in ("here", "there")]
        assert reports[0] == reports[1]
    # Whoever continues here has nothing to do.
    before = len(stub.calls("begun"))
    again = run(clips, tmp_path / "there")
    assert sum(row.kept for row in again.sessions) == len(names) + 2
    assert len(stub.calls("begun")) == before + 1  # the crash, which may have been a passing one


def test_a_cluster_can_be_started_from_a_file(
    clip_folder: MakeClips, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(REPOSITORY))
    file = tmp_path / "cluster.yaml"
    file.write_text(
        "cluster: distributed.LocalCluster\nworkers: 1\n"
        "options: {n_workers: 0, threads_per_worker: 1, dashboard_address: null, host: 127.0.0.1}\n",
        encoding="utf-8",
    )
    assert run(clip_folder(a="1"), tmp_path / "out", cluster=str(file)).count("ok") == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("options: {}\n", "has no cluster class"),
        ("cluster: no_such_package.Cluster\n", "is not a cluster that gait starts"),
        ("cluster: os.system\noptions: {command: 'touch taken'}\n", "is not a cluster that gait starts"),
        ("cluster: subprocess.Popen\noptions: {args: [touch, taken]}\n", "is not a cluster that gait starts"),
        ("cluster: distributed.Client\n", "is not a cluster that gait starts"),
        ("cluster: dask_jobqueue.core.Job\n", "is not a cluster that gait starts"),
        ("cluster: dask_jobqueue.OARCluster\n", "cannot be imported"),
        ("cluster: !!python/object/apply:os.system ['touch taken']\n", "cannot be used"),
        ("cluster: distributed.LocalCluster\noptions: {preload: [antigravity]}\n", "names code to load"),
        ("cluster: distributed.LocalCluster\noptions: {worker_class: os.system}\n", "names code to load"),
        ("cluster: distributed.LocalCluster\noptions: [1]\n", "options must be"),
        ("cluster: distributed.LocalCluster\nworkers: many\n", "workers must be a number"),
        ("cluster: distributed.LocalCluster\nworkers: {exec: 3}\n", "workers must be a number"),
        ("cluster: distributed.LocalCluster\ncall: os.system\n", "call is unknown"),
        ("a: &a [1]\ncluster: [*a, *a]\n", "has an alias"),
        ("x" * 200_000, "too long"),
        ("cluster: distributed.LocalCluster\noptions: {no_such_option: 1}\n", "cannot be made with these options"),
        ("cluster: [\n", "cannot be used"),
    ],
)
def test_a_file_that_says_no_cluster(clip_folder: MakeClips, tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "cluster.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        run(clip_folder(a="1"), tmp_path / "out", cluster=str(tmp_path / "cluster.yaml"))


def test_a_scheduler_that_is_not_there(clip_folder: MakeClips, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gait.batch.cluster._CONNECT_S", 0.2)
    with pytest.raises(InputError, match="no scheduler answers there"):
        run(clip_folder(a="1"), tmp_path / "out", cluster="127.0.0.1:9")


def test_file_urls_are_paths(clip_folder: MakeClips, tmp_path: Path) -> None:
    clips = clip_folder(a="1")
    result = run(clips.as_uri(), (tmp_path / "out here").as_uri(), jobs=1)
    assert result.count("ok") == 1
    assert (tmp_path / "out here" / "a" / "session.json").is_file()


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An S3 server on the loopback interface with an empty bucket."""
    pytest.importorskip("s3fs", reason="the extra [cluster] is not installed")
    server_module = pytest.importorskip("moto.server", reason="the extra [test] is not installed")
    server = server_module.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    given = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    import fsspec

    # Its buckets outlive the server within one process.
    with urllib.request.urlopen(f"http://{host}:{port}/moto-api/reset", data=b"") as answer:
        assert answer.status == 200
    fsspec.filesystem("s3").clear_instance_cache()
    system = fsspec.filesystem("s3", skip_instance_cache=True)
    system.mkdir("gait")
    yield system
    server.stop()
    fsspec.filesystem("s3").clear_instance_cache()


def test_from_s3_to_s3(clip_folder: MakeClips, tmp_path: Path, bucket: Any, cluster: Any) -> None:
    clips = clip_folder(Anna__mon_side="1", Anna__mon_rear="2", odd="3", nobody="refuse", twin="3")
    (clips / "odd.mp4").rename(clips / "Zoë + 1.mp4")
    bucket.put(f"{clips}/", "gait/clips/", recursive=True)
    there = run("s3://gait/clips", "s3://gait/out", cluster=cluster.scheduler_address)
    here = run(clips, tmp_path / "here")
    pd.testing.assert_frame_equal(here.table.drop(columns="date"), there.table.drop(columns="date"))
    assert here.table["date"].notna().all(), "when the files were written"
    assert there.table["date"].isna().all(), "a store tells when the clips were copied into it, not when they were made"
    names = {path.removeprefix("gait/out/") for path in bucket.find("gait/out")}
    assert {"index.html", "summary.csv", "Anna-mon/report.html", "Anna-mon/session.json", "Zoë-1/report.json"} <= names
    report = json.loads(bucket.cat_file("gait/out/Anna-mon/report.json"))
    assert [video["file"] for video in report["videos"]] == [
        "s3://gait/clips/Anna/mon_side.mp4",
        "s3://gait/clips/Anna/mon_rear.mp4",
    ]
    bucket.pipe_file("gait/clips/odd/side.mp4", b"an annotated video")
    bucket.pipe_file("gait/clips/odd/report.json", b"{}")  # of a report among the clips
    before = len(stub.calls("begun"))
    bucket.pipe_file("gait/clips/Zoë + 1.mp4", b"changed")
    again = run("s3://gait/clips", "s3://gait/out", jobs=1)
    assert len(stub.calls("begun")) == before + 2  # what changed, and what is not its twin any more
    assert sum(row.kept for row in again.sessions) == 2


def test_a_store_that_refuses_is_told_in_one_line(
    bucket: Any, clip_folder: MakeClips, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match="s3://gait/nothing: no video in this folder"):
        run("s3://gait/nothing", tmp_path / "out")
    with pytest.raises(InputError, match="s3://no-such-bucket/out: cannot be written to"):
        run(clip_folder(a="1"), "s3://no-such-bucket/out", jobs=1)
    with pytest.raises(InputError, match="nosuch://x/y: URLs with nosuch: are not read; give a path"):
        run("nosuch://x/y", tmp_path / "out")


def test_a_manifest_on_s3(bucket: Any, tmp_path: Path) -> None:
    bucket.pipe_file("gait/week/a.mp4", b"1")
    bucket.pipe_file("gait/week/week.csv", b"file,athlete\na.mp4,Anna\ngone.mp4,Ben\n")
    result = run("s3://gait/week/week.csv", tmp_path / "out", jobs=1)
    assert [(row.planned.athlete, row.status) for row in result.sessions] == [("Anna", "ok"), ("Ben", "failed")]
    assert "no such file" in (result.sessions[1].reason or "")
