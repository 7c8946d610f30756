"""The page that says what the fuzzer tried and found; the numbers come from the run that writes it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2

from tests.fuzz.sandbox import HANG_S, MEMORY_BYTES
from tests.fuzz.targets import KINDS, REAL_ENGINE_EVERY

if TYPE_CHECKING:
    from tests.fuzz.run import Tally

#: What the crash tests write, where they have run.
CRASHES = Path("build/fuzz/crashes.json")
#: What the hostile requests to the app write.
APP = Path("build/fuzz/app.json")


def _row(title: str, tally: Tally) -> dict[str, Any]:
    count = tally.faults
    return {
        "title": title,
        "tried": tally.tried,
        "accepted": tally.ends["accepted"],
        "rejected": tally.ends["rejected"],
        "traceback": count["traceback"] + count["exit code"],
        "crash": count["crash"],
        "hang": count["hang"],
        "message": count["message"],
        "left": count["left over"] + count["source changed"],
        "peak": f"{tally.peak / 2**20:.0f}",
    }


def write_page(file: Path, tallies: Path) -> Path:
    """Write the page.

    Parameters
    ----------
    file : Path
    tallies : Path
        Folder with the counts of each kind, as `tests.fuzz.run` keeps them.
    minutes : int
        How long the run took.
    jobs : int
        In how many processes.

    Returns
    -------
    Path
        The page.
    """
    from tests.fuzz.run import INPUTS, Tally

    records = {
        kind: json.loads((tallies / f"{kind}.json").read_text(encoding="utf-8"))
        for kind in KINDS
        if (tallies / f"{kind}.json").is_file()
    }
    total, rows = Tally(), []
    for kind, record in records.items():
        tally = Tally(Counter(record["ends"]), Counter(record["faults"]), record["peak"], record["slowest"])
        total.ends.update(tally.ends)
        total.faults.update(tally.faults)
        total.peak, total.slowest = max(total.peak, tally.peak), max(total.slowest, tally.slowest)
        rows.append(_row(KINDS[kind].title, tally))
    sources = sorted({record["sources"] for record in records.values()})
    trees = sorted({record["tree"] for record in records.values()} - {""})
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, keep_trailing_newline=True, autoescape=False)
    environment.filters["thousands"] = lambda number: f"{number:,}".replace(",", " ")
    text = environment.from_string(Path(__file__).with_name("reliability.md.jinja").read_text(encoding="utf-8")).render(
        rows=rows,
        total=_row("all", total),
        command="make fuzz",
        wanted=INPUTS,
        seed=" and ".join(sorted({str(record["seed"]) for record in records.values()})),
        tree=" and ".join(trees or ["a copy of the tree"]) + f" (hash of the sources: {', '.join(sources)})",
        seconds=round(sum(record["seconds"] for record in records.values()) / 60),
        hang_s=f"{HANG_S:g}",
        memory_gib=MEMORY_BYTES >> 30,
        slowest=f"{total.slowest:.1f}",
        real_every=REAL_ENGINE_EVERY,
        crashes=json.loads(CRASHES.read_text(encoding="utf-8")) if CRASHES.is_file() else None,
        app=json.loads(APP.read_text(encoding="utf-8")) if APP.is_file() else None,
    )
    file.write_text(text, encoding="utf-8")
    return file
