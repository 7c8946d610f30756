"""The fuzzer: ``python -m tests.fuzz.run --inputs 10000`` (``make fuzz``).

Every input is decided by the seed, its kind and its number. A failing one is saved, with the command that repeats it.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import pickle
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.sandbox import FAULTS, HANG_S, Input, Outcome, Sandbox, fork_context, sandbox
from tests.fuzz.targets import KINDS

SEED = 19
#: Inputs of the long run.
INPUTS = 10_000
#: No kind gets fewer inputs of a long run.
_LEAST = 120
#: Inputs of one kind before the next kind has its turn. [E]
_TURN = 24
#: Kinds with a sample that is accepted as it is; the clips of the others are too short to be measured.
MEASURABLE = frozenset(KINDS) - {"mov", "mkv", "webm", "avi", "mpegts", "raw_h264"}


@dataclass
class Tally:
    """What came of the inputs of one kind."""

    ends: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    peak: int = 0
    slowest: float = 0.0
    seconds: float = 0.0

    @property
    def tried(self) -> int:
        """Number of inputs."""
        return self.ends.total()

    def add(self, outcome: Outcome) -> None:
        """Count one outcome."""
        self.ends[outcome.end] += 1
        self.faults.update(set(outcome.faults))
        self.peak = max(self.peak, outcome.peak)
        self.slowest = max(self.slowest, outcome.seconds)
        self.seconds += outcome.seconds


def shares(total: int, kinds: Sequence[str]) -> dict[str, int]:
    """Share out the inputs: the same for each kind, and what costs more gets a little less.

    Parameters
    ----------
    total : int
    kinds : sequence of str

    Returns
    -------
    dict
        Kind → number of inputs, ``total`` in all.
    """
    weight = {kind: KINDS[kind].seconds ** -0.8 for kind in kinds}
    least = min(_LEAST, total // len(kinds))
    rest = total - least * len(kinds)
    counts = {kind: least + int(rest * weight[kind] / sum(weight.values())) for kind in kinds}
    counts[kinds[0]] += total - sum(counts.values())
    return counts


def make_corpus_apart() -> object:
    """Make the corpus in a process of its own, which has imported everything."""
    context = fork_context()
    with tempfile.TemporaryDirectory(prefix="gait-corpus-") as folder:
        target = Path(folder, "corpus.pickle")
        process = context.Process(target=_write_corpus, args=(Path(folder), target))
        process.start()
        process.join()
        if process.exitcode:
            raise RuntimeError("the corpus could not be made")
        return pickle.loads(target.read_bytes())


def _write_corpus(folder: Path, target: Path) -> None:
    from tests.fuzz.corpus import make_corpus

    work = folder / "work"
    work.mkdir()
    target.write_bytes(pickle.dumps(make_corpus(work)))


@contextlib.contextmanager
def prepared_sandbox(kept_corpus: Path | None = None) -> Iterator[tuple[Sandbox, object]]:
    """Make the corpus, or load a kept one, and a worker."""
    os.environ.setdefault("GAIT_MODEL", "full")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if kept_corpus is not None and kept_corpus.is_file():
        corpus = pickle.loads(kept_corpus.read_bytes())
    else:
        corpus = make_corpus_apart()
        if kept_corpus is not None:
            kept_corpus.write_bytes(pickle.dumps(corpus))
    with sandbox(corpus) as box:  # type: ignore[arg-type]
        yield box, corpus


def save_failure(folder: Path, given: Input, corpus: object, outcome: Outcome) -> Path:
    """Keep a failing input with what it did and the command that repeats it.

    Parameters
    ----------
    folder : Path
    given : Input
    corpus : Corpus
    outcome : Outcome

    Returns
    -------
    Path
        The input.
    """
    name, content = given.make(corpus)  # type: ignore[arg-type]
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{given.kind}-{given.number}-{name}"
    file.write_bytes(content)
    command = f"python -m tests.fuzz.run --replay {file}"
    file.with_name(f"{file.name}.txt").write_text(
        f"{outcome.end}: {outcome.details}\n\nrepeat: {command}\n", encoding="utf-8", errors="replace"
    )
    return file


def replay(file: Path, kept_corpus: Path | None = None) -> int:
    """Try a saved input again; return the exit code.

    Parameters
    ----------
    file : Path
        Named ``<kind>-<number>-<name>``, as `save_failure` does.
    kept_corpus : Path, optional
    """
    kind, number, name = file.name.split("-", 2)
    with prepared_sandbox(kept_corpus) as (box, _):
        outcome = box.run(Input(kind, int(number), SEED, name, file.read_bytes()))
    print(f"{outcome.end} {outcome.said} ({outcome.seconds:.1f} s, {outcome.peak / 2**20:.0f} MiB) {outcome.details}")
    return int(outcome.end in FAULTS)


def run_kinds(
    counts: Mapping[str, int], given: argparse.Namespace, prepared: tuple[Sandbox, object] | None = None
) -> bool:
    """Try inputs of some kinds in this process, and keep what came of each kind; return whether a fault was found.

    The kinds take turns, so that a run that is stopped early has tried something of each. ``prepared`` is a worker
    that runs already, with its corpus.
    """
    seen: Counter[str] = Counter()
    tallies = {kind: Tally() for kind in counts}
    state = {"seed": given.seed, "sources": sources_hash(), "tree": tree_state()}
    given.tallies.mkdir(parents=True, exist_ok=True)
    with contextlib.nullcontext(prepared) if prepared else prepared_sandbox(given.corpus) as (box, corpus):
        for begin in range(0, max(counts.values()), _TURN):
            for kind, count in counts.items():
                for number in range(given.first + begin, given.first + min(begin + _TURN, count)):
                    one = Input(kind, number, given.seed)
                    outcome = box.run(one)
                    tallies[kind].add(outcome)
                    if outcome.seconds > given.slow:
                        print(f"  {kind} {number}: {outcome.seconds:.1f} s", flush=True)
                    if outcome.end in FAULTS:
                        file = save_failure(given.failures, one, corpus, outcome)
                        place = " ".join(outcome.details.strip().split())[-160:]
                        seen[place] += 1
                        if seen[place] == 1:
                            print(f"  {kind} {number}: {outcome.end}: {place}\n    {file}", flush=True)
                if begin < count:
                    text = json.dumps({**vars(tallies[kind]), **state}, indent=1)
                    (given.tallies / f"{kind}.json").write_text(text, encoding="utf-8")
    for kind, tally in tallies.items():
        bad = {fault: tally.faults[fault] for fault in FAULTS if tally.faults[fault]}
        print(
            f"{kind}: {tally.tried} tried, {tally.ends['accepted']} accepted, {tally.ends['rejected']} rejected, "
            f"{bad or 'no fault'}, peak {tally.peak / 2**20:.0f} MiB, {tally.seconds:.0f} s, "
            f"slowest {tally.slowest:.1f} s",
            flush=True,
        )
    return bool(seen)


def run_unchanged(kinds: Iterable[str], given: argparse.Namespace, prepared: tuple[Sandbox, object]) -> bool:
    """Try the samples as they are; return whether there was a fault, or a kind of which no sample was accepted."""
    bad = False
    box, corpus = prepared
    for kind in kinds:
        ends = {}
        for name, content in corpus.samples[kind]:  # type: ignore[attr-defined]
            outcome = box.run(Input(kind, 13, given.seed, name, content))
            ends[name] = outcome.end
            if outcome.said:
                print(f"  {name}: {outcome.said}", flush=True)
            if outcome.end in FAULTS:
                print(f"  {name}: {outcome.details}", flush=True)
        print(f"{kind} unchanged: {', '.join(f'{name} {end}' for name, end in ends.items())}", flush=True)
        bad |= bool(set(ends.values()) & set(FAULTS)) or (kind in MEASURABLE and "accepted" not in ends.values())
    return bad


def run_side_by_side(counts: Mapping[str, int], given: argparse.Namespace) -> bool:
    """Share the kinds out over several processes; return whether one of them found a fault."""
    groups: list[dict[str, int]] = [{} for _ in range(given.jobs)]
    cost = {kind: KINDS[kind].seconds * count for kind, count in counts.items()}
    for kind in sorted(counts, key=lambda kind: -cost[kind]):
        min(groups, key=lambda group: sum(cost[k] for k in group))[kind] = counts[kind]
    options = ["--seed", str(given.seed), "--first", str(given.first), "--slow", str(given.slow)]
    options += ["--failures", str(given.failures), "--tallies", str(given.tallies)]
    command = [sys.executable, "-m", "tests.fuzz.run", *options]
    running = [
        subprocess.Popen([*command, *(word for kind, count in group.items() for word in ("--only", f"{kind}={count}"))])
        for group in groups
        if group
    ]
    codes = [process.wait() for process in running]
    return any(codes)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the fuzzer; return the exit code, 1 where a fault was found.

    Parameters
    ----------
    arguments : sequence of str, optional
        By default those of the process.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.run", description=__doc__)
    parser.add_argument("--inputs", type=int, default=INPUTS, help="over all kinds; 0: only --report")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", action="append", metavar="KIND[=COUNT]", help=f"repeatable: {', '.join(KINDS)}")
    parser.add_argument("--first", type=int, default=0, help="number of the first input of each kind")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument(
        "--unchanged", action="store_true", help="try the samples as they are; before the inputs of kinds with a count"
    )
    parser.add_argument("--replay", type=Path, metavar="FILE", help="try a saved input again")
    parser.add_argument("--failures", type=Path, default=Path("build/fuzz/failures"), help="folder for failing inputs")
    parser.add_argument("--tallies", type=Path, default=Path("build/fuzz/tallies"), help="folder for counts by kind")
    parser.add_argument("--slow", type=float, default=HANG_S, metavar="S", help="name inputs that take longer")
    parser.add_argument("--corpus", type=Path, metavar="FILE", help="keep the corpus there, or use it")
    parser.add_argument("--report", type=Path, metavar="FILE.md", help="page to write, from all counts in the folder")
    given = parser.parse_args(arguments)
    if given.replay is not None:
        return replay(given.replay, given.corpus)
    named = {word.partition("=")[0]: word.partition("=")[2] for word in given.only or KINDS}
    if unknown := sorted(named.keys() - KINDS.keys()):
        parser.error(f"unknown kind {unknown[0]}; there are {', '.join(KINDS)}")
    counts = shares(given.inputs, list(named)) | {kind: int(count) for kind, count in named.items() if count}
    faults = False
    if given.unchanged:
        with prepared_sandbox(given.corpus) as prepared:  # its worker, which takes long to start, also tries the inputs
            faults = run_unchanged(named, given, prepared)
            if any(named.values()):
                faults |= run_kinds(counts, given, prepared)
        return int(faults)
    if given.inputs:
        faults = run_side_by_side(counts, given) if given.jobs > 1 else run_kinds(counts, given)
    if given.report is not None:
        from tests.fuzz.reliability_page import write_page

        write_page(given.report, given.tallies)
    return int(faults)


def tree_state() -> str:
    """Name the commit that was run, and say whether files differ from it."""
    try:
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
        changed = subprocess.run(["git", "status", "--porcelain", "gait"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return commit.stdout.strip() + (" with later changes" if changed.stdout.strip() else "")


def sources_hash() -> str:
    """Hash the sources of the package: which code was run, committed or not."""
    import gait

    digest = hashlib.sha256()
    folder = Path(gait.__file__).parent
    for path in sorted(folder.rglob("*.py")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


if __name__ == "__main__":
    sys.exit(main())
