"""Draw the rooms of the code and what each imports: ``python docs/make_rooms.py``.

A test holds the picture to the code.

Rooms, their order and their imports are read from the source. An arrow points from a room to one that it uses; what
follows from other arrows is left out.
"""

from __future__ import annotations

import ast
from html import escape
from pathlib import Path

from gait.atomic_files import atomic_write

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "images" / "rooms.svg"
#: From the top of the picture to the ground, as the data flows back: what stands higher may use what stands lower.
ROWS = (
    ("cli",),
    ("validation", "batch"),
    ("synthetic", "history"),
    ("io",),
    ("report",),
    ("session",),
    ("tables", "findings"),
    ("quality",),
    ("analysis",),
    ("metrics",),
    ("events",),
    ("signal",),
    ("geometry",),
    ("pose", "labelling"),
    ("video", "calibration"),
    ("records",),
)
#: The small modules that every room may use are one box.
GROUND = ("errors", "_typing", "accessors", "records", "atomic_files", "netcdf", "single_core", "checked_json")
GROUND += ("checked_toml",)
BOX_WIDTH, BOX_HEIGHT, ROW_HEIGHT, LEFT, TOP, GAP = 372, 46, 66, 150, 20, 24
WIDTH = 1040


def room_of(module: str) -> str:
    """Name the room of a module; the small modules of the ground are one."""
    room = module.split(".")[1] if "." in module else "gait"
    return "records" if room in GROUND else room


def summary(room: str) -> str:
    """Return the first line of a room's docstring."""
    if room == "records":
        return "Records, errors, type aliases, atomic files."
    folder = ROOT / "gait" / room
    path = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return text.splitlines()[0] if text else ""


def used_rooms() -> dict[str, set[str]]:
    """Map each room to the rooms that its modules import."""
    used: dict[str, set[str]] = {room: set() for row in ROWS for room in row}
    for path in sorted((ROOT / "gait").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        here = room_of(".".join(parts))
        if here not in used:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "gait":
                names = [f"gait.{alias.name}" for alias in node.names] if node.module == "gait" else [node.module]
                used[here] |= {room_of(name) for name in names} & set(used) - {here}
    return used


def reduced(used: dict[str, set[str]]) -> dict[str, set[str]]:
    """Leave out what a room also reaches through another room."""

    def reach(room: str) -> set[str]:
        found = set(used[room])
        for other in used[room]:
            found |= reach(other)
        return found

    return {room: {o for o in others if not any(o in reach(p) for p in others - {o})} for room, others in used.items()}


def picture() -> str:
    """Lay the rooms out as SVG."""
    place: dict[str, tuple[float, float]] = {}
    for row, rooms in enumerate(ROWS):
        width = len(rooms) * BOX_WIDTH + (len(rooms) - 1) * GAP
        for number, room in enumerate(rooms):
            place[room] = (LEFT + (WIDTH - 2 * LEFT - width) / 2 + number * (BOX_WIDTH + GAP), TOP + row * ROW_HEIGHT)
    height = TOP + len(ROWS) * ROW_HEIGHT
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" role="img">',
        "<title>The rooms of the code, from the command line down to records, and what each one imports</title>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0 L8 4 L0 8 Z" fill="#5b6b7b"/></marker></defs>',
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
    ]
    lanes = [0, 0]
    for room, others in reduced(used_rooms()).items():
        for other in sorted(others):
            (x1, y1), (x2, y2) = place[room], place[other]
            row_1, row_2 = (round((y - TOP) / ROW_HEIGHT) for y in (y1, y2))
            style = 'fill="none" stroke="#5b6b7b" stroke-width="1.5" marker-end="url(#tip)"'
            if row_2 - row_1 == 1:
                start, end = x1 + BOX_WIDTH / 2, x2 + BOX_WIDTH / 2
                parts.append(f'<path d="M{start:g} {y1 + BOX_HEIGHT:g} L{end:g} {y2 - 2:g}" {style}/>')
                continue
            # Around the outside, on the side of the room that the arrow starts from.
            right = x1 > (WIDTH - BOX_WIDTH) / 2 if x1 != (WIDTH - BOX_WIDTH) / 2 else x2 > x1 or lanes[1] <= lanes[0]
            lane, lanes[right] = lanes[right], lanes[right] + 1
            x1, x2 = (x1 + BOX_WIDTH, x2 + BOX_WIDTH) if right else (x1, x2)
            out = WIDTH - LEFT + 20 + 10 * lane if right else LEFT - 20 - 10 * lane
            a, b = y1 + BOX_HEIGHT / 2, y2 + BOX_HEIGHT / 2
            parts.append(f'<path d="M{x1:g} {a:g} H{out:g} V{b:g} H{x2 + (2 if right else -2):g}" {style}/>')
    for room, (x, y) in place.items():
        parts.append(
            f'<rect x="{x:g}" y="{y:g}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="8" fill="#eef4fa"'
            ' stroke="#3b5a78"/>'
            f'<text x="{x + 12:g}" y="{y + 19:g}" font-size="15" font-weight="700" fill="#16324c">'
            f"{'gait/' + room if room != 'records' else 'records, errors, …'}</text>"
            f'<text x="{x + 12:g}" y="{y + 36:g}" font-size="11.5" fill="#33475b">'
            f"{escape(shortened(summary(room)))}</text>"
        )
    return "\n".join([*parts, "</svg>", ""])


def shortened(text: str, most: int = 56) -> str:
    """Cut a line at a word."""
    text = text.rstrip(".")
    return text if len(text) <= most else text[: text.rindex(" ", 0, most)].rstrip(",;:") + " …"


def main() -> None:
    """Write the picture, whole or not at all."""
    with atomic_write(PICTURE) as temporary:
        temporary.write_text(picture(), encoding="utf-8")


if __name__ == "__main__":
    main()
