"""Print which wheel of every dependency each system gets: ``python docs/wheel_table.py [PYTHON_VERSION]``.

pip chooses the versions for each system as if it installed there, from the index that it is set up with; nothing is
installed. Dependencies that only another system has (such as colorama on Windows) are found in the metadata.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import parse_wheel_filename

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
#: Name → tags of pip, newest first, and what its environment markers see.
SYSTEMS: dict[str, tuple[list[str], dict[str, str]]] = {
    "Linux, x86-64": (
        [f"manylinux_2_{glibc}_x86_64" for glibc in range(36, 4, -1)] + ["manylinux2014_x86_64"],
        {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64", "os_name": "posix"},
    ),
    "Linux, arm64": (
        [f"manylinux_2_{glibc}_aarch64" for glibc in range(36, 16, -1)] + ["manylinux2014_aarch64"],
        {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "aarch64", "os_name": "posix"},
    ),
    "macOS, Apple silicon": (
        ["macosx_14_0_arm64"],
        {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64", "os_name": "posix"},
    ),
    "macOS, Intel": (
        ["macosx_14_0_x86_64"],
        {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "x86_64", "os_name": "posix"},
    ),
    "Windows, x86-64": (
        ["win_amd64"],
        {"sys_platform": "win32", "platform_system": "Windows", "platform_machine": "AMD64", "os_name": "nt"},
    ),
}
_NEEDS = re.compile(r"(?:manylinux|macosx)_(\d+)_(\d+)_")


def main() -> None:
    """Print a Markdown table, and what is missing."""
    version = sys.argv[1] if len(sys.argv) > 1 else f"{sys.version_info.major}.{sys.version_info.minor}"
    wanted = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]
    found = {name: _wheels(tags, markers, version, wanted) for name, (tags, markers) in SYSTEMS.items()}
    pure: list[str] = []
    rows: list[str] = []
    for name in sorted({name for wheels in found.values() for name in wheels}):
        files = [wheels.get(name, "–") for wheels in found.values()]
        versions = sorted({str(parse_wheel_filename(file)[1]) for file in files if file.endswith(".whl")})
        label = f"{name} {' or '.join(versions)}"
        if all(file.endswith("-any.whl") or file == "–" for file in files):
            # Where the distribution that needs it has no wheel, it is not looked for.
            there = [s for s, w in found.items() if "no wheel" not in w.values()]
            absent = [s for s in there if name not in found[s]]
            only = " and ".join(s for s in there if s not in absent)
            pure.append(label + (f" ({only})" if absent else ""))
        else:
            rows.append(f"| {label} | {' | '.join(map(_cell, files))} |")
    print(f"| Python {version} | {' | '.join(SYSTEMS)} |\n|{'---|' * (len(SYSTEMS) + 1)}")
    print("\n".join(rows))
    print(f"\nOne wheel for all systems: {', '.join(pure)}.")


def _cell(wheel: str) -> str:
    """Return what a wheel needs: the oldest glibc or macOS."""
    if not wheel.endswith(".whl"):
        return wheel
    platforms = {tag.platform for tag in parse_wheel_filename(wheel)[3]}
    needs = [tuple(map(int, found.groups())) for text in platforms if (found := _NEEDS.match(text))]
    if not needs:
        return "yes"
    return ("macOS " if any(text.startswith("mac") for text in platforms) else "glibc ") + ".".join(
        map(str, min(needs))
    )


def _wheels(tags: list[str], markers: dict[str, str], version: str, wanted: list[str]) -> dict[str, str]:
    """Return the file of each distribution; its name, or why there is none."""
    requirements = list(wanted)
    missing: dict[str, str] = {}
    while True:
        try:
            report = _resolve(tags, version, requirements)
        except LookupError as error:
            # The first that pip names has no wheel: it is noted, and the others are looked at without it.
            name = str(error)
            if name in missing or not name:
                raise SystemExit(f"pip cannot choose wheels for {tags[0]}") from None
            missing[name] = "no wheel"
            requirements = [text for text in requirements if Requirement(text).name.lower() != name]
            continue
        installed = {_plain(item["metadata"]["name"]): item for item in report["install"]}
        more = {
            str(needed)
            for item in installed.values()
            for needed in _needed(item["metadata"].get("requires_dist") or (), markers, version)
            if _plain(needed.name) not in installed and _plain(needed.name) not in missing
        }
        if not more:
            return {n: i["download_info"]["url"].rpartition("/")[2] for n, i in installed.items()} | missing
        requirements += sorted(more)


def _needed(texts: Iterable[str], markers: dict[str, str], version: str) -> Iterable[Requirement]:
    environment = {"extra": "", "python_version": version, "python_full_version": f"{version}.0", **markers}
    for text in texts:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate(environment):
            requirement.marker = None
            yield requirement


def _resolve(tags: list[str], version: str, requirements: list[str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--quiet", "--ignore-installed"]
        command += ["--only-binary=:all:", "--python-version", version, "--target", folder, "--report", str(report)]
        command += [part for tag in tags for part in ("--platform", tag)]
        done = subprocess.run([*command, *requirements], capture_output=True, text=True, check=False)
        if done.returncode:
            line = next((text for text in done.stderr.splitlines() if "No matching distribution" in text), "")
            raise LookupError(_plain(Requirement(line.rpartition(" for ")[2]).name) if line else "")
        result: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        return result


def _plain(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


if __name__ == "__main__":
    main()
