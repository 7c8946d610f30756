"""Clips are drawn and seen anew when the code that makes them changes, not when its words do."""

from __future__ import annotations

from pathlib import Path

from gait.pose.appearance import shoes
from gait.validation.rendered_clips import UNCACHED_MODULES, _code_without_docstrings

CODE = '''"""What it is."""
def half(x):
    """Halve."""  # why
    return x / 2
'''


def test_words_do_not_count_and_code_does(tmp_path: Path) -> None:
    texts = {
        "before": CODE,
        "words": CODE.replace("Halve.", "Give half of it.").replace("# why", "").replace("What it is", "Another"),
        "code": CODE.replace("x / 2", "x / 3"),
    }
    made = {}
    for name, text in texts.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
        made[name] = _code_without_docstrings(tmp_path / f"{name}.py")
    assert made["words"] == made["before"] != made["code"]


def test_what_is_not_kept_does_not_count() -> None:
    assert Path(shoes.__file__) in UNCACHED_MODULES
