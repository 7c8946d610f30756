"""The index in a browser: 500 sessions sort and filter smoothly, by mouse and keyboard, without network."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest

from gait.batch.batch_history import AbsentAthlete
from gait.batch.clip_check import FilmAgain
from gait.batch.index_page import IndexNotes, render_index
from gait.batch.planned_session import ClipEntry, PlannedSession
from gait.batch.session_row import SessionRow
from gait.batch.skipped_files import SkippedFile

CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
HOSTILE = '<script>document.title="hurt"</script>"><img src=x onerror=alert(1)>'
#: What one action may take with 500 sessions, ms; a tenth of a second feels immediate.
_SMOOTH_MS = 100
FINDINGS = [
    ("overstride", "marked", "The foot lands far in front of the hip"),
    ("cadence", "moderate", "Few steps a minute for this speed"),
    ("arm_crossover", "mild", "The left hand crosses the middle"),
]


def image(number: int) -> str:
    cv2 = pytest.importorskip("cv2")
    import base64

    import numpy as np

    image = np.full((144, 112, 3), (40 + number % 180, 120, 160), np.uint8)
    cv2.circle(image, (56, 40 + number % 60), 20, (240, 240, 240), -1)
    _, data = cv2.imencode(".jpg", image)
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode()


def row(number: int) -> SessionRow:
    athlete = ("Anna Berg", "Élodie", "Ömer Ünal", "Йована", "山田太郎")[number % 5]
    planned = PlannedSession(
        name=f"run {number}",
        clips=(ClipEntry(f"/x/run {number}.mp4", f"run {number}.mp4", "side"),),
        athlete=athlete,
        date=None if number % 7 == 0 else f"2026-0{1 + number % 9}-{1 + number % 28:02}",
        slug=f"run-{number}",
    )
    if number % 25 == 3:
        state = {"status": "failed", "reason": "nobody is in the picture", "view": None}
        return SessionRow(planned, "failed", "nobody is in the picture", (state,))
    found = [
        {"key": m, "metric": m, "side": "both", "severity": s, "headline": h, "corrections": []}
        for n, (m, s, h) in enumerate(FINDINGS)
        if number % (n + 2) == 0
    ]
    state = {"status": "ok", "reason": None, "view": "side"}
    return SessionRow(planned, "ok", None, (state,), tuple(found), (), image(number))


@pytest.fixture(scope="module")
def rows() -> list[SessionRow]:
    named = PlannedSession(HOSTILE, (ClipEntry("/x/h.mp4", "h.mp4"),), HOSTILE, slug="h")
    hostile = SessionRow(named, "failed", HOSTILE, ({"status": "failed", "reason": HOSTILE, "view": None},))
    return [*(row(number) for number in range(499)), hostile]


def test_worst_first_also_without_a_script(rows: list[SessionRow]) -> None:
    html = render_index(rows)
    order = [html.index(f'data-name="run {n}"') for n in (0, 2, 4, 1, 3)]  # 4 findings …, none, failed
    assert order[0] < order[3] < order[4]
    assert order[1] < order[3]
    assert 'href="run-0/report.html"' in html
    assert HOSTILE not in html
    assert render_index(rows[:3], planned=5).count("2 still to come") == 1


def test_what_is_likely_comes_after_what_is_clear_and_before_nothing(rows: list[SessionRow]) -> None:
    ok = [one for one in rows if one.status == "ok"]
    clear = next(one for one in ok if one.findings)
    none = next(one for one in ok if not one.findings)
    said = {"key": "k", "metric": "tibia_angle", "side": "both", "severity": "marked", "headline": "Shins reach"}
    likely = replace(none, planned=replace(none.planned, name="only likely"), likely=(said,))
    html = render_index([none, likely, clear])
    assert html.index(f">{clear.planned.name}<") < html.index(">only likely<") < html.index(f">{none.planned.name}<")
    assert "Shins reach" in html
    assert "likely:" in html


def test_a_batch_without_anything_measured_has_an_index_too(rows: list[SessionRow]) -> None:
    html = render_index([r for r in rows if r.status != "ok"])
    assert "nobody is in the picture" in html
    assert '<select name="finding">' not in html


def test_odd_folder_names_are_links(rows: list[SessionRow]) -> None:
    planned = PlannedSession("दौड़ 100%", (ClipEntry("/x", "x"),), slug="दौड़-100")
    html = render_index([SessionRow(planned, "ok", None, ({"status": "ok", "reason": None, "view": "side"},))])
    assert 'href="%E0%A4%A6%E0%A5%8C%E0%A4%A1%E0%A4%BC-100/report.html"' in html


sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")


@pytest.fixture(scope="module")
def page(rows: list[SessionRow], tmp_path_factory: pytest.TempPathFactory) -> Iterator[sync_api.Page]:
    """The open index of 500 sessions; afterwards nothing may have gone wrong or been asked of the network."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    file = tmp_path_factory.mktemp("index") / "index.html"
    file.write_text(render_index(rows), encoding="utf-8")
    assert file.stat().st_size < 6_000_000
    faults: list[str] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        opened = browser.new_page(viewport={"width": 1200, "height": 900})
        opened.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        opened.on("pageerror", lambda error: faults.append(str(error)))
        opened.on("dialog", lambda dialog: (faults.append("a dialog"), dialog.dismiss()))
        opened.on("request", lambda r: None if r.url.startswith(("file:", "data:")) else faults.append(r.url))
        opened.goto(file.as_uri())
        yield opened
        assert faults == []
        browser.close()


def shown(page: sync_api.Page) -> list[str]:
    return page.eval_on_selector_all("#sessions tbody tr:not([hidden])", "rows => rows.map(r => r.dataset.name)")


@pytest.fixture
def fresh(page: sync_api.Page) -> sync_api.Page:
    """The page with everything shown, worst first."""
    page.set_viewport_size({"width": 1200, "height": 900})
    page.get_by_role("button", name="Show all").first.click()
    page.wait_for_timeout(30)
    assert page.locator("#count").inner_text() == "500 of 500 shown"
    return page


def test_it_filters_by_text_athlete_finding_and_status(fresh: sync_api.Page) -> None:
    fresh.get_by_label("Search").fill("elodie 101")  # accents need not be typed
    assert shown(fresh) == ["run 101"]
    fresh.get_by_label("Search").fill("")
    fresh.locator("select[name=status]").select_option("failed")
    assert len(shown(fresh)) == 21
    fresh.locator("select[name=athlete]").select_option("Йована")
    assert 0 < len(shown(fresh)) < 21
    fresh.locator("select[name=status]").select_option("ok")
    fresh.locator("select[name=finding]").select_option("overstride")
    assert all(int(name.split()[1]) % 2 == 0 for name in shown(fresh))
    fresh.get_by_label("Search").fill("nothing like it")
    assert shown(fresh) == []
    fresh.locator("#nothing button").click()
    fresh.wait_for_timeout(30)
    assert len(shown(fresh)) == 500


def test_it_sorts_by_heading_and_by_keyboard(fresh: sync_api.Page) -> None:
    heading = fresh.get_by_role("columnheader", name="Session")
    heading.get_by_role("button").focus()
    fresh.keyboard.press("Enter")
    assert shown(fresh)[1:5] == ["run 0", "run 1", "run 2", "run 3"]  # as a person counts, not "run 10"
    assert heading.get_attribute("aria-sort") == "ascending"
    fresh.keyboard.press("Enter")
    assert shown(fresh)[0] == "run 498"
    assert heading.get_attribute("aria-sort") == "descending"
    fresh.locator("select[name=sort]").select_option("newest")
    dates = fresh.eval_on_selector_all("#sessions tbody tr", "rows => rows.map(r => r.dataset.date)")
    dated = [date for date in dates if date]
    assert dated == sorted(dated, reverse=True)
    assert dates[: len(dated)] == dated
    fresh.keyboard.press("Escape")
    fresh.locator("h1").click()
    fresh.keyboard.press("/")
    fresh.keyboard.type("run 42")
    assert "run 42" in shown(fresh)
    assert len(shown(fresh)) == 15
    fresh.keyboard.press("Escape")
    assert len(shown(fresh)) == 500


def test_it_is_smooth(fresh: sync_api.Page) -> None:
    """Each action, with the layout that it causes."""
    times = fresh.evaluate(
        """() => {
            const form = document.getElementById("tools"), took = {};
            const act = (name, value) => {
                const begun = performance.now();
                form.elements[name].value = value;
                form.elements[name].dispatchEvent(new Event("input", { bubbles: true }));
                document.body.getBoundingClientRect();
                const now = performance.now() - begun, key = name + " " + value;
                took[key] = Math.min(took[key] ?? Infinity, now);
            };
            for (let round = 0; round < 3; round++) {  // other programs may be at work
                act("text", "foot"); act("text", ""); act("status", "failed"); act("status", "");
                act("sort", "name"); act("sort", "newest"); act("sort", "rank"); act("finding", "cadence");
                act("finding", "");
            }
            return took;
        }"""
    )
    assert max(times.values()) < _SMOOTH_MS, times


@pytest.mark.parametrize("width", [360, 700, 1200])
def test_nothing_is_wider_than_the_screen(fresh: sync_api.Page, width: int) -> None:
    fresh.set_viewport_size({"width": width, "height": 800})
    assert fresh.evaluate("document.documentElement.scrollWidth") <= width


def test_hostile_names_do_no_harm(fresh: sync_api.Page) -> None:
    assert fresh.title() != "hurt"
    assert fresh.locator("tbody script, tbody img[onerror]").count() == 0


def test_what_a_coach_must_do_comes_first() -> None:
    planned = PlannedSession(
        "monday",
        (ClipEntry("/x/a.mp4", "a.mp4"),),
        "Anna",
        date="2026-03-08T17:30",
        slug="a",
        date_from="file",
        roster_labels={"squad": "U20"},
        remark="Anna is not in the roster",
    )
    state = {"status": "ok", "reason": None, "view": "side"}
    values = ({"value": 1.0, "clip": 0}, {"value": None, "clip": 0})
    notes = IndexNotes(
        film_again=(FilmAgain("Tom", "monday", "t.mp4", "feet are outside the picture"),),
        skipped=(SkippedFile(HOSTILE, "a photo, not a video"),),
        absent=(AbsentAthlete("Ben Cox", "U20", "2026-03-01"),),
        stale=("old",),
        problems=("row 4: height 'x'",),
        season=True,
        unselected=2,
    )
    page = render_index([SessionRow(planned, "ok", None, (state,), (), values)], planned=1, notes=notes)
    assert page.index("Film this clip again") < page.index("Not filmed in this batch") < page.index("<table")
    for text in (
        *("Nothing stands out in 1 value. 1 could not be measured.", "when the file was written", "squad: U20"),
        *("1 file skipped", "1 a photo, not a video", "2 left out by the filter", 'href="season.html"'),
        *("Reports whose clips are gone", "row 4: height", "Anna is not in the roster", "last session 2026-03-01"),
    ):
        assert text in page, text
    assert HOSTILE not in page
    waiting = render_index([SessionRow(planned, "waiting", None, (state,))], planned=1)
    assert "not analysed yet" in waiting
    assert "Nothing stands out" not in waiting
