from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gait.findings.answers import parse_answers
from gait.findings.finder import derive_findings
from gait.findings.knowledge_loader import load_knowledge
from gait.netcdf import open_along_time, write_along_time
from gait.records import Runner
from gait.report.evidence_shapes import DRAWINGS, Line, scene, shapes
from gait.report.evidence_stills import LARGEST_URI, still
from gait.report.html_page import render_html
from gait.report.page_content import strides_crossed
from gait.report.pose_moments import Moments, points_at, with_pelvis, with_sole
from gait.report.report_folder import write_report
from gait.report.time_plots import cadence_over_time, timeline
from tests.fake_sessions import (
    FPS,
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
    """Collects what the page loads, its text, and tags that do not close."""

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


def test_hostile_words_stay_words() -> None:
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
        "What is good",
        "Too close to call",
        "Not visible from the side.",
        "Film from straight behind",
        "When to see someone",
        "Pelvic tilt",
        "indicative",
    ):
        assert words in html, words


def test_a_short_film_is_told_that_it_cannot_show_tiredness(session: FakeSession) -> None:
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
    assert len(page.findings) == 5
    html = render_html(page)
    assert html.count('<article class="card finding"') == 3
    assert "Also outside the ordinary" in html


def test_nothing_found_is_said_plainly() -> None:
    html = render_html(fake_session([measured("overstride", 0.22, side="left", half=0.01)]))
    assert "Nothing stands out clearly." in html
    assert "What stands out" not in html


def test_an_empty_session_still_makes_a_page() -> None:
    html = render_html(fake_session([], runner=Runner()))
    assert "not enough in this film to judge" in html
    read(html)


def test_stills_are_small_and_carry_the_number(clip: Path) -> None:
    view = fake_view(str(clip), pose=stick_runner(2.0))
    made = still(view, key="overstride", side="left", time_s=0.5, label="<31 cm>")
    assert len(made.uri) <= LARGEST_URI
    assert "&lt;31 cm&gt;" in made.overlay
    assert 'class="measure"' in made.overlay


@pytest.mark.parametrize("key", DRAWINGS)
@pytest.mark.parametrize("side", ["left", "right", "both"])
def test_every_metric_can_be_drawn_and_missing_points_are_survived(key: str, side: str) -> None:
    points = with_pelvis(points_at(stick_runner(), 1.0), 4.0)
    assert shapes(key, scene(points, side, "side", 1))
    few = {name: p for name, p in points.items() if name in {"nose", "left_shoulder"}}
    assert shapes(key, scene(few, side, "side", 1)) == []


def test_the_pelvis_is_drawn_as_it_was_measured() -> None:
    hips = {"left_hip": np.array([90.0, 200.0]), "right_hip": np.array([110.0, 204.0])}
    points = with_pelvis(dict(hips), 5.0)
    across = points["right_pelvis"] - points["left_pelvis"]
    # The right side of the picture is the higher one, whatever the hip landmarks say.
    assert np.degrees(np.arctan2(-across[1], across[0])) == pytest.approx(5.0)
    np.testing.assert_allclose((points["right_pelvis"] + points["left_pelvis"]) / 2, [100, 202])
    front = with_pelvis({"left_hip": hips["right_hip"], "right_hip": hips["left_hip"]}, 5.0)
    assert front["left_pelvis"][1] < front["right_pelvis"][1]
    assert "left_pelvis" not in with_pelvis(dict(hips), float("nan"))


@pytest.mark.parametrize("facing", [1.0, -1.0])
def test_the_foot_is_drawn_as_its_shoe_was_followed(facing: float) -> None:
    foot = {"left_heel": np.array([100.0, 200.0]), "left_foot_index": np.array([100.0 + 40 * facing, 197.0])}
    level, rolled = (
        with_sole(dict(foot), "left", 20.0, roll_deg=roll)["left_sole"] - foot["left_heel"] for roll in (0, 3)
    )
    assert np.degrees(np.arctan2(-level[1], facing * level[0])) == pytest.approx(20)
    # A picture turned counter-clockwise lifts what lies to its right.
    assert np.degrees(np.arctan2(-rolled[1], facing * rolled[0])) == pytest.approx(20 + 3 * facing)
    assert np.hypot(*level) == pytest.approx(np.hypot(40, 3))
    assert "left_sole" not in with_sole(dict(foot), "left", float("nan"))
    assert "right_sole" not in with_sole(dict(foot), "right", 20.0)


def test_the_still_of_a_foot_shows_the_shoe_where_it_was_followed() -> None:
    pose = stick_runner()
    turn = np.full((pose.sizes["time"], 1), 25.0)
    seen = pose.assign(left_foot_turn=(("time", "individual"), turn)).assign_attrs(pose.attrs, feet_followed="left")
    points = points_at(seen, 1.0)
    assert "left_sole" in points
    assert "left_sole" not in points_at(pose, 1.0)
    drawn = shapes("foot_strike_angle", scene(points, "left", "side", 1))
    ends = [shape.b for shape in drawn if isinstance(shape, Line) and shape.style == "measure"]
    np.testing.assert_allclose(ends[0], points["left_sole"])


def test_moments_read_in_pieces_are_those_of_the_whole(tmp_path: Path) -> None:
    pose = stick_runner(20.0, start_s=3.0)
    pose.position[{"time": slice(600, 620)}] = np.nan
    write_along_time(tmp_path / "clean.nc", [pose])
    moments = Moments(open_along_time(tmp_path / "clean.nc"), slack_s=0.5 / FPS)
    for time_s in (3.0, 3.004, 11.53, 11.55, 22.98, 7.0, 13.1):  # 13.1 s: nobody was found
        expected = points_at(pose, time_s)
        found = moments.at(time_s)
        assert found.keys() == expected.keys()
        assert all(np.allclose(found[name], expected[name], atol=1e-3) for name in found)
    assert moments.at(2.9) == moments.at(23.1) == {}


def test_between_frames_with_poses_landmarks_move_evenly() -> None:
    pose = stick_runner(2.0)
    sparse = Moments(pose.isel(time=slice(None, None, 2)), slack_s=0.25 / FPS, apart_s=3 / FPS)
    for frame in (10, 11):
        found, expected = sparse.at(frame / FPS), points_at(pose, frame / FPS)
        assert found.keys() == expected.keys()
        assert all(np.allclose(found[name], expected[name], atol=3.0) for name in found)


def test_plots_say_in_words_what_they_show() -> None:
    stances = [("left" if i % 2 else "right", 0.36 * i, 0.36 * i + 0.24) for i in range(100)]
    bars = timeline(stances, start_s=0.0, end_s=36.0)
    assert bars is not None
    assert "50 of the left foot" in bars.caption
    assert "13 to 23 s" in bars.caption
    rhythm = cadence_over_time([on for _, on, _ in stances], real_per_playback=1.0, limit=150)
    assert rhythm is not None
    assert "steady at 167" in rhythm.caption


def test_slow_motion_does_not_slow_the_rhythm() -> None:
    rhythm = cadence_over_time([8 * 0.36 * i for i in range(30)], real_per_playback=1 / 8)
    assert rhythm is not None
    assert "167" in rhythm.caption


def test_the_report_of_an_hour_is_hardly_larger_than_that_of_a_few_minutes() -> None:
    sizes = []
    for seconds in (300.0, 3600.0):
        steps = regular_steps(seconds)
        view = replace(fake_view(pose=stick_runner(seconds)), steps=steps, events=events_of(steps))
        sizes.append(len(render_html(fake_session(views=[view]))))
    assert sizes[1] < 1.3 * sizes[0]
    rhythm = cadence_over_time([0.36 * i for i in range(10_000)], real_per_playback=1.0)
    assert rhythm is not None
    assert "steady at 167" in rhythm.caption


def test_too_little_to_plot_is_no_plot() -> None:
    assert timeline([], start_s=0, end_s=1) is None
    assert cadence_over_time([0.1, 0.5], real_per_playback=1.0) is None


CHROMIUM = next(
    (p for n in ("chromium", "chromium-browser", "google-chrome", "chrome") if (p := shutil.which(n))), None
)


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium")
@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 500])
def test_a_browser_shows_it_without_complaint(filmed: FakeSession, tmp_path: Path, width: int) -> None:
    report = write_report(filmed, tmp_path)
    # Reports how wide the page got and whether the videos loaded, in the title of the dumped page.
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
    html = render_html(fake_session(answers=answers))
    read(html)
    first, warning, finding = (
        html.index(w) for w in ("Please read this first", "bothers you all day", "What stands out")
    )
    assert first < warning < finding
    assert html.count("bothers you all day") == 1
    for words in ("What your answers add", "New shoes", "How far have your shoes run? 420 miles", "more for later"):
        assert words in html, words
    assert "Exercises are left out" not in html


def test_ids_stay_unique_where_findings_and_answers_call_for_the_same() -> None:
    answers = parse_answers({"tired_form": ["late_foot"], "sitting_hours": 10, "pain_where": ["hip_front"]})
    page = read(render_html(fake_session([measured("foot_pickup", 0.75, side="left", half=0.01)], answers=answers)))
    assert len(page.ids) == len(set(page.ids))
    assert {"pick_up_sooner", "standing_desk"} <= set(page.ids)


def test_without_answers_nothing_is_said_of_them(session: FakeSession) -> None:
    html = render_html(session)
    for words in ("Please read this first", "What your answers add", "Brought up by", "Also worth trying"):
        assert words not in html


def test_what_legs_that_differ_bring_up_says_so() -> None:
    html = render_html(fake_session([measured("contact_time_asymmetry", 41.3, half=6.0)]))
    for words in ("Also worth trying", "Even out left and right", "the sides differ"):
        assert words in html, words


def test_no_page_names_an_illness_whatever_was_answered() -> None:
    known = load_knowledge()
    everything = {
        q.id: True if q.kind == "yes_no" else q.high if q.kind == "number" else [o for o in q.option_ids if o != q.none]
        for q in known.questions.values()
        if q.kind != "choice"
    }
    choices = [
        {q.id: option for q in known.questions.values() if q.kind == "choice" for option in q.option_ids[n : n + 1]}
        for n in range(3)
    ]
    for chosen in choices:
        for no_weight in (True, False):
            answers = parse_answers({**everything, **chosen, "no_weight": no_weight})
            html = render_html(fake_session(answers=answers))
            page = html.replace("This is no diagnosis", "")
            text = re.sub(r"<style>.*?</style>|<script>.*?</script>|<[^>]+>", " ", page, flags=re.DOTALL).lower()
            assert not [word for word in DISEASES if re.search(rf"\b{word}", text)]


def test_how_often_a_hand_crossed_is_told(session: FakeSession) -> None:
    steps = pd.DataFrame({"side": ["left", "right"] * 3, "arm_crossover": [0.1, -0.2, 0.2, 0.05, np.nan, -0.1]})
    views = (replace(session.views[0], steps=steps),)
    told = strides_crossed(replace(session, views=views))
    assert told == [
        "The left hand passed the middle line in 2 of 2 strides.",
        "The right hand passed the middle line in 1 of 3 strides.",
    ]
    assert strides_crossed(replace(session, views=())) == []


def test_a_run_that_tires_is_shown_where_it_begins(filmed: FakeSession) -> None:
    lost = measured("cadence_drift", -9.0, side="both", unit="steps/min", interval=(-12.0, -6.0), evidence_s=1.0)
    measurements = (*filmed.measurements, lost)
    findings, corrections, notices = derive_findings(measurements, filmed.runner)
    told = replace(filmed, measurements=measurements, findings=findings, corrections=corrections, notices=notices)
    page = render_html(told)
    assert "Your rhythm slowed in the course of the run" in page
    assert "When it starts to pull, slow down and keep the beat" in page
    assert "1 s of the clip, where the change begins" in page
