"""The documentation tells the truth: its Python runs, its commands exist, its generated pages are those of the code."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from gait.owned_files import FILES_LIST
from tests.conftest import REPOSITORY, write_clip
from tests.documents import PAGES, Block, blocks_of, commands_of, script, understood
from tests.sample_clips import SAMPLES, first_seconds

BLOCKS = [block for page in PAGES for block in blocks_of(page)]
SITE = (REPOSITORY / "mkdocs.yml").read_text(encoding="utf-8")
#: Pages whose Python is run by tests of their own, which also look at what it says.
RUN_ELSEWHERE = {"README.md": "tests/test_readme.py", "synthetic.md": "tests/synthetic/test_document.py"}
#: Languages that are shown and not run.
SHOWN = ("toml", "json", "text", "csv", "yaml")
VIDEO = "treadmill_side.mp4"
#: Pages whose Python analyses a whole sample; here it has its first seconds only.
SHORT_SAMPLE_S = {"batch.md": 3.5}


def test_every_block_of_code_is_of_a_kind_that_is_run_parsed_or_only_shown() -> None:
    assert BLOCKS
    for block in BLOCKS:
        assert block.kind in ("", "python", "sh", *SHOWN), f"{block}: {block.kind!r} is run by no test"
    for page, test in RUN_ELSEWHERE.items():
        assert (REPOSITORY / test).is_file(), f"{page} is run by no test"


def python_pages() -> list[Path]:
    return sorted({b.page for b in BLOCKS if b.kind == "python" and b.page.name not in RUN_ELSEWHERE})


@pytest.mark.slow
@pytest.mark.parametrize("page", python_pages(), ids=lambda p: p.name)
def test_the_python_of_a_page_runs_from_top_to_bottom(
    page: Path, example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a folder with the sample videos, ``kept`` with the poses of six seconds, ``week`` with a clip of nobody."""
    if page.name in SHORT_SAMPLE_S:
        first_seconds(SAMPLES / VIDEO, tmp_path / "sample_videos" / VIDEO, SHORT_SAMPLE_S[page.name])
    else:
        (tmp_path / "sample_videos").symlink_to(SAMPLES)
    (tmp_path / "kept").mkdir()
    for name in ("pose_1.nc", FILES_LIST):  # without its list, nothing shows that gait wrote the file
        shutil.copy(example / "report" / name, tmp_path / "kept" / name)
    (tmp_path / "week").mkdir()
    write_clip(tmp_path / "week" / "nobody_side.mp4")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "__main__"}
    for block in (b for b in blocks_of(page) if b.kind == "python"):
        exec(compile("\n" * (block.line - 1) + block.code, str(page), "exec"), names)


COMMANDS = [(block, words) for block in BLOCKS for words in commands_of(block)]


@pytest.mark.parametrize(
    ("block", "words"), [c for c in COMMANDS if c[1][0] == "gait"], ids=lambda p: str(p) if isinstance(p, Block) else ""
)
def test_gait_commands_are_parsed_but_not_run(block: Block, words: list[str]) -> None:
    """Command, options and arguments exist; whether the files do, and what comes out, is not seen.

    Running all of them would take many minutes; ``tests/end_to_end`` runs those that matter.
    """
    understood(words[1:])


def test_a_command_that_does_not_exist_would_be_noticed() -> None:
    for wrong in (["analyse", "run.mp4"], ["check", "--heigth", "178", "run.mp4"], ["check"]):
        with pytest.raises(Exception, match=r"(?i)no such|missing"):
            understood(wrong)


def test_make_targets_and_extras_that_are_named_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), flags=re.M))
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    for target in re.findall(r"`make ([a-z-]+)", text) + [w[1] for _, w in COMMANDS if w[0] == "make"]:
        assert target in targets, target
    for extras in re.findall(r"(?:gait|\.)\[([a-z, ]+)\]", text):
        for extra in extras.split(","):
            assert extra.strip() in project["optional-dependencies"], extra


def test_files_of_the_project_that_are_named_exist() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for name in re.findall(r"`((?:docs|gait|models|notebooks|tests|benchmarks|sample_videos)/[\w./]*)`", text):
            assert "NAME" in name or (REPOSITORY / name).exists(), f"{page.name}: {name}"
        for target in re.findall(r"\]\(((?!https?:|#)[^)#\s]+)", text):
            taken_in = target in ("changelog.md", "contributing.md") and page.parent.name == "docs"
            assert taken_in or (page.parent / target).exists(), f"{page.name}: {target}"


def test_no_page_is_missing_in_the_navigation() -> None:
    for page in (REPOSITORY / "docs").glob("*.md"):
        assert re.search(rf": {re.escape(page.name)}$", SITE, flags=re.M), page.name


def test_the_page_of_metrics_is_what_its_script_makes() -> None:
    make = script(REPOSITORY / "docs" / "make_metrics.py")
    assert make.PAGE.read_text(encoding="utf-8") == make.page(), "run: python docs/make_metrics.py"
    for figure in make.FIGURES:
        assert (REPOSITORY / "docs" / "images" / "method" / f"{figure}.svg").is_file()


def test_a_page_that_loads_from_elsewhere_fails_the_build() -> None:
    pytest.importorskip("mkdocs", reason="the site needs gait[docs]")
    found = script(REPOSITORY / "docs" / "site_hooks.py").fetched_from_elsewhere
    for text in (
        '<link rel="stylesheet" href="https://fonts.example/css?family=Roboto">',
        "<script async src=//cdn.example/math.js></script>",
        '<img alt="x" src="http://badge.example/build.svg">',
        "@import 'https://fonts.example/a.css';",
        ".a { background: url(https://pictures.example/b.png) }",
    ):
        assert found(text), text
    for text in (
        '<a href="https://example.org/paper">paper</a>',
        '<img src="images/report.png"><script src="assets/bundle.js"></script>',
        "url(\"data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg'></svg>\")",
    ):
        assert not found(text), text


def test_root_pages_keep_their_links_on_the_site() -> None:
    pytest.importorskip("mkdocs", reason="the site needs gait[docs]")
    inside = script(REPOSITORY / "docs" / "site_hooks.py").inside
    assert inside("[a](docs/method.md#events), [b](CHANGELOG.md)") == "[a](method.md#events), [b](changelog.md)"
    assert inside("[the licence](LICENSE)") == "the licence (`LICENSE`)"
    assert inside("[paper](https://example.org)") == "[paper](https://example.org)"


def test_the_citation_is_of_this_version() -> None:
    yaml = pytest.importorskip("yaml", reason="reading the citation needs gait[docs]")
    cited = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text(encoding="utf-8"))
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert str(cited["version"]) == project["version"]
    assert cited["license"] == project["license"]
    assert {"cff-version", "message", "title", "authors"} <= set(cited)
    changes = (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{project['version']}]" in changes


def prose_lines(page: Path) -> list[tuple[int, str]]:
    """Give the lines of a page that are prose: no code, no table, no image."""
    lines, in_code = [], False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("```"):
            in_code = not in_code
        elif not in_code and not line.startswith(("|", "    ", "![")):
            lines.append((number, line))
    return lines


@pytest.mark.parametrize(
    "page",
    sorted(
        [
            *REPOSITORY.glob("*.md"),
            *(p for r in ("docs", "calibration", "tests", "models") for p in (REPOSITORY / r).rglob("*.md")),
        ]
    ),
    ids=lambda p: p.name,
)
def test_prose_has_at_most_120_characters_a_line(page: Path) -> None:
    assert not [f"{page.name}:{number}" for number, line in prose_lines(page) if len(line) > 120]


def test_the_picture_of_the_rooms_is_that_of_the_code() -> None:
    make = script(REPOSITORY / "docs" / "make_rooms.py")
    assert make.PICTURE.read_text(encoding="utf-8") == make.picture(), "run: python docs/make_rooms.py"
