"""The page about a runner: what is typed is kept, faults stand beside their field, answers reach the reports."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from gait.app.body_map import AREAS, answers_of_areas, area_name, areas_of_answers, map_figures
from gait.app.diary_store import add_answers, latest_answers
from gait.errors import InputError
from gait.findings.answers import parse_answers
from gait.findings.knowledge_loader import load_knowledge
from tests.app.app_client import add_athlete, measure, signed_in_client, wait_for
from tests.app.app_process import running_app
from tests.app.browser_pages import PHONE, is_too_wide, needs_chromium, serious_faults, signed_in_context


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with signed_in_client(tmp_path_factory.mktemp("app")) as client:
        client.follow_redirects = True
        yield client


@pytest.fixture
def athlete(client: TestClient) -> int:
    """A runner whom no other test knows."""
    client.cookies.delete("gait_language")
    return add_athlete(client, f"Anna {next(_numbers)}")


_numbers = count(1)


def send(client: TestClient, athlete: int, **fields: Any) -> Any:
    known = details(client, athlete)
    token, version, name = client.headers["X-CSRF-Token"], known["version"], known["name"]
    given = {"csrf_token": token, "version": version, "name": name, "units": "metric"}
    return client.post(f"/athletes/{athlete}/about", data=given | fields, follow_redirects=False)


def details(client: TestClient, athlete: int) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/v1/athletes/{athlete}").json()
    return found


def test_what_is_typed_is_kept_and_shown_again(client: TestClient, athlete: int) -> None:
    answer = send(
        client,
        athlete,
        height="5'10\"",
        leg_length="92,5",
        speed="10.1",
        target_metric="cadence",
        target_value="172",
        areas=["knee_left", "groin_right"],
        pain_strength="4",
        sleeps_enough="no",
        surface=["road", "soft"],
    )
    assert answer.status_code == 303
    kept = details(client, athlete)
    assert kept["height_m"] == pytest.approx(1.778)
    assert kept["leg_length_m"] == pytest.approx(0.925)
    assert kept["speed_mps"] == pytest.approx(10.1 / 3.6, abs=1e-4)
    assert (kept["target_metric"], kept["target_value"]) == ("cadence", 172.0)
    answers = latest_answers(client.app.state.store, athlete)
    assert answers is not None
    assert answers["areas"] == ("groin_right", "knee_left")
    assert answers["content"] == {
        "pain_where": ["hip_deep", "knee"],
        "pain_side": "both",
        "pain_strength": 4.0,
        "sleeps_enough": False,
        "surface": ["road", "soft"],
    }
    page = client.get(f"/athletes/{athlete}/about").text
    for shown in (
        'value="178 cm"',
        'value="92.5 cm"',
        'value="10.1 km/h"',
        'value="knee_left" data-option="knee" checked',
    ):
        assert shown in page


@pytest.mark.parametrize(
    ("units", "height", "speed", "expected"),
    [
        ("metric", "1.78", "10", (1.78, 10 / 3.6)),
        ("metric", "178", "5:15/km", (1.78, 1000 / 315)),
        ("imperial", "70", "6.3", (1.778, 6.3 * 1.609344 / 3.6)),
        ("pace", "1,78 m", "5:15", (1.78, 1000 / 315)),
        ("imperial-pace", "5ft 10in", "8:00", (1.778, 1609.344 / 480)),
    ],
)
def test_numbers_without_a_unit_are_in_the_units_of_choice(
    client: TestClient, athlete: int, units: str, height: str, speed: str, expected: tuple[float, float]
) -> None:
    assert send(client, athlete, units=units, height=height, speed=speed).status_code == 303
    kept = details(client, athlete)
    assert (kept["height_m"], kept["speed_mps"]) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(
    "fields",
    [
        {"height": "tall"},
        {"height": "17.8"},
        {"leg_length": "-3"},
        {"speed": "fast"},
        {"speed": "0"},
        {"name": " "},
        {"name": "x" * 300},
        {"units": "furlongs"},
        {"language": "xx"},
        {"target_metric": "beauty", "target_value": "3"},
        {"target_metric": "cadence", "target_value": "more"},
        {"areas": "tail"},
        {"areas": "knee_left", "none": "1"},
        {"areas": "knee_left", "pain_strength": "12"},
        {"rest_days": "often"},
        {"tired_form": ["nothing", "lean"]},
    ],
)
def test_a_careless_entry_is_told_and_nothing_is_kept(client: TestClient, athlete: int, fields: dict[str, Any]) -> None:
    answer = send(client, athlete, **{"height": "178"} | fields)
    assert answer.status_code == 422
    assert 'class="fault"' in answer.text
    assert details(client, athlete)["height_m"] is None
    assert latest_answers(client.app.state.store, athlete) is None


def test_typed_texts_survive_a_fault_and_markup_stays_text(client: TestClient, athlete: int) -> None:
    answer = send(client, athlete, height="tall", speed='"><script>alert(1)</script>')
    assert 'value="tall"' in answer.text
    assert "<script>alert" not in answer.text


def test_answers_to_questions_that_were_not_asked_are_left_out(client: TestClient, athlete: int) -> None:
    send(client, athlete, none="1", pain_strength="8", surface="road", track_direction="yes")
    answers = latest_answers(client.app.state.store, athlete)
    assert answers is not None
    assert answers["content"] == {"pain_where": ["nowhere"], "surface": ["road"]}


def test_another_browser_was_first(client: TestClient, athlete: int) -> None:
    assert send(client, athlete, height="178").status_code == 303
    answer = send(client, athlete, version=0, height="150")
    assert answer.status_code == 422
    assert "load the page again" in answer.text
    assert details(client, athlete)["height_m"] == pytest.approx(1.78)


@pytest.mark.parametrize("version", ["", "abc", "-1", "9" * 30, "²"])
def test_a_version_that_no_page_sends_is_no_fault(client: TestClient, athlete: int, version: str) -> None:
    answer = send(client, athlete, version=version, name="Somebody Else")
    assert answer.status_code == 422
    assert "load the page again" in answer.text


def test_a_name_of_another_runner_is_refused_beside_the_field(client: TestClient, athlete: int) -> None:
    add_athlete(client, "Bert")
    answer = send(client, athlete, name="bert")
    assert answer.status_code == 422
    assert "Bert" in answer.text


def test_a_form_of_another_site_is_refused(client: TestClient, athlete: int) -> None:
    assert send(client, athlete, csrf_token="x").status_code == 403


def test_pages_speak_the_chosen_language(client: TestClient, athlete: int) -> None:
    send(client, athlete, language="fr")
    assert '<html lang="fr">' in client.get("/history").text
    client.get("/language/es?back=/history")
    assert '<html lang="es">' in client.get("/history").text


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", "/\\evil.example", "x"])
def test_the_way_back_stays_on_this_server(client: TestClient, athlete: int, back: str) -> None:
    answer = client.get("/language/de", params={"back": back}, follow_redirects=False)
    assert answer.headers["location"] == "/"
    assert client.get("/language/xx").status_code == 404


def test_new_answers_are_written_into_the_reports_that_are_there(client: TestClient, athlete: int) -> None:
    wait_for(client, measure(client, b"film", athlete=athlete)["id"])
    answer = send(client, athlete, areas="knee_left")
    assert answer.headers["location"].endswith("saved=1")
    jobs = client.get("/api/v1/jobs", params={"athlete": athlete}).json()
    again = next(job for job in jobs if job["kind"] == "remeasure")
    assert wait_for(client, again["id"])["state"] == "done"
    # The same answers again change nothing.
    assert send(client, athlete, areas="knee_left").headers["location"].endswith("saved=0")


def test_answers_given_while_a_film_is_measured_come_into_its_report(client: TestClient) -> None:
    athlete = add_athlete(client, "Busy Person")
    job = measure(client, b"SLOW film", athlete=athlete)
    wait_for(client, job["id"], "running")
    assert send(client, athlete, name="Busy Person", areas="knee_left").headers["location"].endswith("saved=0")
    wait_for(client, job["id"])
    end = time.monotonic() + 20
    while not (again := [j for j in jobs_of(client, athlete) if j["kind"] == "remeasure"]):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert wait_for(client, again[0]["id"])["state"] == "done"
    # Once is enough.
    time.sleep(0.5)
    assert len([j for j in jobs_of(client, athlete) if j["kind"] == "remeasure"]) == 1


def jobs_of(client: TestClient, athlete: int) -> list[dict[str, Any]]:
    jobs: list[dict[str, Any]] = client.get("/api/v1/jobs", params={"athlete": athlete}).json()
    return jobs


def test_every_area_stands_for_an_answer_and_has_a_drawing() -> None:
    options = load_knowledge().questions["pain_where"].option_ids
    drawn = {area.id for figure in map_figures() for area, _path, _mirrored in figure.areas}
    assert drawn == set(AREAS)
    assert {area.part.option for area in AREAS.values()} == set(options) - {"nowhere"}
    for area in AREAS:
        assert parse_answers(answers_of_areas([area]))
        assert area_name(area)


def test_left_and_right_are_the_runners_own() -> None:
    front, back = map_figures()
    mirrored = {area.id: flag for area, _path, flag in front.areas}
    # Paths are drawn on the left half: the runner's right when seen from the front.
    assert (mirrored["knee_right"], mirrored["knee_left"]) == (False, True)
    assert {area.id: flag for area, _path, flag in back.areas}["calf_left"] is False
    assert (front.left, back.left) == ("your right", "your left")


def test_answers_without_the_map_find_their_areas(client: TestClient, athlete: int) -> None:
    assert areas_of_answers({"pain_where": ["knee", "back"], "pain_side": "left"}) == ("lower_back", "knee_left")
    assert areas_of_answers({"pain_where": "nowhere"}) == ()
    with pytest.raises(InputError, match="no area"):
        add_answers(client.app.state.store, athlete, {}, areas=["tail"])


@needs_chromium
def test_the_map_is_tapped_and_questions_follow(tmp_path: Path) -> None:
    with running_app(tmp_path / "app") as (base, client, _process):
        athlete = add_athlete(client)
        with signed_in_context(base, client, **PHONE) as context:
            page = context.new_page()
            page.goto(f"{base}/athletes/{athlete}/about")
            strength = page.locator('[data-question="pain_strength"]')
            assert not strength.is_visible()
            page.locator('figure:first-of-type [data-area="knee_left"]').tap()
            assert page.locator("[data-chosen]").inner_text() == "left knee"
            assert strength.is_visible()
            page.get_by_label("Nothing hurts.").check()
            assert page.locator(".area.on").count() == 0
            assert not strength.is_visible()
            # The list does the same by keyboard.
            page.get_by_text("Choose from a list instead").focus()
            page.keyboard.press("Enter")
            page.get_by_label("left calf").focus()
            page.keyboard.press("Space")
            assert page.locator('.area.on[data-area="calf_left"]').count() == 1
            assert not page.get_by_label("Nothing hurts.").is_checked()
            assert not is_too_wide(page)
            assert serious_faults(page) == []
            page.get_by_role("button", name="Save").click()
            page.get_by_text("Saved.").wait_for()
        answers = client.get(f"/api/v1/athletes/{athlete}/answers").json()
        assert answers["content"] == {"pain_where": ["elsewhere"], "pain_side": "left"}
