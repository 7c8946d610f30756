"""Many films at once: folders of this machine, films that are sent, names that decide, and what is refused."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gait.app.app_settings import AppSettings
from gait.app.batch_store import link_or_copy, plan_names
from gait.app.film_folders import FilmFolders
from gait.app.web_app import create_app
from gait.errors import InputError
from tests.app.app_client import add_athlete, signed_in_client, upload
from tests.app.app_process import running_app
from tests.app.browser_pages import PHONE, is_too_wide, needs_chromium, serious_faults, signed_in_context
from tests.app.test_coach_page import form, page

HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A club's folder: athletes, days, a manifest, links that lead elsewhere."""
    root = tmp_path_factory.mktemp("club") / "films"
    secret = root.parent / "secret"
    for name in (
        "anna/2026-03-01/anna_side.mp4",
        "anna/2026-03-01/anna_rear.mp4",
        "Ben_side.mp4",
        "zoe/2026-05-05/zoe.mov",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"good " + name.encode())
    secret.mkdir()
    (secret / "secret.mp4").write_bytes(b"good SECRET")
    (secret / "answers.toml").write_text('pain_now = "SECRETWORD"\n')
    (root / "link.mp4").symlink_to(secret / "secret.mp4")
    (root / "away").symlink_to(secret)
    (root / ".hidden").mkdir()
    (root / "list.csv").write_text(
        "file,athlete,height,speed,date\nBen_side.mp4,Benjamin,180,10.8,2026-02-02\n../secret/secret.mp4,Spy,,,\n"
        "../secret/missing.mp4,Spy,,,\nhttp://host/x.mp4,Net,,,\nlink.mp4,Link,,,\n"
    )
    (root / "asks.csv").write_text("file,answers\nBen_side.mp4,../secret/answers.toml\n")
    return root


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, films: Path) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("batch")
    with signed_in_client(folder, films=(films,), requests_per_s=1e6, burst=1e6) as made:
        yield made


def ended(client: Any, batch: str, seconds: float = 40.0) -> list[dict[str, Any]]:
    """Rows of a batch as soon as all have ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        rows: list[dict[str, Any]] = client.get(f"/api/v1/batches/{batch}").json()["rows"]
        if all(row["state"] in ("done", "failed", "cancelled") for row in rows):
            return rows
        time.sleep(0.1)
    raise AssertionError(rows)


def test_a_folder_is_planned_by_its_names_and_measured_in_one_table(client, films: Path) -> None:
    assert "anna/" in page(client, "/batches")
    plan = client.get("/api/v1/films/plan?path=anna").json()
    assert [(run["athlete"], run["session"], run["options"]["date"]) for run in plan] == [
        ("anna", "anna", "2026-03-01")
    ]
    assert sorted(plan[0]["films"]) == ["2026-03-01/anna_rear.mp4", "2026-03-01/anna_side.mp4"]
    shown = page(client, "/batches/plan?path=anna")
    assert 'value="anna"' in shown
    before = (films / "anna/2026-03-01/anna_side.mp4").read_bytes()
    answer = form(client, "/batches", path="anna", row=["0"], athlete=["Anna Berg"], height="172")
    batch = answer.headers["location"].rsplit("/", 1)[-1]
    (row,) = ended(client, batch)
    assert (row["state"], row["athlete_name"]) == ("done", "Anna Berg")
    (session,) = client.get(f"/api/v1/athletes/{row['athlete']}/sessions").json()
    assert session["date"][:10] == "2026-03-01"
    assert "Anna Berg" in page(client, f"/batches/{batch}")
    assert (films / "anna/2026-03-01/anna_side.mp4").read_bytes() == before
    # Again: nothing is measured twice.
    answer = form(client, "/batches", path="anna", row=["0"], athlete=["Anna Berg"])
    (row,) = ended(client, answer.headers["location"].rsplit("/", 1)[-1])
    assert row["reason"] == "measured already"
    # The film stays where it is when the athlete goes.
    assert client.delete(f"/api/v1/athletes/{row['athlete']}").status_code == 204
    assert (films / "anna/2026-03-01/anna_side.mp4").read_bytes() == before


def test_a_manifest_takes_films_of_the_folder_and_nothing_else(client) -> None:
    plan = client.get("/api/v1/films/plan?path=list.csv").json()
    assert [run["athlete"] for run in plan if run["problem"] is None] == ["Benjamin"]
    assert plan[0]["options"] == {
        "date": "2026-02-02",
        "session": "Ben",
        "height_m": 1.8,
        "speed_mps": pytest.approx(3),
    }
    told = {run["problem"] for run in plan if run["athlete"] == "Spy"}
    # Whether a file outside is there is not told either.
    assert all("missing, a link, or outside" in problem for problem in told)
    assert len({problem.replace("missing.mp4", "secret.mp4") for problem in told}) == 1
    batch = client.post("/api/v1/batches", json={"root": 0, "path": "list.csv"}).json()["id"]
    rows = ended(client, batch)
    assert sorted(row["state"] for row in rows) == ["done"] + ["failed"] * (len(rows) - 1)


def test_answers_outside_the_folder_are_not_read(client) -> None:
    answer = client.get("/api/v1/films/plan?path=asks.csv")
    assert answer.status_code == 422
    assert "row 2: the file of answers" in answer.json()["error"]
    assert "SECRETWORD" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "..",
        "../secret",
        "anna/../../secret",
        "/etc",
        "away",
        "away/secret.mp4",
        ".hidden",
        "nothing",
        "a\\b",
        "\0",
    ],
)
def test_no_way_leads_out_of_the_folder(client, path: str) -> None:
    for address in ("/api/v1/films", "/api/v1/films/plan"):
        answer = client.get(address, params={"root": 0, "path": path})
        assert answer.status_code == 404
    assert client.get("/api/v1/films", params={"root": 7}).status_code == 404
    answer = client.post("/api/v1/batches", json={"root": 0, "path": path})
    assert answer.status_code == 404


def test_links_and_hidden_folders_are_not_listed(client) -> None:
    content = client.get("/api/v1/films").json()
    assert (content["folders"], content["manifests"], content["films"]) == (
        ["anna", "zoe"],
        ["asks.csv", "list.csv"],
        1,
    )


def test_films_that_are_sent_are_planned_by_their_names_and_queued(client) -> None:
    add_athlete(client, "Dora")
    names = ["dora_side.mp4", "dora_rear.mp4", "club/Emil/2026-04-05/run.mov", "notes.txt", "../../etc/x.mp4", ".mp4"]
    plan = client.post("/api/v1/films/plan", json={"names": names}).json()
    found = {run["athlete"].casefold(): run for run in plan}
    assert sorted(found["dora"]["films"]) == ["dora_rear.mp4", "dora_side.mp4"]
    assert found["dora"]["known"]
    assert "notes.txt" not in str(plan)
    batch = client.post("/api/v1/batches", json={}).json()["id"]
    athlete = add_athlete(client, "Dora")
    uploads = [upload(client, f"good {n}".encode(), name=n, athlete=athlete) for n in found["dora"]["films"]]
    body = {"athlete": athlete, "uploads": uploads, "session": "dora", "date": "2026-04-05"}
    assert client.post(f"/api/v1/batches/{batch}/runs", json=body).status_code == 202
    (row,) = ended(client, batch)
    assert row["state"] == "done"
    assert client.get(f"/api/v1/sessions/{row['session']}").json()["date"][:10] == "2026-04-05"
    assert client.post(f"/api/v1/batches/{'0' * 32}/runs", json=body).status_code == 404


def test_hostile_names_of_films_are_text(client) -> None:
    names = ['<img src=x onerror="x">_side.mp4', "\u202e_side.mp4", "x" * 900 + ".mp4", "a\0b.mp4", "{{7*7}}.mp4"]
    plan = client.post("/api/v1/films/plan", json={"names": names}).json()
    assert all(len(run["athlete"]) <= 200 and "\0" not in run["athlete"] for run in plan)
    assert not any("\u202e" in run["athlete"] for run in plan)


def test_nothing_chosen_is_told(client) -> None:
    answer = form(client, "/batches", path="zoe")
    assert answer.status_code == 422
    assert "choose at least one session" in answer.text
    assert "zoe" in answer.text


def test_without_folders_the_page_says_how(tmp_path: Path) -> None:
    with signed_in_client(tmp_path) as client:
        assert "gait serve --films FOLDER" in page(client, "/batches")
        assert client.get("/api/v1/films").status_code == 404


def test_a_batch_goes_on_after_the_server_was_stopped(tmp_path: Path, films: Path) -> None:
    app = create_app(AppSettings(data_folder=tmp_path / "data", films=(films,)))
    importer = app.state.importer
    from gait.app.batch_store import add_batch, plan_folder

    add_batch(app.state.store, plan_folder(app.state.store, importer.films, 0, "zoe"))  # and no thread has begun
    app.state.store.close()
    with signed_in_client(tmp_path, films=(films,)) as client:
        (batch,) = client.get("/api/v1/batches").json()
        (row,) = ended(client, batch["id"])
        assert (row["state"], row["athlete_name"]) == ("done", "zoe")


def test_a_missing_folder_of_films_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no folder"):
        FilmFolders([tmp_path / "none"])


def test_a_film_that_cannot_be_linked_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film, target = tmp_path / "a.mp4", tmp_path / "b.part"
    film.write_bytes(b"film")
    target.touch()

    def refuse(*_args: object, **_more: object) -> None:
        raise OSError("another disk")

    monkeypatch.setattr(os, "link", refuse)
    link_or_copy(film, target)
    assert target.read_bytes() == b"film"
    assert not target.samefile(film)
    with pytest.raises(InputError):
        link_or_copy(tmp_path, target)


def test_names_alone_are_planned_without_a_server(tmp_path: Path) -> None:
    app = create_app(AppSettings(data_folder=tmp_path / "data"))
    runs = plan_names(app.state.store, ["Zoe side.MOV", "zoe-rear.mov"])
    assert [(run.athlete, len(run.films), run.known) for run in runs] == [("Zoe", 2, False)]
    app.state.store.close()


@needs_chromium
def test_films_are_chosen_in_a_browser_and_end_in_one_table(tmp_path: Path) -> None:
    for name in ("dora_side.mp4", "dora_rear.mp4", "emil_side.mp4", "notes.txt"):
        (tmp_path / name).write_bytes(f"good {name}".encode())
    (tmp_path / "REFUSED_side.mp4").write_bytes(b"REFUSE this one")
    with running_app(tmp_path) as (base, client, _process), signed_in_context(base, client, **PHONE) as context:
        browser = context.new_page()
        browser.goto(f"{base}/batches")
        browser.set_input_files("#files", [*sorted(tmp_path.glob("*.mp4")), tmp_path / "notes.txt"])
        browser.get_by_text("3 sessions of 4 films").wait_for()
        browser.get_by_label("Athlete").nth(1).fill("Dora <img src=x onerror=alert(1)>")
        assert serious_faults(browser) == []
        browser.get_by_role("button", name="Upload and measure").click()
        browser.wait_for_url("**/batches/*")
        browser.get_by_text("3 of 3 sessions have ended, 1 of them could not be measured.").wait_for(timeout=40_000)
        assert browser.get_by_text("nobody runs in this video").is_visible()
        assert browser.get_by_role("link", name="Report").count() == 2
        assert serious_faults(browser) == []
        assert not is_too_wide(browser)
        browser.get_by_role("link", name="Coach").first.click()
        assert browser.get_by_text("Dora <img src=x onerror=alert(1)>").is_visible()
        assert serious_faults(browser) == []
        assert not is_too_wide(browser)
        browser.get_by_role("link", name="emil").click()
        browser.get_by_label("New note").fill("<img src=x onerror=alert(1)>")
        browser.get_by_role("button", name="Keep the note").click()
        assert browser.locator(".written").inner_text() == "<img src=x onerror=alert(1)>"
        assert serious_faults(browser) == []
        assert not is_too_wide(browser)
        # The name must be typed before anything is deleted.
        browser.get_by_text("Delete for good").first.click()
        browser.get_by_label("Type the name emil to confirm").fill("Emil")
        browser.get_by_role("button", name="Delete for good").click()
        browser.wait_for_url("**/coach")
        assert browser.get_by_role("link", name="emil").count() == 0
