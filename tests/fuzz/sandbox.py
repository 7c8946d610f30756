"""One input at a time in a process that may hang, crash or eat memory, and a judge of what it did."""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import hashlib
import multiprocessing
import os
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from typing import Any

from tests.fuzz.corpus import Corpus
from tests.fuzz.mutations import flip_bytes
from tests.fuzz.targets import KINDS, Action

#: Limits of the issue: seconds for one input, bytes of memory.
HANG_S, MEMORY_BYTES = 60.0, 2 << 30
#: A worker that holds more is killed before the machine suffers.
_KILL_BYTES = 4 << 30
#: Address space of a worker, bytes: an allocation beyond it fails as on a machine without memory.
_ADDRESS_SPACE = 24 << 30
#: One input in so many is made of a sample that is long enough to be measured, which takes seconds. [E]
LONG_EVERY = 16
#: Inputs after which a fresh worker takes over. [E]
_INPUTS_PER_WORKER = 400
#: File to which a worker writes where it is when it hangs.
_STACKS = "stacks.txt"
#: Faults in order of weight; the first that applies names an input.
FAULTS = ("crash", "hang", "memory", "traceback", "exit code", "message", "source changed", "left over")

#: Beginnings of hidden names that a folder of results has by design: which files are gait's own, and who writes now.
_OWN_RECORDS = (".gait-files", ".gait-batch")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Input:
    """One input: which sample of which kind, changed by which seed; or bytes that are given."""

    kind: str
    number: int
    seed: int
    name: str | None = None
    content: bytes | None = None

    def make(self, corpus: Corpus) -> tuple[str, bytes]:
        """Give the name of the file and its content."""
        if self.content is not None and self.name is not None:
            return self.name, self.content
        random = Random(f"{self.seed}/{self.kind}/{self.number}")
        samples = corpus.samples[self.kind]
        long = [sample for sample in samples if sample[0].startswith("long")]
        quick = [sample for sample in samples if sample not in long]
        turn, rest = divmod(self.number, LONG_EVERY)
        name, content = long[turn % len(long)] if long and not rest else quick[self.number % len(quick)]
        others = [other for _, other in samples]
        if random.random() < 0.1:  # a file of another kind under this name
            others = [data for kind in sorted(corpus.samples) for _, data in corpus.samples[kind]]
        for _ in range(random.choice((1, 1, 1, 2))):
            mutation = random.choice(KINDS[self.kind].mutations)
            try:
                content = mutation(random, content, others)
            except Exception:  # a second mutation that reads the format finds it broken by the first
                content = flip_bytes(random, content, others)
        return name, content[: 8 << 20]


@dataclass
class Outcome:
    """What came of one input.

    Attributes
    ----------
    end : str
        ``accepted``, ``rejected`` (one line, or a batch that lists the reason), or one of `FAULTS`.
    details : str
        Of a fault.
    action : str
        The last action that was begun.
    said : str
        Why it was refused.
    peak : int
        Bytes.
    seconds : float
        Time of the processor, without what other work on the machine took.
    """

    end: str = "accepted"
    details: str = ""
    action: str = ""
    said: str = ""
    peak: int = 0
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)

    def add(self, fault: str, details: str) -> None:
        """Note a fault; the weightiest one names the input."""
        self.faults.append(fault)
        if self.end not in FAULTS or FAULTS.index(fault) < FAULTS.index(self.end):
            self.end, self.details = fault, f"{self.action}: {details}"


# --- in the worker ------------------------------------------------------------------------------------------------


def _snapshot(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or path.is_file():
            found[path.relative_to(folder).as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()
        elif path.is_dir():
            found[path.relative_to(folder).as_posix() + "/"] = ""
    return found


def _peak_bytes() -> int:
    text = Path("/proc/self/status").read_text()
    own = int(re.search(r"VmHWM:\s+(\d+)", text)[1]) << 10  # type: ignore[index]
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10)


def _processor_s() -> float:
    return sum(resource.getrusage(who).ru_utime + resource.getrusage(who).ru_stime for who in _WHO)


_WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


class _Streams:
    """The two streams of the process as files, also for libraries in C."""

    def __init__(self, folder: Path) -> None:
        self._files = [(folder / name).open("w+b") for name in ("stdout", "stderr")]
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for number, file in enumerate(self._files, 1):
            os.dup2(file.fileno(), number)
        sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115

    def take(self) -> tuple[str, str]:
        """Return what was written since the last call."""
        sys.stdout.flush()
        sys.stderr.flush()
        texts = []
        for number, file in enumerate(self._files, 1):
            size = os.fstat(file.fileno()).st_size
            texts.append(os.pread(file.fileno(), min(size, 1 << 20), 0).decode("utf-8", errors="replace"))
            os.ftruncate(number, 0)
            os.lseek(number, 0, os.SEEK_SET)
        return texts[0], texts[1]


def _judge(
    outcome: Outcome, action: Action, code: int, output: tuple[str, str], before: Mapping[str, str], case: Path
) -> None:
    written, complaint = output
    lines = [line for line in complaint.splitlines() if line.strip()]
    if "Traceback (most recent call last)" in complaint or "Traceback (most recent call last)" in written:
        outcome.add("traceback", f"is printed: {complaint[-600:]}")
    if code not in action.codes:
        outcome.add("exit code", f"{code}: {complaint[-300:]}")
    if code == 2 and len(lines) != 1:
        outcome.add("message", f"{len(lines)} lines on standard error: {complaint[:800]!r}")
    if code == 0 and re.search(r"Warning: |Error: |\[\w+ @ 0x", complaint):
        outcome.add("message", f"noise on standard error: {complaint[:800]!r}")
    if odd := _CONTROL.search(complaint + written):
        kind = unicodedata.name(odd[0], f"U+{ord(odd[0]):04X}")
        outcome.add("message", f"{kind} is printed: {(complaint + written)[max(0, odd.start() - 100) :][:200]!r}")
    after = _snapshot(case)
    for path, digest in before.items():
        own = path.rpartition("/")[2].startswith(_OWN_RECORDS)
        if not own and not path.startswith(action.may_leave or "\0") and after.get(path) != digest:
            outcome.add("source changed", path)
    for path in after.keys() - before.keys():
        name = path.rstrip("/").rpartition("/")[2]
        unfinished = name.startswith(".") or name.endswith((".part", ".tmp"))
        if (unfinished and not name.startswith(_OWN_RECORDS)) or (
            code != 0 and not path.startswith(action.may_leave or "\0")
        ):
            outcome.add("left over", f"{path} (code {code}: {complaint[:200].strip()})")


def _run_action(action: Action) -> tuple[int, str]:
    """Do it; return the exit code, and a traceback where it ended with one."""
    from gait.errors import GaitError

    try:
        if callable(action.do):
            action.do()
        else:
            from gait.cli.main import main

            main(list(action.do))
    except SystemExit as end:
        return (end.code if isinstance(end.code, int) else 0 if end.code is None else 1), ""
    except GaitError as error:  # of a function that was called directly
        from gait.cli.terminal_output import print_error

        print_error(str(error))
        return 2, ""
    except BaseException:
        return 1, traceback.format_exc()
    return 0, ""


def _try(given: Input, corpus: Corpus, streams: _Streams, work: Path, pipe: Connection) -> Outcome:
    name, content = given.make(corpus)
    kind = KINDS[given.kind]
    case, temporary = work / "case", work / "tmp"
    for folder in (case, temporary):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    for path, data in kind.place(corpus, name, content).items():
        (case / path).parent.mkdir(parents=True, exist_ok=True)
        (case / path).write_bytes(data)
    os.chdir(case)
    os.environ["TMPDIR"], tempfile.tempdir = str(temporary), str(temporary)
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    outcome, begun = Outcome(), _processor_s()
    for action in kind.actions(corpus, name, given.number):
        outcome.action = action.name
        pipe.send(action.name)
        before = _snapshot(case)
        streams.take()
        code, trace = _run_action(action)
        output = streams.take()
        if trace:
            outcome.add("traceback", trace[-3000:])
        else:
            _judge(outcome, action, code, output, before, case)
        if code == 2 and outcome.end == "accepted":
            outcome.end, outcome.said = "rejected", output[1].strip()[-300:]
        if litter := sorted(path.name for path in temporary.iterdir()):
            outcome.add("left over", f"in the folder for temporary files: {', '.join(litter)}")
    outcome.seconds, outcome.peak = _processor_s() - begun, _peak_bytes()
    if outcome.peak > MEMORY_BYTES:
        outcome.add("memory", f"{outcome.peak / 2**30:.2f} GiB")
    os.chdir(work)
    return outcome


def _serve(pipe: Connection, corpus: Corpus, work: Path, begin: Callable[[], None] | None) -> None:
    gc.freeze()  # what was imported before the fork stays
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    stacks = (work / _STACKS).open("w", encoding="utf-8")
    faulthandler.register(signal.SIGUSR1, stacks, all_threads=True)
    for category in (RuntimeWarning, UserWarning, ResourceWarning):
        warnings.simplefilter("always" if category is not ResourceWarning else "ignore", category)
    streams = _Streams(work)
    if begin is not None:
        begin()
    while True:
        try:
            given = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(_try(given, corpus, streams, work, pipe))
        except BaseException:  # a fault of the fuzzer itself
            pipe.send(Outcome("crash", f"fuzzer: {traceback.format_exc()}"))


# --- in the supervisor --------------------------------------------------------------------------------------------


def _resident_bytes(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (OSError, IndexError):
        return 0
    return pages * resource.getpagesize() + sum(_resident_bytes(int(child)) for child in children)


def _queued_s(pid: int) -> float:
    """Return how long the main threads of a process and of those that it has started have waited for a core."""
    total = 0.0
    for number in (pid, *_descendants(pid)):
        with contextlib.suppress(OSError, IndexError, ValueError):
            total += int(Path(f"/proc/{number}/schedstat").read_text().split()[1]) / 1e9
    return total


def fork_context() -> Any:
    """Give the means to fork from a process that is started for it: a fork of one with threads may hang for ever.

    Returns
    -------
    multiprocessing.context.BaseContext
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.fuzz.preloaded"])
    return context


class Sandbox:
    """A worker process that is replaced when it dies, hangs or has done enough.

    Parameters
    ----------
    corpus : Corpus
    work : Path
        Folder for its files.
    begin : callable, optional
        Called in each new worker; can be pickled.
    """

    def __init__(self, corpus: Corpus, work: Path, begin: Callable[[], None] | None = None) -> None:
        self._corpus, self._work, self._count, self.begin = corpus, work, 0, begin
        self._process: Any = None
        self._pipe: Any = None

    def _start(self) -> None:
        self._work.mkdir(parents=True, exist_ok=True)
        context = fork_context()
        self._pipe, far_end = context.Pipe()
        self._process = context.Process(target=_serve, args=(far_end, self._corpus, self._work, self.begin))
        self._process.start()
        far_end.close()
        self._count = 0

    def stop(self) -> None:
        """End the worker and what it has started."""
        if self._process is None:
            return
        children = _descendants(self._process.pid)
        self._pipe.close()
        self._process.join(1)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        for pid in children:
            with contextlib.suppress(OSError):
                os.kill(pid, 9)
        self._process = None

    def run(self, given: Input) -> Outcome:
        """Try one input.

        Parameters
        ----------
        given : Input
        """
        if self._process is None or self._count >= _INPUTS_PER_WORKER:
            self.stop()
            self._start()
        self._count += 1
        self._pipe.send(given)
        action, begun, queued = "", time.monotonic(), _queued_s(self._process.pid)
        while True:
            try:
                if self._pipe.poll(0.2):
                    message = self._pipe.recv()
                    if isinstance(message, Outcome):
                        return message
                    action, begun, queued = message, time.monotonic(), _queued_s(self._process.pid)
                    continue
            except (EOFError, OSError):
                self._process.join()
                code = self._process.exitcode
                self._process = None
                return Outcome("crash", f"{action}: ended with {code}", action, faults=["crash"])
            used = _resident_bytes(self._process.pid)
            if used > _KILL_BYTES:
                self.stop()
                return Outcome("memory", f"{action}: {used / 2**30:.1f} GiB", action, used, faults=["memory"])
            # Time in the queue for a core does not count: the machine may be busy with other work.
            if time.monotonic() - begun - (_queued_s(self._process.pid) - queued) > HANG_S:
                stacks = self._stacks()
                self.stop()
                details = f"{action}: over {HANG_S:g} s\n{stacks}"
                return Outcome("hang", details, action, used, HANG_S, faults=["hang"])

    def _stacks(self) -> str:
        """Ask a worker that hangs where it is."""
        os.kill(self._process.pid, signal.SIGUSR1)
        time.sleep(0.5)
        return (self._work / _STACKS).read_text(encoding="utf-8", errors="replace")


def _descendants(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return [*children, *(below for child in children for below in _descendants(child))]
    return []


@contextlib.contextmanager
def sandbox(corpus: Corpus) -> Iterator[Sandbox]:
    """Make a worker in a folder of its own, which is removed."""
    with tempfile.TemporaryDirectory(prefix="gait-fuzz-") as folder:
        box = Sandbox(corpus, Path(folder))
        try:
            yield box
        finally:
            box.stop()
