"""Values that no sane file holds, as they are written in JSON, TOML, YAML and tables."""

from __future__ import annotations

import json
from random import Random

#: Texts that upset terminals, spreadsheets, file systems and encoders.
ODD_TEXTS = (
    "",
    " ",
    "x" * 3000,
    "\x00",
    "a\x00b",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\u202egpj.exe",
    "\u200b\u200d\ufeff",
    "e\u0301" * 40,
    "\U0001f3c3\u200d\u2640\ufe0f",
    "\ufdfa" * 30,
    "=1+1",
    "@SUM(A1)",
    "-2+3|cmd",
    "\t=1",
    "line\nbreak",
    "line\rbreak\x85\u2028",
    "../../../../etc/passwd",
    "/",
    "~",
    "file:///etc/passwd",
    "C:\\CON",
    "NaN",
    "inf",
    "1e999",
    "0x10",
    "١٢٣",
    "½",
    "1,5",
    "1_000",
    "true",
    "null",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31T23:59:60Z",
    "[bold]x[/nope]",
    "{{ 7 * 7 }}",
    "<script>alert(1)</script>",
    "%s%n%d",
    "{0.__class__}",
)

#: Numbers at and beyond the ends of their types, as written.
ODD_NUMBERS = (
    "0",
    "-0.0",
    "-1",
    "1",
    "2",
    "1e-320",
    "1e308",
    "-1e308",
    "1e22",
    "255",
    "65536",
    "2147483647",
    "2147483648",
    "-2147483649",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "123456789012345678901234567890",
    "0.1",
    "1.5",
)


def deep_list(depth: int) -> str:
    """Nest lists; written as JSON, TOML and YAML write them."""
    return "[" * depth + "]" * depth


def odd_json(random: Random) -> str:
    """Write one odd value as JSON, or as what passes for it in Python."""
    choice = random.randrange(12)
    if choice < 3:
        return random.choice(ODD_NUMBERS)
    if choice < 6:
        return json.dumps(random.choice(ODD_TEXTS), ensure_ascii=random.random() < 0.5)
    return random.choice(
        (
            "null",
            "true",
            "false",
            "NaN",
            "Infinity",
            "-Infinity",
            "1e999",
            "-1e999",
            "9" * 400,
            "9" * 5000,
            "[]",
            "{}",
            "[[]]",
            '[null, "x", {}]',
            '{"": {"": []}}',
            '"\\ud800"',
            '"\\udcff\\u0000"',
            "[1, 2, 3]",
            "[NaN, 1e999]",
            deep_list(60),
            deep_list(3000),
            '{"a":' * 2000 + "1" + "}" * 2000,
        )
    )


def odd_toml(random: Random) -> str:
    """Write one odd value as TOML."""
    choice = random.randrange(12)
    if choice < 3:
        return random.choice(ODD_NUMBERS)
    if choice < 6:
        return json.dumps(random.choice(ODD_TEXTS), ensure_ascii=True)
    return random.choice(
        (
            "true",
            "nan",
            "inf",
            "-inf",
            "9" * 400,
            "9" * 5000,
            "[]",
            "{}",
            "{ a = { b = [1, 2.0, 'x'] } }",
            "[1, 'x', true, 1979-05-27]",
            "1979-05-27T07:32:00Z",
            "0001-01-01",
            "24:00:00",
            "0xffffffffffffffffff",
            "'''\n'''",
            "",
            deep_list(60),
            deep_list(3000),
        )
    )


def odd_yaml(random: Random) -> str:
    """Write one odd value as YAML."""
    choice = random.randrange(12)
    if choice < 3:
        return random.choice(ODD_NUMBERS)
    if choice < 6:
        return json.dumps(random.choice(ODD_TEXTS), ensure_ascii=True)
    return random.choice(
        (
            "~",
            "yes",
            ".nan",
            ".inf",
            "9" * 5000,
            "2026-02-30",
            "0o17",
            "1:60:60",
            "[a, {b: c}]",
            "!!python/object/apply:os.system ['true']",
            "!!binary aGVsbG8=",
            "!!set {a, b}",
            "&a [*a, *a]",
            "*missing",
            "os.system",
            "subprocess.Popen",
            "..",
            deep_list(60),
            deep_list(3000),
        )
    )


_ODD_CELLS = ("9" * 400, "x" * 140_000, '"', '"unclosed', "a;b", "a,b", "NaN", "-", "1e999", "−5")


def odd_cell(random: Random) -> str:
    """Give one odd cell of a table, unquoted."""
    if random.random() < 0.5:
        return random.choice(ODD_NUMBERS)
    return random.choice((*ODD_TEXTS, *_ODD_CELLS))
