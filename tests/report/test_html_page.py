"""The report as one HTML page."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from gait.display_language import date_text
from gait.findings.answers import parse_answers
from gait.findings.finder import derive_findings
from gait.findings.knowledge_loader import load_knowledge
from gait.records import Runner
from gait.report.first_screen import WARNING_HEADLINES
from gait.report.html_page import render_html
from gait.report.report_folder import write_report
from tests.conftest import write_clip
from tests.fake_sessions import (
    FakeSession,
    events_of,
    fake_session,
    fake_view,
    measured,
    regular_steps,
    stick_runner,
)
from tests.findings.test_knowledge_loader import DISEASES

LOADING = {"src", "srcset", "poster", "data", "action", "background", "xlink:href"}
VOID = {"meta", "img", "br", "input", "link", "hr", "path", "circle", "rect", "line"}


class Reader(HTMLParser):
    """Collects what the page loads, its ids and links, and tags that do not close."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.images_without_alt = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        self.loads += [given[a] or "" for a in LOADING & given.keys()]
        if tag == "link":
            self.loads.append(given.get("href") or "")
        if tag == "a":
            self.targets.append(given.get("href") or "")
        if "id" in given:
            self.ids.append(given["id"] or "")
        if tag == "img" and not given.get("alt"):
            self.images_without_alt += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert not reader.open
    return reader


def test_nothing_is_loaded_but_the_videos_beside_it(filmed: FakeSession) -> None:
    html = render_html(filmed, videos={0: "side.mp4", 1: "side_2.mp4"})
    page = read(html)
    assert {p for p in page.loads if not p.startswith("data:image/jpeg")} == {"side.mp4#t=0.001", "side_2.mp4#t=0.001"}
    assert "url(" not in html
    assert "@import" not in html
    assert not re.search(r"(?<!xmlns=\")https?://", html)
    assert page.images_without_alt == 0


def test_ids_are_unique_and_links_lead_somewhere(filmed: FakeSession) -> None:
    page = read(render_html(filmed))
    assert len(page.ids) == len(set(page.ids))
    assert {t.removeprefix("#") for t in page.targets} <= set(page.ids)


def test_hostile_names_are_escaped() -> None:
    evil = "<script>alert(1)</script>"
    view = fake_view(f"/tmp/{evil}.mp4", engine=evil, warnings=(evil,))
    refused = measured("pelvic_drop", None, side="left", grade="refused", reason=evil)
    unknown = measured("odd_key", 1.0, unit=evil)
    made = fake_session([refused, unknown, measured("overstride", 0.5, side="left", half=0.01)], views=[view])
    made = replace(made, runner=Runner(f'"{evil}', 1.7, None, 3.0))
    html = render_html(made, videos={0: f"{evil}.mp4"})
    assert evil not in html
    assert html.count("<script>") == 1
    read(html)


def test_the_page_says_what_a_runner_needs(session: FakeSession) -> None:
    html = render_html(session)
    for words in (
        "Ada",
        "What stands out",
        "34 % of leg length",
        "95 % sure",
        "16 steps",
        "13 healthy treadmill runners",
        "Heiderscheit et al. 2011",
        "How Poor Running Form Contributes",
        "Souza 2016",
        "What is fine",
        "Can’t tell yet",
        "Not visible from the side.",
        "Film from straight behind",
        "When to see someone",
        "Pelvic tilt",
        "indicative",
    ):
        assert words in html, words


def test_a_short_film_cannot_show_tiredness_and_the_page_says_so(session: FakeSession) -> None:
    assert "How you run when tired" in render_html(session)
    view = session.views[0]
    long = replace(view, info=replace(view.info, duration_s=200.0))
    assert "How you run when tired" not in render_html(replace(session, views=(long,)))


def test_at_most_three_findings_are_shown_in_full() -> None:
    many = [
        measured("overstride", 0.40, side="left", half=0.01),
        measured("trunk_lean", 25.0, half=1),
        measured("vertical_oscillation", 16.0, half=1),
        measured("hip_extension", 5.0, side="left", half=1),
        measured("cadence", 130.0, half=1),
    ]
    page = fake_session(many)
    assert len(page.findings) == 4
    html = render_html(page)
    assert html.count('<article class="card finding ') == 3
    assert "Also outside the ordinary" in html


def test_the_page_says_that_nothing_stands_out() -> None:
    html = render_html(fake_session([measured("overstride", 0.22, side="left", half=0.01)]))
    assert "Your running form looks fine: nothing stands out." in html
    assert "What stands out" not in html


def test_an_empty_session_still_makes_a_page() -> None:
    html = render_html(fake_session([], runner=Runner()))
    assert "This film does not show enough" in html
    read(html)


def test_the_report_of_an_hour_is_hardly_larger_than_that_of_a_few_minutes() -> None:
    sizes = []
    for seconds in (300.0, 3600.0):
        steps = regular_steps(seconds)
        view = replace(fake_view(pose=stick_runner(seconds)), steps=steps, events=events_of(steps))
        sizes.append(len(render_html(fake_session(views=[view]))))
    assert sizes[1] < 1.3 * sizes[0]


CHROMIUM = next(
    (p for n in ("chromium", "chromium-browser", "google-chrome", "chrome") if (p := shutil.which(n))), None
)


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium")
@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 500])
def test_a_browser_shows_it_without_errors(filmed: FakeSession, tmp_path: Path, width: int) -> None:
    report = write_report(filmed, tmp_path)
    # Writes into the dumped page how wide it is and how many videos failed to load.
    probe = (
        "<script>addEventListener('load',()=>{document.documentElement.dataset.state=JSON.stringify({"
        "wide:document.documentElement.scrollWidth,inner:innerWidth,"
        "failed:[...document.querySelectorAll('video')].filter(v=>v.error).length})})</script></body>"
    )
    report.write_text(report.read_text(encoding="utf-8").replace("</body>", probe), encoding="utf-8")
    assert CHROMIUM is not None
    flags = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-sync"
    command = [
        CHROMIUM,
        *flags.split(),
        "--disable-component-update",
        "--enable-logging=stderr",
        f"--user-data-dir={tmp_path / 'profile'}",
        f"--window-size={width},900",
        "--virtual-time-budget=3000",
        "--dump-dom",
        report.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=dict(os.environ))
    assert "CONSOLE" not in done.stderr, done.stderr
    found = re.search(r'data-state="([^"]*)"', done.stdout)
    assert found is not None
    state = json.loads(found.group(1).replace("&quot;", '"'))
    assert state["wide"] <= state["inner"]
    assert state["failed"] == 0


def test_warning_signs_in_the_answers_stand_before_everything_else() -> None:
    answers = parse_answers({"pain_where": ["hip_side"], "pain_when": ["all_day"], "shoe_miles": 420})
    session = fake_session(answers=answers)
    sign = session.notices[0].message
    html = render_html(session)
    read(html)
    headline, warning, finding = (
        html.index(w) for w in (f">{WARNING_HEADLINES['see']}", f"<strong>{sign}", ">What stands out</h2>")
    )
    assert headline < warning < finding
    for words in ("New shoes", "How far have your shoes run? 420 miles"):
        assert words in html, words


def test_where_a_doctor_must_look_first_no_training_is_shown() -> None:
    html = render_html(fake_session(answers=parse_answers({"no_weight": True})))
    assert 'data-urgency="now"' in html
    assert ">Stop running and see a doctor now.</h1>" in html
    for part in re.findall(r"<[^>]*data-training[^>]*>", html):
        assert " hidden" in part, part


def test_ids_stay_unique_where_findings_and_answers_call_for_the_same() -> None:
    answers = parse_answers({"tired_form": ["late_foot"], "sitting_hours": 10, "pain_where": ["hip_front"]})
    page = read(render_html(fake_session([measured("foot_pickup", 0.75, side="left", half=0.01)], answers=answers)))
    assert len(page.ids) == len(set(page.ids))
    assert {t.removeprefix("#") for t in page.targets} <= set(page.ids)


def test_the_physiotherapist_reads_the_day_of_the_film_where_the_film_states_it(tmp_path: Path) -> None:
    dated = write_clip(tmp_path / "dated.mp4", metadata={"creation_time": "2021-03-14T12:00:00Z"})
    page = render_html(fake_session(views=[fake_view(str(dated))]))  # type: ignore[arg-type]
    assert f"filmed on {date_text(dt.date(2021, 3, 14))}" in page
    assert "· report of" not in page
    undated = write_clip(tmp_path / "undated.mp4")
    page = render_html(fake_session(views=[fake_view(str(undated))]))  # type: ignore[arg-type]
    assert f"report of {date_text(dt.date.today())}" in page
    assert "· filmed on" not in page


def test_technical_facts_stand_in_a_technical_fold(session: FakeSession) -> None:
    html = render_html(session)
    fold = html.index("Technical facts of this clip")
    assert html.index("swapped back in 3 frames") > fold
    assert html.index("mediapipe") > fold


def test_a_film_that_is_gone_leaves_a_drawn_figure(session: FakeSession) -> None:
    html = render_html(session)
    assert 'class="still drawn"' in html
    assert "missing.mp4 could not be read" in html


def test_advice_for_legs_that_differ_gives_the_reason() -> None:
    html = render_html(fake_session([measured("contact_time_asymmetry", 41.3, half=6.0)]))
    assert "Even out left and right" in html


def test_no_page_names_an_illness_whatever_the_answers() -> None:
    knowledge = load_knowledge()
    everything = {
        q.id: True if q.kind == "yes_no" else q.high if q.kind == "number" else [o for o in q.option_ids if o != q.none]
        for q in knowledge.questions.values()
        if q.kind != "choice"
    }
    choices = [
        {q.id: option for q in knowledge.questions.values() if q.kind == "choice" for option in q.option_ids[n : n + 1]}
        for n in range(3)
    ]
    for chosen in choices:
        for no_weight in (True, False):
            answers = parse_answers({**everything, **chosen, "no_weight": no_weight})
            html = render_html(fake_session(answers=answers))
            page = html.replace("It is no diagnosis", "")
            text = re.sub(r"<style>.*?</style>|<script>.*?</script>|<[^>]+>", " ", page, flags=re.DOTALL).lower()
            assert not [word for word in DISEASES if re.search(rf"\b{word}", text)]


def test_a_run_that_tires_is_shown_where_it_begins(filmed: FakeSession) -> None:
    lost = measured("cadence_drift", -9.0, side="both", unit="steps/min", interval=(-12.0, -6.0), evidence_s=1.0)
    measurements = (*filmed.measurements, lost)
    findings, corrections, notices = derive_findings(measurements, filmed.runner)
    tired = replace(filmed, measurements=measurements, findings=findings, corrections=corrections, notices=notices)
    page = render_html(tired)
    assert "Your cadence fell in the course of the run" in page
    assert "When it starts to pull, slow down and keep the beat" in page
    assert "1 s of the clip, where the change begins" in page
