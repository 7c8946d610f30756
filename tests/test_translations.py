"""The catalogues of the translations: nothing missing, nothing broken, and no text of the report beside them."""

from __future__ import annotations

import ast
import gettext
import io
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("babel", reason="Babel, which makes translations, is not installed")

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from rich.console import Console

from gait import display_language
from gait.batch.batch_history import AbsentAthlete
from gait.batch.clip_check import FilmAgain
from gait.batch.index_page import IndexNotes, render_index
from gait.batch.planned_session import ClipEntry, PlannedSession
from gait.batch.session_row import SessionRow
from gait.batch.skipped_files import SkippedFile
from gait.cli.compare_command import _print_comparison
from gait.cli.error_hints import options_that_help
from gait.cli.history_tables import print_athlete, print_athletes, print_metric
from gait.errors import GaitError
from gait.findings.answers import Answers, load_answers, parse_answers
from gait.formatted_message import message_from_json, message_to_json
from gait.history.athlete_history import History
from gait.history.comparison import compare
from gait.history.comparison_page import render_comparison_page
from gait.history.history_page import render_history_page
from gait.history.season import AthleteSeason, SeasonChange
from gait.history.season_page import render_season_page
from gait.io.report_reader import read_report
from gait.metrics.grading import other_view_text
from gait.pose.picture_stretch import PictureFault, PictureStretch
from gait.quality.observations import observe_length, observe_pictures, observe_speed
from gait.quality.quality_records import ExpectedMetric, VideoCheck
from gait.quality.running_rate import RunningRate
from gait.records import Runner
from gait.report.html_page import render_html
from gait.report.quality_summary import print_check
from gait.report.terminal_summary import print_summary
from gait.video import probe
from tests.fake_sessions import FakeSession, fake_session, typical_measurements
from tests.made_reports import measured, report
from tests.source_code import modules
from translations.catalogues import collect_messages, compiled, po_path, read_catalogue, translated_languages

LANGUAGES = translated_languages()
PSEUDO = "xx"
#: What stands outside of messages: names, citations, units and files.
_ALLOWED = re.compile(
    r"""km/h|mph|min/km|\bcm\b|\bkm\b|\bpx\b|\bms\b|\bs\b|\bHz\b|95\s%|\bn\b|L|R|gait\s\S+
    |\S+\.(?:mp4|toml|mov|csv|jpg)|legs?/s|m/s²|steps/min|[AB]\s−\sA|gait\sbatch\s…\s--prune|\bdoi\b|BlazePose\S*|Ada""",
    re.VERBOSE,
)
_INLINE = {"b", "small", "i", "em", "strong", "span", "code", "a"}


def first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else str(message.id[0])


def texts_of(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


@pytest.fixture(scope="module")
def collected() -> Catalog:
    return collect_messages()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str, collected: Catalog) -> None:
    catalogue = read_catalogue(language)
    known = {(first(m), m.context): m for m in catalogue if m.id}
    wanted = {(first(m), m.context) for m in collected if m.id}
    assert sorted(map(str, wanted - known.keys())) == [], "run `make translations`"
    assert sorted(map(str, known.keys() - wanted)) == [], "run `make translations`"
    empty = [first(m) for m in known.values() if not all(texts_of(m)) or m.fuzzy]
    assert empty == [], f"{len(empty)} texts without translation"


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders_and_tags_are_those_of_the_english_text(language: str) -> None:
    wrong = []
    for message in read_catalogue(language):
        if not message.id:
            continue
        ids = (message.id,) if isinstance(message.id, str) else message.id
        for pattern in (r"\{[^{}]*\}", r"</?[a-z]+[^>]*>"):
            wanted = Counter(re.findall(pattern, ids[-1]))
            for text in filter(None, texts_of(message)):
                found = Counter(re.findall(pattern, text))
                # A plural form may do without its number.
                if found.keys() != wanted.keys() and not (len(ids) > 1 and wanted.keys() - found.keys() == {"{count}"}):
                    wrong.append((first(message), text))
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_begin_and_end_as_in_english(language: str) -> None:
    wrong = [
        (first(m), text)
        for m in read_catalogue(language)
        if m.id
        for text in texts_of(m)
        if text and (text != text.strip() or (first(m).endswith(".") and text[-1] not in ".!?…»“”)"))
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_that_of_the_texts(language: str) -> None:
    stored = po_path(language).with_suffix(".mo").read_bytes()
    assert stored == compiled(language), "run `make translations`"


def test_no_message_is_hidden_in_an_f_string() -> None:
    hidden = [
        f"{module.name}:{call.lineno}"
        for module in modules("gait")
        for text in ast.walk(ast.parse(module.path.read_text(encoding="utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ("_", "gettext", "ngettext", "pgettext", "N_")
        and any(isinstance(a, ast.Constant) and isinstance(a.value, str) for a in call.args)
    ]
    assert hidden == [], "collectors of messages do not look into f-strings"


def test_no_function_uses_the_name_of_gettext_for_a_value() -> None:
    wrong = []
    for module in modules("gait"):
        for function in ast.walk(ast.parse(module.path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                # A comprehension has a scope of its own.
                stored = _stored_names(function)
                called = any(
                    isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id == "_"
                    for n in ast.walk(function)
                )
                if called and "_" in stored:
                    wrong.append(f"{module.name}.{function.name}")
    assert wrong == []


_OWN_SCOPE = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.FunctionDef, ast.Lambda)


def _stored_names(function: ast.FunctionDef) -> set[str]:
    names: set[str] = set()
    todo: list[ast.AST] = list(function.body)
    while todo:
        node = todo.pop()
        if isinstance(node, _OWN_SCOPE):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        todo += ast.iter_child_nodes(node)
    return names


class Shown(HTMLParser):
    """Collects the texts that a reader or a screen reader gets."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._buffer = ""
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        if tag not in _INLINE:
            self._flush()
        spoken = ("aria-label", "alt", "title", "placeholder", "data-plain", "data-play", "data-pause", "data-start")
        self.texts += [value for name, value in attrs if name in spoken and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")
        if tag not in _INLINE:
            self._flush()

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._buffer += data

    def _flush(self) -> None:
        self.texts.append(self._buffer)
        self._buffer = ""


def outside(text: str) -> str:
    """Drop what stands in brackets, innermost first; a sentence that was cut keeps its opening bracket."""
    while (shorter := re.sub("⟦[^⟦⟧]*⟧", "", text)) != text:
        text = shorter
    return text.partition("⟦")[0]


@pytest.fixture
def pseudo(collected: Catalog, monkeypatch: pytest.MonkeyPatch) -> str:
    """A language in which every text stands in brackets."""
    marked = Catalog(locale="en")
    for message in collected:
        if message.id:
            ids = (message.id,) if isinstance(message.id, str) else message.id
            string: Any = tuple(f"⟦{one}⟧" for one in ids)
            marked.add(message.id, string if len(ids) > 1 else string[0], context=message.context)
    buffer = io.BytesIO()
    write_mo(buffer, marked)
    translations = gettext.GNUTranslations(io.BytesIO(buffer.getvalue()))
    read = display_language._catalogue
    monkeypatch.setattr(display_language, "_catalogue", lambda code: translations if code == PSEUDO else read(code))
    return PSEUDO


def session_in(language: str, **about: Any) -> FakeSession:
    """Make a session in a language, as `gait.analyze` does."""
    # The reasons of these measurements are made up.
    measurements = [replace(m, reason=None) for m in typical_measurements()]
    with display_language.speak(language):
        return replace(fake_session(measurements, **about), language=language)


def sources() -> str:
    """All that is quoted: articles, sections and papers."""
    from gait.findings.knowledge_loader import load_knowledge

    knowledge = load_knowledge()
    quoted = [a.title for a in knowledge.articles.values()]
    quoted += [t for p in knowledge.papers.values() for t in (p.cite, p.journal, p.doi or "")]
    entries = (*knowledge.corrections.values(), *knowledge.warnings.values())
    quoted += [passage.section for entry in entries for passage in entry.passages]
    quoted += [knowledge.care.section, *(re.split(r"\s*[:(]", a.title)[0] for a in knowledge.articles.values())]
    from gait.findings.exercises import load_exercises

    quoted += [exercise.section for exercise in load_exercises()]
    return "|".join(re.escape(text) for text in sorted(set(quoted), key=len, reverse=True) if text)


def untranslated(texts: list[str]) -> list[str]:
    quoted = re.compile(sources())
    left = (" ".join(_ALLOWED.sub(" ", quoted.sub(" ", outside(" ".join(t.split())))).split()) for t in texts)
    return sorted({text for text in left if re.search(r"[A-Za-z]{2}", text)})


@pytest.mark.parametrize("runner", [Runner("Ada", 1.7, None, 3.0), Runner()], ids=["known", "unknown"])
def test_the_report_has_no_text_beside_the_catalogues(pseudo: str, runner: Runner) -> None:
    session = session_in(pseudo, runner=runner, answers=Answers({"pain_where": ("hip_front",), "pain_strength": 4.0}))
    page = Shown()
    page.feed(render_html(session))  # type: ignore[arg-type]
    assert untranslated(page.texts) == []


def test_the_terminal_has_no_text_beside_the_catalogues(pseudo: str) -> None:
    session = session_in(pseudo)
    out = io.StringIO()
    print_summary(session, Console(file=out, width=300))  # type: ignore[arg-type]
    assert untranslated(out.getvalue().splitlines()) == []


def test_the_season_has_no_text_beside_the_catalogues(pseudo: str) -> None:
    with display_language.speak(pseudo):
        change = SeasonChange("cadence", "both", "", "2026-03-01", other_speed=True)
        seasons = [
            AthleteSeason("Ada", 3, "2026-03-08", "2026-03-01", "file", "measured", changes=(change,), compared=9),
            AthleteSeason("Ada", 2, "2026-03-08", "2026-03-01", "report", "measured", compared=9),
            AthleteSeason("Ada", here="failed"),
            AthleteSeason("Ada"),
        ]
        page = Shown()
        page.feed(render_season_page(seasons, of_batch=True, table="season.csv"))
    assert untranslated(page.texts) == []


def test_a_history_has_no_text_beside_the_catalogues(
    pseudo: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    with display_language.speak(pseudo), History(tmp_path / "history.db", create=True) as history:
        for day, cadence, speed in ((1, 160.0, 3.0), (8, 172.0, 3.1)):
            found = report(
                measured("cadence", cadence),
                measured("tibia_angle", 8.0, side="left"),
                measured("contact_time", 0.24 + day / 1e4, 0.001, side="right"),
                name="Ada",
                speed=speed,
            )
            history.add(found, date=f"2026-03-0{day}")
        page = Shown()
        page.feed(render_history_page(history, "Ada"))
        print_athletes(history)
        print_athlete(history, "Ada")
        print_metric(history, "Ada", "contact_time")
    assert untranslated([*page.texts, *capsys.readouterr().out.splitlines()]) == []


def test_a_comparison_has_no_text_beside_the_catalogues(pseudo: str) -> None:
    with display_language.speak(pseudo):
        one = report(measured("cadence", 160.0), measured("tibia_angle", 8.0, side="left"), name="Ada", speed=3.0)
        other = report(measured("cadence", 172.0), measured("tibia_angle", 8.2, side="left"), name="Ada", speed=3.1)
        comparison = compare(one, other)
        page = Shown()
        page.feed(render_comparison_page(comparison, {}, {"side": "compare.mp4"}))
        out = io.StringIO()
        _print_comparison(comparison, Console(file=out, width=300))
    assert untranslated([*page.texts, *out.getvalue().splitlines()]) == []


def test_the_index_of_a_batch_has_no_text_beside_the_catalogues(pseudo: str) -> None:
    planned = PlannedSession(
        "Ada", (ClipEntry("/x/a.mp4", "a.mp4"),), "Ada", date="2026-03-08", slug="a", date_from="file"
    )
    state = {"status": "ok", "reason": None, "view": "side"}
    findings = ({"metric": "cadence", "severity": "mild", "headline": "Ada"},)
    notes = IndexNotes(
        film_again=(FilmAgain("Ada", "Ada", "t.mp4", "Ada", None, True),),
        skipped=(SkippedFile("a.jpg", "Ada"),),
        absent=(AbsentAthlete("Ada", "Ada", "2026-03-01"), AbsentAthlete("Ada")),
        stale=("Ada",),
        problems=("Ada",),
        season=True,
        unselected=2,
    )
    values = ({"value": 1.0, "clip": 0}, {"value": None, "clip": 0})
    rows = [
        SessionRow(planned, "ok", None, (state,), (), values),
        SessionRow(planned, "ok", None, (state,), findings, values, likely=findings),
        SessionRow(planned, "failed", "Ada", (state,)),
        SessionRow(planned, "waiting", None, (state,)),
    ]
    with display_language.speak(pseudo):
        page = Shown()
        page.feed(render_index(rows, planned=9, notes=notes))
    assert untranslated(page.texts) == []


def test_errors_and_hints_have_no_text_beside_the_catalogues(pseudo: str, tmp_path: Path) -> None:
    with display_language.speak(pseudo):
        errors = []
        for cause in (
            lambda: probe(tmp_path / "gone.mp4"),
            lambda: probe(tmp_path),
            lambda: load_answers(tmp_path / "gone.toml"),
            lambda: parse_answers({"pain_strength": 70}),
            lambda: parse_answers({"shoe_miles": "far"}),
            lambda: read_report(tmp_path),
        ):
            with pytest.raises(GaitError) as raised:
                cause()  # type: ignore[no-untyped-call]
            errors.append(str(raised.value))
        errors.append(options_that_help(["slow_cadence", "height_missing"], command="check") or "")
    assert [text for text in errors if not text.startswith("⟦")] == []


def test_a_check_has_no_text_beside_the_catalogues(pseudo: str) -> None:
    with display_language.speak(pseudo):
        rate = RunningRate(41.0, 0.1)
        observations = (
            observe_length(2.0, rate),
            observe_length(12.0, RunningRate(165.0, 1.0)),
            observe_speed(rate, 30.0),
            observe_speed(None, 30.0),
            observe_speed(RunningRate(230.0, 1.0), 30.0),
            observe_pictures(PictureStretch(1.0, 9.0, whole=False, faults=(PictureFault("cut", 1.0),)), 0.0),
        )
        expected = (
            ExpectedMetric("cadence", "both", "good"),
            ExpectedMetric("tibia_angle", "left", "fair", None),
            ExpectedMetric("arm_crossover", "left", "refused", other_view_text(("front",)), "not_visible"),
        )
        check = VideoCheck(
            "run.mp4", 960, 720, 60.0, 60.0, 12.0, "side", "left", 2.0, 41.0, None, observations, expected
        )
        out = io.StringIO()
        print_check(check, Console(file=out, width=300))
    assert untranslated(out.getvalue().splitlines()) == []


def test_what_is_kept_with_poses_is_told_in_the_language_of_the_reader(pseudo: str) -> None:
    kept = message_to_json(observe_speed(RunningRate(41.0, 0.1), 30.0).sentence)
    assert message_from_json(kept).startswith("41 steps/min")
    with display_language.speak(pseudo):
        assert message_from_json(kept).startswith("⟦")
        assert message_from_json("the camera is dim: more light") == "the camera is dim: more light"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_says_its_language(language: str) -> None:
    html = render_html(session_in(language))  # type: ignore[arg-type]
    assert f'<html lang="{language}"' in html
    assert "What stands out" not in html


def test_other_languages_leave_the_english_page_alone() -> None:
    session = fake_session()
    before = render_html(session)  # type: ignore[arg-type]
    for language in LANGUAGES:
        render_html(session_in(language))  # type: ignore[arg-type]
    assert render_html(session) == before  # type: ignore[arg-type]
