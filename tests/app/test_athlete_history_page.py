"""A runner over time: what really changed, target and reminder, pain beside form, two sessions compared."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from gait.app.app_settings import AppSettings
from gait.app.app_store import AppStore
from gait.app.athlete_details import change_athlete
from gait.app.diary_store import add_pain, list_pain
from tests.app.app_client import add_athlete, signed_in_client
from tests.app.app_process import running_app
from tests.app.browser_pages import PHONE, is_too_wide, needs_chromium, serious_faults, signed_in_context
from tests.app.seeded_sessions import add_session, three_sessions
from tests.made_reports import measured

_numbers = count(1)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with signed_in_client(tmp_path_factory.mktemp("app")) as client:
        yield client


@pytest.fixture
def athlete(client: TestClient) -> int:
    """A runner whom no other test knows."""
    return add_athlete(client, f"Anna {next(_numbers)}")


def history(client: TestClient, athlete: int) -> str:
    answer = client.get(f"/athletes/{athlete}/history")
    assert answer.status_code == 200
    return answer.text


def write_pain(client: TestClient, athlete: int, **fields: Any) -> Any:
    given = {"csrf_token": client.headers["X-CSRF-Token"], "day": "2026-10-01", "level": "3", "text": ""}
    return client.post(f"/athletes/{athlete}/pain", data=given | fields, follow_redirects=False)


def test_a_runner_without_sessions_is_led_to_the_first(client: TestClient, athlete: int) -> None:
    text = history(client, athlete)
    assert "There is no session yet." in text
    assert f"/athletes/{athlete}/history" in client.get("/history").text


def test_only_what_really_changed_has_rings(client: TestClient, athlete: int) -> None:
    three_sessions(client.app.state.store, athlete)
    text = history(client, athlete)
    assert "Really changed since the first session: Steps per minute" in text
    cadence, _rest = text.split('id="cadence"')[1].split("</article>", 1)
    lean, _rest = text.split('id="trunk_lean"')[1].split("</article>", 1)
    assert cadence.count('class="ring') == 2
    assert 'class="ring' not in lean


def test_sessions_at_another_speed_are_not_judged(client: TestClient, athlete: int) -> None:
    store = client.app.state.store
    add_session(store, athlete, "2026-09-01", measured("cadence", 160.0, 1.0), speed=2.5)
    add_session(store, athlete, "2026-10-01", measured("cadence", 180.0, 1.0), speed=4.0)
    text = history(client, athlete)
    assert 'class="ring' not in text
    assert "Nothing has really changed" in text


def test_a_target_is_offered_taken_and_followed(client: TestClient, athlete: int) -> None:
    store = client.app.state.store
    finding = {"key": "low_cadence", "metric": "cadence", "side": "both", "severity": "moderate", "headline": "Few."}
    add_session(
        store,
        athlete,
        "2026-09-01",
        measured("cadence", 162.0, 1.0),
        findings=[{**finding, "corrections": ["raise_cadence"]}],
    )
    assert "Take 172 steps/min as my target" in history(client, athlete)
    fields = {"csrf_token": client.headers["X-CSRF-Token"], "metric": "cadence", "value": "172"}
    assert client.post(f"/athletes/{athlete}/target", data=fields, follow_redirects=False).status_code == 303
    text = history(client, athlete)
    assert "Film again at 172 steps/min" in text
    assert "The target is not reached yet." in text
    assert 'class="target"' in text
    add_session(store, athlete, "2026-10-01", measured("cadence", 174.0, 1.0))
    assert "The target is reached." in history(client, athlete)
    assert client.post(f"/athletes/{athlete}/target", data=fields | {"metric": "beauty"}).status_code == 404


def test_pain_stands_beside_form_on_one_axis(client: TestClient, athlete: int) -> None:
    three_sessions(client.app.state.store, athlete)
    assert write_pain(client, athlete, areas=["knee_left", "calf_right"], level="6").status_code == 303
    assert write_pain(client, athlete, level="0").status_code == 303
    entries = list_pain(client.app.state.store, athlete)
    assert sorted((e["area"], e["level"]) for e in entries) == [("calf_right", 6), ("knee_left", 6), ("none", 0)]
    text = history(client, athlete)
    assert "strongest pain 6 of 10" in text
    assert "left knee" in text
    entry = entries[0]["id"]
    other = add_athlete(client, "Somebody else")
    token = {"csrf_token": client.headers["X-CSRF-Token"]}
    assert client.post(f"/athletes/{other}/pain/{entry}/delete", data=token).status_code == 404
    client.post(f"/athletes/{athlete}/pain/{entry}/delete", data=token)
    assert len(list_pain(client.app.state.store, athlete)) == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"level": "11", "areas": "knee_left"},
        {"level": "", "areas": "knee_left"},
        {"level": "3"},
        {"areas": "tail"},
        {"areas": "knee_left", "day": "2126-01-01"},
        {"areas": "knee_left", "day": "yesterday"},
    ],
)
def test_a_careless_entry_is_told_and_what_was_typed_stays(
    client: TestClient, athlete: int, fields: dict[str, Any]
) -> None:
    answer = write_pain(client, athlete, text="after the hill run", **fields)
    assert answer.status_code == 422
    assert 'class="fault"' in answer.text
    assert "after the hill run" in answer.text
    assert list_pain(client.app.state.store, athlete) == []


def test_texts_of_people_are_no_markup(client: TestClient, athlete: int) -> None:
    add_pain(
        client.app.state.store, athlete, day="2026-10-01", area="<b>x</b>", level=2, text="<script>alert(1)</script>"
    )
    text = history(client, athlete)
    assert "<script>alert" not in text
    assert "<b>x</b>" not in text


def test_two_sessions_are_compared(client: TestClient, athlete: int) -> None:
    first, _second, third = three_sessions(client.app.state.store, athlete)
    assert '<form action="/compare"' in history(client, athlete)
    text = client.get("/compare", params={"first": third, "second": first}).text
    assert "Really changed: Steps per minute" in text  # in order of time, whatever was chosen first
    assert "+9.0 steps/min" in text
    assert f'<a href="/athletes/{athlete}/history"' in text
    assert "4 Sep 2026" in text
    assert "2026-09-04<" not in text
    assert "same report" in client.get("/compare", params={"first": first, "second": first}).text


def test_a_comparison_is_shown_in_the_units_of_the_athlete(client: TestClient, athlete: int) -> None:
    store = client.app.state.store
    days = {"2026-09-04": 9.0, "2026-10-02": 10.0}
    first, second = (add_session(store, athlete, d, measured("vertical_oscillation", v, 0.5)) for d, v in days.items())
    metric = client.get("/compare", params={"first": first, "second": second}).text
    change_athlete(store, athlete, {"units": "imperial"})
    imperial = client.get("/compare", params={"first": first, "second": second}).text
    assert "9.0 cm" in metric
    assert "3.5 in" in imperial


@needs_chromium
def test_three_sessions_on_a_phone(tmp_path: Path) -> None:
    with running_app(tmp_path / "app") as (base, client, _process):
        athlete = add_athlete(client)
        three_sessions(AppStore(AppSettings(data_folder=tmp_path / "app" / "data")), athlete)
        with signed_in_context(base, client, **PHONE) as context:
            page = context.new_page()
            page.goto(f"{base}/history")
            page.get_by_role("link", name="Anna").first.click()
            page.wait_for_url("**/history")
            assert page.locator("#cadence circle.dot").count() == 3
            page.get_by_text("How is it today?").click()
            page.locator('figure:first-of-type [data-area="knee_left"]').tap()
            page.locator('.levels input[value="4"]').check(force=True)
            page.locator('#diary button:has-text("Save")').click()
            page.get_by_text("Saved.").wait_for()
            assert page.locator("circle.pain").count() == 1
            assert not is_too_wide(page)
            assert serious_faults(page) == []
            page.get_by_role("button", name="Compare").click()
            assert "Really changed" in page.locator("main").inner_text()
