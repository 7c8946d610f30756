"""Print what an installation of gait takes on the disk, one distribution a line, as a Markdown table."""

from __future__ import annotations

import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
#: Smallest size that gets a line of its own, bytes.
SHOWN = 5_000_000


def main() -> None:
    """Print a Markdown table."""
    sizes: dict[str, tuple[str, int]] = {}
    wanted_by: dict[str, set[str]] = {}
    waiting = [
        (Requirement(text), "gait")
        for text in tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]
    ]
    while waiting:
        requirement, parent = waiting.pop(0)
        name = requirement.name.lower().replace("_", "-")
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        wanted_by.setdefault(name, set()).add(parent)
        if name in sizes:
            continue
        found = metadata.distribution(name)
        size = sum(path.stat().st_size for f in found.files or [] if (path := found.locate_file(f)).is_file())  # type: ignore[attr-defined]
        sizes[name] = (found.version, size)
        waiting += [(Requirement(text), name) for text in found.requires or []]
    print("| distribution | version | MB | needed by |\n|---|---|---|---|")
    for name, (version, size) in sorted(sizes.items(), key=lambda item: -item[1][1]):
        if size >= SHOWN:
            print(f"| {name} | {version} | {size / 1e6:.0f} | {', '.join(sorted(wanted_by[name]))} |")
    small = [size for _version, size in sizes.values() if size < SHOWN]
    print(f"| {len(small)} others | | {sum(small) / 1e6:.0f} | |")
    print(f"| **all {len(sizes)}** | | **{sum(size for _version, size in sizes.values()) / 1e6:.0f}** | |")


if __name__ == "__main__":
    main()
