"""Results of a benchmark, stored part by part: a run that was interrupted goes on after its last part."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.processes import ROOT

#: What decides the figures; pages of the app, texts and tests do not.
_SOURCES = ("gait/**/*.py", "gait/calibration/*", "benchmarks/*.py", "constraints.txt")
_LEFT_OUT = ("gait/app/", "gait/live/", "gait/history/", "gait/labelling/", "benchmarks/benchmarks_page.py")


@cache
def code_version() -> str:
    """Hash the code that decides the figures.

    Returns
    -------
    str
        12 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for path in sorted(path for pattern in _SOURCES for path in ROOT.glob(pattern) if path.is_file()):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(_LEFT_OUT):
            digest.update(f"{name}\n".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


@dataclass(frozen=True)
class StoredParts:
    """A folder with one JSON file for each part of a benchmark.

    Attributes
    ----------
    folder : Path
        Made when the first part is stored.
    code : str
        Parts that were measured with other code are measured again.
    any_code : bool
        Take parts that were measured with other code too.
    """

    folder: Path
    code: str
    any_code: bool = False

    def part(self, name: str, measure: Callable[[], Any], **settings: object) -> Any:
        """Return the result of a part, measured now unless it is stored.

        Parameters
        ----------
        name : str
            Name of its file.
        measure : callable
            Returns what JSON can hold.
        **settings : object
            A part that was measured with other settings is measured again.

        Returns
        -------
        object
            As it comes out of JSON.
        """
        path = self.folder / f"{name}.json"
        wanted = json.loads(json.dumps(settings, default=str))
        stored = self._read(path)
        if stored is not None and stored["settings"] == wanted and (self.any_code or stored["code"] == self.code):
            print(f"{name}: stored {stored['measured']}, not measured again", flush=True)
            return stored["result"]
        began = time.perf_counter()
        result = json.loads(json.dumps(measure()))
        record = {"code": self.code, "measured": time.strftime("%Y-%m-%d %H:%M"), "settings": wanted}
        record |= {"seconds": round(time.perf_counter() - began, 1), "result": result}
        self.folder.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp")
        temporary.write_text(json.dumps(record), encoding="utf-8")
        temporary.replace(path)
        print(f"{name}: {record['seconds']:.0f} s", flush=True)
        return result

    def measured_with_other_code(self) -> list[str]:
        """Name the stored parts whose code is not this one.

        Returns
        -------
        list of str
        """
        records = {path.stem: self._read(path) for path in sorted(self.folder.glob("*.json"))}
        return [name for name, record in records.items() if record is not None and record["code"] != self.code]

    def forget(self) -> None:
        """Remove all parts."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def _read(path: Path) -> dict[str, Any] | None:
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        fields = {"code", "settings", "result", "measured"}
        return record if isinstance(record, dict) and fields <= set(record) else None
