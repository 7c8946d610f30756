"""The advice of the page: the browser ranks as Python does, and every item of the articles is within two taps."""

from __future__ import annotations

import json
import random
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gait.display_language import speak
from gait.findings.advice_ranking import differing_metrics, rank_advice
from gait.findings.answers import (
    Answers,
    load_answers,
    parse_answers,
    reasons_for_advice,
    warnings_from_answers,
    withheld_corrections,
)
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.questions import Question
from gait.findings.week_plan import plan_week
from gait.records import Finding
from gait.report.html_page import render_html
from gait.report.page_rules import FIT_TEXTS, advice_panel, findings_without_answers, general_advice, page_rules
from gait.report.page_templates import inline_files, template_environment
from tests.conftest import REPOSITORY
from tests.documents import script
from tests.fake_sessions import FakeSession, fake_session, measured

CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
ANSWER_SETS = 500
MAKE_CORRECTIONS = script(REPOSITORY / "docs" / "make_corrections.py")
KNOWLEDGE = load_knowledge()


# --- answer sets ---


def some_answer(question: Question, chance: random.Random) -> Any:
    if question.kind == "yes_no":
        return chance.random() < 0.5
    if question.kind == "number":
        numbers = [question.low, question.high, float(chance.randint(int(question.low), int(min(question.high, 20))))]
        return chance.choice([*numbers, round(chance.uniform(question.low, min(question.high, 400)), 1)])
    ids = [option for option in question.option_ids if option != question.none]
    if question.kind == "choice":
        return chance.choice(ids)
    if question.none is not None and chance.random() < 0.3:
        return [question.none]
    return chance.sample(ids, chance.randint(1, min(3, len(ids))))


def some_answers(chance: random.Random) -> Answers:
    """Answer a random share of all questions, whether a form would ask them or not."""
    share = chance.choice([0.03, 0.1, 0.3, 0.6, 1.0])
    questions = KNOWLEDGE.questions.values()
    return parse_answers({q.id: some_answer(q, chance) for q in questions if chance.random() < share})


def with_findings() -> FakeSession:
    """A session with clear findings, a likely one, and legs that differ."""
    session = fake_session(
        [
            measured("cadence", 150.0, half=1.0),
            measured("overstride", 0.36, side="left", half=0.01),
            measured("contact_time_asymmetry", 20.0, half=2.0),
        ]
    )
    likely = Finding(
        "hip_drops",
        "pelvic_drop",
        "left",
        "mild",
        "Your hip drops",
        ("level_hips_cue", "hip_abductor_strength", "running_drills"),
        "likely",
        0.9,
    )
    return replace(session, likely=(likely,))


def verdict_of_python(session: FakeSession, answers: Answers) -> dict[str, Any]:
    findings, differing = findings_without_answers(session), differing_metrics(session.measurements)
    ranked = rank_advice(answers, findings=findings, differing=differing)
    week = plan_week(answers, findings=findings, differing=differing)

    def reasons(one: Any) -> list[str]:
        headlines = [f.headline for f in findings if one.entry.id in f.corrections]
        return [*headlines, *reasons_for_advice(one.entry, answers)]

    return {
        "warnings": [notice.code for notice in warnings_from_answers(answers)],
        "withheld": sorted(withheld_corrections(answers)),
        "advice": [[one.entry.id, one.fit, one.later, reasons(one)] for one in ranked],
        "week": [week.kind, week.intro, [item.id for item in week.next_cues]],
        "days": [
            [
                day.name,
                day.purpose,
                [[s.label, [[i.title, i.id, i.dose, i.exercise] for i in s.items]] for s in day.sections],
            ]
            for day in week.days
        ],
    }


#: The same of the script.
VERDICTS = """text => JSON.stringify(JSON.parse(text).map((answers) => {
  const r = window.gaitAdvice.evaluate(answers), row = (i) => [i.title, i.id, i.dose, i.exercise];
  return {
    warnings: r.warnings.map((w) => w.id), withheld: r.withheld.sort(),
    advice: r.advice.map((a) => [a.id, a.fit, a.later, a.reasons]),
    week: [r.week.kind, r.week.intro, r.week.next_cues.map((c) => c.id)],
    days: r.week.days.map((d) => [d.name, d.purpose, d.sections.map((s) => [s.label, s.items.map(row)])]),
  };
}))"""


def page_of(session: FakeSession) -> str:
    """The parts of the page that this module is about, alone."""
    parts = (
        '{% from "advice_macros.html.j2" import ranked_advice, week_grid %}<!doctype html><html lang="en"><head>'
        '<meta charset="utf-8"><title>x</title><meta name="viewport" content="width=device-width, initial-scale=1">'
        "<style>{{ style }}</style></head><body><main><h1>Fine</h1><div data-warning-list hidden></div>"
        "{{ ranked_advice(panel) }}{{ week_grid(panel) }}"
        '{% include "questions.html.j2" %}{% include "general_advice.html.j2" %}'
        "</main><script>{{ script }}</script></body></html>"
    )
    style = inline_files("gait.report", "report.css", "answers.css")
    script = inline_files("gait.report", "answers.js")
    template = template_environment("gait.report").from_string(parts)
    return template.render(panel=advice_panel(session), style=style, script=script)


# --- in a browser ---


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM)
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """Open the page of a session; afterwards nothing may have gone wrong or been asked of the network."""
    faults: list[str] = []
    context = browser.new_context(viewport={"width": 390, "height": 844}, accept_downloads=True)

    def opened(session: FakeSession, make: Callable[[Any], str] = page_of) -> Any:
        path = tmp_path / "page.html"
        path.write_text(make(session), encoding="utf-8")
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else faults.append(r.url))
        page.goto(path.as_uri())
        return page

    yield opened
    assert faults == []
    context.close()


@pytest.mark.parametrize(("kind", "language"), [("no findings", "en"), ("findings", "en"), ("findings", "de")])
def test_the_browser_ranks_as_python_does(open_page: Any, kind: str, language: str) -> None:
    with speak(language):
        _compare_browser_with_python(open_page, kind)


def _compare_browser_with_python(open_page: Any, kind: str) -> None:
    session = with_findings() if kind == "findings" else fake_session([measured("cadence", 176.0, half=1.0)])
    page = open_page(session)
    chance = random.Random(20)
    sets = [Answers(), *(some_answers(chance) for _ in range(ANSWER_SETS - 1))]
    # As text: playwright takes seconds over so many nested values.
    found = json.loads(page.evaluate(VERDICTS, json.dumps([dict(a.values) for a in sets])))
    kinds = set()
    for answers, verdict in zip(sets, found, strict=True):
        expected = json.loads(json.dumps(verdict_of_python(session, answers)))
        assert verdict == expected, answers
        kinds.add(expected["week"][0])
    assert kinds == {"run", "ease", "rest", "wait", "none"}


def test_answers_rank_the_advice_again_at_once(open_page: Any) -> None:
    page = open_page(fake_session([measured("cadence", 176.0, half=1.0)]))
    page.evaluate("document.addEventListener('gait:answers', (e) => { window.last = e.detail; })")
    page.locator("#questions-fold > summary").click()
    assert not page.locator("[data-without-script]").is_visible()
    assert not page.locator("[data-question=pain_when]").is_visible()
    page.get_by_label("front of the hip").check()
    assert page.locator("[data-question=pain_when]").is_visible()
    page.get_by_label("only when I get tired in a run").check()
    assert page.locator("[data-ranked-advice] h3").first.inner_text() == "Do not run through it"
    assert "Do not run through it" in page.locator("[data-answers-status]").inner_text()
    assert page.evaluate("window.last.week.kind") == "run"
    assert "end the run and walk home" in page.locator("[data-week-plan] .intro").inner_text()
    page.locator("[data-question=no_weight] input[value=yes]").check()
    assert page.evaluate("document.documentElement.dataset.urgency") == "now"
    assert "see a doctor now" in page.locator("[data-warning-list]").inner_text()
    assert page.locator("[data-ranked-advice] li").count() == 0
    assert "see a doctor first" in page.locator("[data-week-plan]").inner_text()
    # What an answer no longer asks for does not count any more.
    page.get_by_label("nowhere", exact=True).check()
    assert not page.get_by_label("front of the hip").is_checked()
    assert page.evaluate("document.documentElement.dataset.urgency") == ""
    assert page.evaluate("Object.keys(window.gaitAdvice.readForm().answers)") == ["pain_where"]


def test_the_first_screen_follows_the_answers(open_page: Any) -> None:
    page = open_page(fake_session(), render_html)
    headline, step = page.locator("h1").inner_text(), page.locator("[data-step=title]").inner_text()
    page.locator("#questions-fold > summary").click()
    page.get_by_label("outer side of the hip").check()
    assert page.locator("[data-step=title]").inner_text() == "Do not run through it"
    page.locator("[data-question=no_weight] input[value=yes]").check()
    assert page.locator("#top").get_attribute("data-tone") == "now"
    assert "doctor" in page.locator("h1").inner_text()
    assert not page.locator("#top .step").is_visible()
    assert page.locator("#general [data-item]").count() == len(KNOWLEDGE.corrections) + len(KNOWLEDGE.warnings)
    page.get_by_role("button", name="Clear them").click()
    assert page.locator("h1").inner_text() == headline
    assert page.locator("[data-step=title]").inner_text() == step
    # A link in the week opens the fold in which its target lies.
    page.locator("#week > summary").click()
    link = page.locator("[data-week-plan] a[href^='#exercise-']").first
    target = page.locator(link.get_attribute("href"))
    assert not target.is_visible()
    link.click()
    target.wait_for(state="visible")


def test_the_question_that_is_answered_stays_where_it_is(open_page: Any) -> None:
    page = open_page(fake_session([measured("cadence", 176.0, half=1.0)]))
    page.locator("#questions-fold > summary").click()
    for name in ("outer side of the hip", "it stays for hours after the run or into the next day"):
        box = page.get_by_label(name)
        box.scroll_into_view_if_needed()
        above = page.evaluate("document.querySelector('[data-ranked-advice]').offsetHeight")
        before = box.bounding_box()["y"]
        box.check()
        page.wait_for_timeout(100)
        assert page.evaluate("document.querySelector('[data-ranked-advice]').offsetHeight") != above
        assert box.bounding_box()["y"] == pytest.approx(before, abs=2)


def test_what_fits_comes_first_in_the_advice_for_everybody(open_page: Any) -> None:
    page = open_page(fake_session([measured("cadence", 176.0, half=1.0)]))
    page.locator("#questions-fold > summary").click()
    page.locator("[data-question=shoe_miles] input").fill("450")
    assert page.locator("[data-general] details").first.get_attribute("data-section") == "shoes_ground"
    assert page.locator("[data-item].fits").first.get_attribute("data-item") == "replace_shoes"
    items = page.locator("[data-item]").evaluate_all("all => all.map((e) => e.dataset.item)")
    assert sorted(items) == sorted([*KNOWLEDGE.corrections, *KNOWLEDGE.warnings])


def test_saved_answers_are_read_by_gait_and_fill_the_form_again(open_page: Any, tmp_path: Path) -> None:
    page = open_page(fake_session([measured("cadence", 176.0, half=1.0)]))
    page.locator("#questions-fold > summary").click()
    page.get_by_label("outer side of the hip").check()
    page.locator("[data-question=pain_side] input[value=left]").check()
    page.locator("[data-question=shoe_miles] input").fill("480")
    page.locator("[data-question=shoe_miles] select").select_option("km")
    page.locator("[data-question=sitting_hours] input").fill("7,5")
    page.locator("[data-question=cool_down] input[value=no]").check()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save the answers").click()
    assert waiting.value.suggested_filename == "answers.toml"
    saved = tmp_path / "saved.toml"
    waiting.value.save_as(saved)
    answers = load_answers(saved)
    assert answers.values["shoe_miles"] == pytest.approx(298.26, abs=0.01)
    given = {"pain_where": ("hip_side",), "pain_side": "left", "sitting_hours": 7.5, "cool_down": False}
    assert {**answers.values, **given} == answers.values
    again = open_page(fake_session([measured("cadence", 176.0, half=1.0)], answers=answers))
    filled = json.loads(again.evaluate("JSON.stringify(window.gaitAdvice.readForm().answers)"))
    assert filled == json.loads(json.dumps({**answers.values, "shoe_miles": 298.3}))
    titles = again.locator("[data-ranked-advice] h3").all_inner_texts()
    again.evaluate("document.querySelector('.questions').dispatchEvent(new Event('change', {bubbles: true}))")
    assert again.locator("[data-ranked-advice] h3").all_inner_texts() == titles


def test_a_number_that_cannot_be_is_said_and_does_not_count(open_page: Any) -> None:
    page = open_page(fake_session([measured("cadence", 176.0, half=1.0)]))
    page.locator("#questions-fold > summary").click()
    for typed in ("25", "-1", "many", "1e9"):
        page.locator("[data-question=sitting_hours] input").fill(typed)
        assert "from 0 to 24" in page.locator("[data-question=sitting_hours] [data-fault]").inner_text()
        assert page.evaluate("Object.keys(window.gaitAdvice.readForm().answers)") == []
    page.locator("[data-question=sitting_hours] input").fill("24")
    assert page.locator("[data-question=sitting_hours] [data-fault]").inner_text() == ""


def test_the_form_works_by_keyboard_and_finger(open_page: Any) -> None:
    page = open_page(fake_session([measured("cadence", 176.0, half=1.0)]))
    page.locator("#questions-fold > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.get_by_label("nowhere", exact=True).is_checked()
    page.get_by_label("knee", exact=True).check()
    small = page.locator("#questions .answer, #questions button, #questions input[type=text], #questions select")
    sizes = small.evaluate_all("all => all.filter((e) => e.offsetParent).map((e) => e.getBoundingClientRect().height)")
    assert min(sizes) >= 43.9
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    unnamed = page.locator("#questions fieldset:not(:has(legend))").count()
    assert unnamed == 0


def test_without_scripts_the_form_says_how_to_answer(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(page_of(fake_session([measured("cadence", 176.0, half=1.0)])), encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    assert "gait ask" in page.locator("[data-without-script]").inner_text()
    assert not page.locator("[data-questions]").is_visible()
    assert page.locator("[data-week-plan] h3").count() == 7
    context.close()


# --- the page as text ---


@pytest.mark.parametrize("answers", [None, {"no_weight": True}, {"pain_where": ["hip_front"], "pain_when": ["tired"]}])
def test_every_item_of_the_articles_is_within_two_taps(answers: dict[str, Any] | None) -> None:
    given = None if answers is None else parse_answers(answers)
    taps = MAKE_CORRECTIONS.count_taps(render_html(fake_session(answers=given)))
    assert set(taps) == {*KNOWLEDGE.corrections, *KNOWLEDGE.warnings}
    assert max(taps.values()) <= 2


def test_the_documented_taps_are_those_of_a_report() -> None:
    taps = MAKE_CORRECTIONS.count_taps(render_html(fake_session([measured("cadence", None, grade="refused")])))
    page = MAKE_CORRECTIONS.page().split("## Taps in a report")[1]
    documented = {row[0]: int(row[1]) for row in re.findall(r"\| `(\w+)` \| [^|]+ \| (\d) \|", page.split("\n## ")[0])}
    assert documented == taps


def test_rules_are_json_that_no_text_can_break() -> None:
    session = with_findings()
    session = replace(session, likely=(replace(session.likely[0], headline="</script><b>& \u2028"),))
    text = str(advice_panel(session).rules)
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == json.loads(json.dumps(page_rules(session)))


def test_withheld_advice_of_findings_is_known_to_the_rules() -> None:
    plain = fake_session()
    urgent = fake_session(answers=parse_answers({"no_weight": True}))
    corrections = [list(f.corrections) for f in plain.findings]
    assert corrections
    assert [f["corrections"] for f in page_rules(urgent)["findings"]] == corrections


def test_sections_begin_with_what_fits() -> None:
    sections = general_advice(["replace_shoes", "sit_less"], ["deep_pinch"])
    assert [s.id for s in sections[:3]] == ["see_someone", "shoes_ground", "mobility"]
    assert sections[0].items[0].id == "deep_pinch"
    assert sections[1].items[0].fits
    assert set(FIT_TEXTS) == {"protect", "pain_and_form", "form", "pain", "likely_form", "answers"}
