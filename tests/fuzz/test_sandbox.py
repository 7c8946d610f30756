"""The judge: what goes wrong is noticed and named, and what goes right is not."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from gait.errors import InputError
from tests.fuzz import sandbox as s
from tests.fuzz.corpus import Corpus
from tests.fuzz.mutations import flip_bytes
from tests.fuzz.targets import Action, Kind


def refuse() -> None:
    raise InputError("source/x: is not a file of this kind; give another")


def fail() -> None:
    raise KeyError("x")


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def sleep() -> None:
    time.sleep(30)


def fill_memory() -> None:
    np.ones(60 << 20, np.uint8)


def change_source() -> None:
    Path("source/x").write_bytes(b"other")


def leave_temporary_file() -> None:
    tempfile.mkstemp()


def leave_part_and_refuse() -> None:
    Path("out").mkdir()
    refuse()


def print_escape() -> None:
    print("\x1b[31mred")


def end_with_code_1() -> None:
    sys.exit(1)


def end_without_a_line() -> None:
    sys.exit(2)


def write_report() -> None:
    Path("out").mkdir()
    Path("out/report.html").write_text("x")


def print_noise() -> None:
    os.write(2, b"[h264 @ 0x55d] error while decoding\n")


def place(corpus: Corpus, name: str, content: bytes) -> dict[str, bytes]:
    return {"source/x": content}


def actions(do: Callable[[], None], corpus: Corpus, name: str, number: int) -> list[Action]:
    return [Action("action", do)]


def know_only(kind: Kind) -> None:
    """Let this process, a worker, know one kind of file."""
    s.KINDS = {"made": kind}


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[s.Sandbox]:
    corpus = Corpus(samples={"made": [("x", b"abc" * 100)]})
    box = s.Sandbox(corpus, tmp_path_factory.mktemp("box"))
    yield box
    box.stop()


@pytest.fixture
def tried(box: s.Sandbox) -> Callable[..., s.Outcome]:
    """Try one input with one action in a worker."""

    def run(do: Callable[[], None]) -> s.Outcome:
        box.stop()  # a worker knows what was there when it began
        box.begin = partial(know_only, Kind("made", (flip_bytes,), place, partial(actions, do)))
        return box.run(s.Input("made", 1, 19))

    return run


@pytest.mark.parametrize(
    ("do", "end"),
    [
        (refuse, "rejected"),
        (write_report, "accepted"),
        (fail, "traceback"),
        (crash, "crash"),
        (change_source, "source changed"),
        (leave_temporary_file, "left over"),
        (leave_part_and_refuse, "left over"),
        (print_escape, "message"),
        (print_noise, "message"),
        (end_with_code_1, "exit code"),
        (end_without_a_line, "message"),
    ],
)
def test_each_fault_is_named(tried: Callable[..., s.Outcome], do: Callable[[], None], end: str) -> None:
    outcome = tried(do)
    assert outcome.end == end, outcome.details
    assert (outcome.end in s.FAULTS) == bool(outcome.faults)


def test_a_hang_is_ended(tried: Callable[..., s.Outcome], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s, "HANG_S", 1.0)
    hang = tried(sleep)
    assert hang.end == "hang"
    assert "in sleep" in hang.details, "it says where"
    assert tried(refuse).end == "rejected", "another worker takes over"


def test_memory_counts_from_the_beginning_of_each_input(tried: Callable[..., s.Outcome]) -> None:
    used = tried(refuse).peak
    assert tried(fill_memory).peak > used + (50 << 20)
    assert tried(refuse).peak < used + (30 << 20)


def test_an_input_is_decided_by_seed_kind_and_number(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = Kind("made", (flip_bytes,), lambda c, n, d: {"source/x": d}, lambda c, n, i: [])
    monkeypatch.setattr(s, "KINDS", {"made": kind})
    corpus = Corpus(samples={"made": [("x", b"abc" * 100)]})
    made = [s.Input("made", number, seed).make(corpus)[1] for seed in (1, 2) for number in range(20)]
    assert made == [s.Input("made", number, seed).make(corpus)[1] for seed in (1, 2) for number in range(20)]
    assert len(set(made)) > 35
    assert s.Input("made", 1, 1, "y", b"given").make(corpus) == ("y", b"given")
