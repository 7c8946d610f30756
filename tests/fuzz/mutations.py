"""Seeded mutations: of bytes, of structured text, of tables, of the fields that a format keeps in its headers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from tests.fuzz.odd_values import odd_cell, odd_json, odd_toml, odd_yaml

#: (random numbers, content, other samples to splice with) → mutated content.
Mutation = Callable[[Random, bytes, Sequence[bytes]], bytes]

#: What overflows, ends or empties a field of 1, 2, 4 or 8 bytes.
_FIELD_VALUES = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 40)
#: No mutated file is longer, bytes.
_LONGEST = 4 << 20


# --- bytes --------------------------------------------------------------------------------------------------------


def flip_bytes(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Change one to sixty-four bytes anywhere."""
    data = bytearray(content)
    for _ in range(min(len(data), 2 ** random.randrange(7))):
        at = random.randrange(len(data))
        data[at] ^= random.choice((1 << random.randrange(8), random.randrange(1, 256)))
    return bytes(data)


def truncate(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Leave out the end, or the beginning."""
    at = random.randrange(len(content) + 1)
    return content[:at] if random.random() < 0.8 else content[at:]


def move_blocks(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Double, remove, blank or insert a block."""
    length = 1 + random.randrange(max(1, min(len(content), 4096)))
    begin = random.randrange(max(1, len(content) - length + 1))
    block, end = content[begin : begin + length], begin + length
    replacement = random.choice((block * 2, b"", bytes(len(block)), b"\xff" * len(block), random.randbytes(length)))
    return content[:begin] + replacement + content[end:]


def splice(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Put the beginning of one file before the end of another."""
    other = random.choice(others) if others else content
    return content[: random.randrange(len(content) + 1)] + other[random.randrange(len(other) + 1) :]


def repeat(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Write a file several times after itself."""
    return content * random.choice((2, 3, 10))


def overwrite_fields(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Put extreme numbers into fields anywhere."""
    return _with_fields(random, content, 0, len(content))


def overwrite_header(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Put extreme numbers into fields of the first kilobyte."""
    return _with_fields(random, content, 0, min(len(content), 1024))


def overwrite_fields_after(*marks: bytes, within: int = 64) -> Mutation:
    """Make a mutation that puts extreme numbers behind one of these marks, such as the names of MP4's boxes."""
    pattern = re.compile(b"|".join(re.escape(mark) for mark in marks))

    def mutate(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
        places = [match.start() for match in pattern.finditer(content)]
        if not places:
            return flip_bytes(random, content, others)
        place = random.choice(places)
        return _with_fields(random, content, max(0, place - 4), min(len(content), place + within))

    return mutate


def _with_fields(random: Random, content: bytes, begin: int, end: int) -> bytes:
    data = bytearray(content)
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        size = random.choice((1, 2, 4, 4, 8))
        if end - begin < size:
            break
        at = begin + random.randrange(end - begin - size + 1)
        value = random.choice((*_FIELD_VALUES, random.getrandbits(8 * size))) % (1 << 8 * size)
        data[at : at + size] = value.to_bytes(size, random.choice(("big", "little")))
    return bytes(data)


#: For every kind of file.
BYTE_MUTATIONS: tuple[Mutation, ...] = (
    flip_bytes,
    flip_bytes,
    truncate,
    move_blocks,
    splice,
    repeat,
    overwrite_fields,
    overwrite_header,
)


# --- JSON ---------------------------------------------------------------------------------------------------------


def change_json(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Replace, remove, rename, double or exchange values of a JSON document."""
    document = json.loads(content)
    raw: list[str] = []
    for _ in range(random.choice((1, 1, 1, 2, 3, 8))):
        document = _changed_node(random, document, raw)
    text = json.dumps(document, ensure_ascii=random.random() < 0.5)
    for number, value in enumerate(raw):
        text = text.replace(f'"<raw {number}>"', value)
    return text.encode("utf-8", errors="surrogatepass")


def _places(node: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in pairs:
        found.append((node, key))
        _places(value, found)
    return found


def _changed_node(random: Random, document: Any, raw: list[str]) -> Any:
    places = _places(document, [])
    raw.append(odd_json(random))
    token = f"<raw {len(raw) - 1}>"
    if not places or random.random() < 0.02:
        return token
    # Those near the top decide more and are fewer: every other time one of them.
    top = [place for place in places if place[0] is document]
    parent, key = random.choice(top if random.random() < 0.3 else places)
    change = random.randrange(8)
    if change < 4:
        parent[key] = token
    elif change == 4:
        del parent[key]
    elif change == 5 and isinstance(parent, dict):
        parent[random.choice(("", key + "x", "\ud83d", key.upper()))] = parent.pop(key)
    elif change == 6 and isinstance(parent, list):
        parent[key:key] = [parent[key]] * random.choice((1, 2, 50))
    else:
        other, other_key = random.choice(places)
        parent[key] = json.loads(json.dumps(other.get(other_key) if isinstance(other, dict) else None))
    return document


def nest_json(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Wrap a document, or hide a very deep list in it."""
    depth = random.choice((1, 10, 500, 2000, 100_000))
    if random.random() < 0.5:
        return b"[" * depth + content + b"]" * depth
    return content.rstrip()[:-1] + b', "x": ' + b"[" * depth + b"]" * depth + b"}"


JSON_MUTATIONS: tuple[Mutation, ...] = (change_json,) * 10 + (nest_json,)


# --- TOML and YAML ------------------------------------------------------------------------------------------------


def _change_lines(random: Random, content: bytes, sign: str, odd: Callable[[Random], str]) -> bytes:
    """Replace what stands right of a sign, or remove, double or move lines."""
    lines = content.decode("utf-8", errors="replace").split("\n")
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        at = random.randrange(len(lines))
        change = random.randrange(8)
        if change < 5:
            with_sign = [n for n, line in enumerate(lines) if sign in line and not line.lstrip().startswith("#")]
            if with_sign:
                at = random.choice(with_sign)
                lines[at] = f"{lines[at].partition(sign)[0]}{sign} {odd(random)}"
        elif change == 5:
            lines.insert(at, lines[random.randrange(len(lines))])
        elif change == 6:
            del lines[at]
            lines = lines or [""]
        else:
            lines.insert(at, random.choice(("[x]", "[[x]]", f"x{sign} 1", "---", "\t", f'"{"k" * 3000}"{sign} 1', "[")))
    return "\n".join(lines).encode("utf-8", errors="surrogatepass")


def change_toml(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Change values or lines of a TOML document."""
    return _change_lines(random, content, "=", odd_toml)


def change_yaml(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Change values or lines of a YAML document."""
    return _change_lines(random, content, ":", odd_yaml)


TOML_MUTATIONS: tuple[Mutation, ...] = (change_toml,) * 10
YAML_MUTATIONS: tuple[Mutation, ...] = (change_yaml,) * 10


# --- tables -------------------------------------------------------------------------------------------------------


def change_table(separator: str) -> Mutation:
    """Make a mutation that changes cells, rows and columns of a table."""

    def mutate(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
        lines = [line.split(separator) for line in content.decode("utf-8", errors="replace").split("\n")]
        for _ in range(random.choice((1, 1, 2, 4, 16))):
            row = random.randrange(len(lines)) if random.random() < 0.6 else random.randrange(min(6, len(lines)))
            column = random.randrange(len(lines[row]))
            change = random.randrange(9)
            if change < 5:
                lines[row][column] = odd_cell(random)
            elif change == 5:
                lines.insert(row, list(lines[row]))
            elif change == 6:
                del lines[row]
                lines = lines or [[""]]
            elif change == 7:
                for cells in lines:
                    if column < len(cells):
                        cells.insert(column, cells[column])
            else:
                for cells in lines:
                    del cells[column : column + 1]
                lines = [cells or [""] for cells in lines]
        return "\n".join(separator.join(cells) for cells in lines).encode("utf-8", errors="surrogatepass")

    return mutate


def write_otherwise(random: Random, content: bytes, others: Sequence[bytes]) -> bytes:
    """Write a text in another encoding, with other separators, line ends, quotes or decimal signs."""
    text = content.decode("utf-8", errors="replace")
    for _ in range(random.choice((1, 2))):
        text = random.choice(
            (
                lambda t: t.replace(",", ";"),
                lambda t: t.replace(",", "\t"),
                lambda t: t.replace(";", ","),
                lambda t: t.replace("\t", " "),
                lambda t: t.replace(".", ","),
                lambda t: t.replace("\n", "\r\n"),
                lambda t: t.replace("\n", "\r"),
                lambda t: t.replace("\n", "\n\n"),
                lambda t: "sep=;\n" + t,
                lambda t: '"' + t,
                lambda t: t.upper(),
                lambda t: t + t,
                lambda t: "\x00".join(t[:50]) + t[50:],
                lambda t: t.replace("e", "é").replace("a", "ä"),
            )
        )(text)
    encoding = random.choice(("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252", "cp500", "utf-7"))
    return text.encode(encoding, errors="replace")


def table_mutations(separator: str) -> tuple[Mutation, ...]:
    """Give the mutations of a table with this separator."""
    return (change_table(separator),) * 8 + (write_otherwise,) * 3
