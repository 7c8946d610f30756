"""The pages of a coach: list, filters, groups, the card of an athlete, notes, consent, joining, export and deletion."""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gait.app.athlete_details import change_athlete
from gait.app.coach_store import MAX_NOTE, AthleteOverview, CoachFilter, athlete_overviews
from gait.app.diary_store import add_note, add_pain, list_notes
from gait.app.session_store import report_folder
from tests.app.app_client import add_athlete, measure, signed_in_client, upload, wait_for

HTML = {"Accept": "text/html"}
HOSTILE = [
    '<img src=x onerror="alert(1)">',
    "</script><script>alert(1)</script>",
    "{{ 7*7 }} ${7*7}",
    "مريم ‮تجربة",
    "🏃‍♀️ Zoë 🏃",
    "x" * 200,
]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Path]]:
    """One server for all tests: its workers take seconds to start."""
    folder = tmp_path_factory.mktemp("coach")
    with signed_in_client(folder, requests_per_s=1e6, burst=1e6) as made:
        yield made, folder / "data"


@pytest.fixture
def client(shared: tuple[Any, Path]) -> Any:
    for athlete in shared[0].get("/api/v1/athletes").json():
        assert shared[0].delete(f"/api/v1/athletes/{athlete['id']}").status_code == 204
    return shared[0]


@pytest.fixture
def data(shared: tuple[Any, Path]) -> Path:
    return shared[1]


def form(client: Any, address: str, **values: Any) -> Any:
    """Send a form as a browser does."""
    token = client.headers["X-CSRF-Token"]
    return client.post(address, data={"csrf_token": token, **values}, headers=HTML, follow_redirects=False)


def page(client: Any, address: str) -> str:
    answer = client.get(address, headers=HTML)
    assert answer.status_code == 200, answer.text
    text: str = answer.text
    return text


def measured(client: Any, name: str, content: bytes = b"good") -> tuple[int, int]:
    """Athlete and session of a measured run."""
    athlete = add_athlete(client, name)
    job = wait_for(client, measure(client, content + name.encode(), athlete=athlete, name=f"{name}_side.mp4")["id"])
    assert job["state"] == "done", job
    return athlete, job["session"]


# --- the list ---


def test_the_list_shows_everybody_with_findings_group_target_and_consent(client) -> None:
    athlete, _session = measured(client, "Anna")
    store = client.app.state.store
    change_athlete(store, athlete, {"squad": "U20", "target_metric": "cadence", "target_value": 190.0})
    add_athlete(client, "Ben")
    text = page(client, "/coach")
    assert "2 athletes" in text
    assert "U20" in text
    assert "→ 190" in text
    assert "no consent noted" in text
    assert "not filmed yet" in text


def one(name: str, **more: Any) -> AthleteOverview:
    details = {"id": 1, "name": name, "squad": None, "consent_at": None, "last_session": None, **more}
    return AthleteOverview(
        details,
        None,
        False,
        tuple((m, m) for m in more.pop("findings", ())),
        tuple(more.pop("outside", ())),
        more.pop("weeks", None),
        None,
    )


PEOPLE = [
    one("Zoe", squad="U20", findings=["overstride"], outside=["overstride"], weeks=1, last_session="2026-05-01"),
    one("anna", squad="Masters", weeks=9, last_session="2026-01-01", consent_at="2026-01-01"),
    one("Ben", findings=["overstride", "cadence"], outside=["cadence"], weeks=3, last_session="2026-03-01"),
    one("Cid"),
]


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        (CoachFilter(), ["anna", "Ben", "Cid", "Zoe"]),
        (CoachFilter(text="ZO"), ["Zoe"]),
        (CoachFilter(text="master"), ["anna"]),
        (CoachFilter(group="U20"), ["Zoe"]),
        (CoachFilter(finding="overstride"), ["Ben", "Zoe"]),
        (CoachFilter(outside="cadence"), ["Ben"]),
        (CoachFilter(weeks=4), ["anna", "Cid"]),
        (CoachFilter(consent=True), ["Ben", "Cid", "Zoe"]),
        (CoachFilter(order="last"), ["Cid", "anna", "Ben", "Zoe"]),
        (CoachFilter(order="findings"), ["Ben", "Zoe", "anna", "Cid"]),
        (CoachFilter(order="group"), ["anna", "Zoe", "Ben", "Cid"]),
        (CoachFilter(text="nobody"), []),
    ],
)
def test_filters_and_orders(chosen: CoachFilter, names: list[str]) -> None:
    assert [found.details["name"] for found in chosen.apply(PEOPLE)] == names


def test_weeks_count_from_the_latest_session(client) -> None:
    athlete, session = measured(client, "Anna")
    store = client.app.state.store
    day = time.strftime("%Y-%m-%d", time.localtime(store.clock() - 15 * 86_400))
    with store.write() as connection:
        connection.execute("UPDATE sessions SET date = ? WHERE id = ?", (day, session))
    (found,) = athlete_overviews(store, athlete)
    assert found.weeks == 2
    assert "Anna" in page(client, "/coach?weeks=2")
    assert "Nobody fits" in page(client, "/coach?weeks=4")


@pytest.mark.parametrize(
    "query", ["weeks=x", "order=none", "weeks=99999999", "group=%00", "count=5&done=foo", "q=" + "x" * 9000]
)
def test_a_careless_filter_shows_the_list(client, query: str) -> None:
    add_athlete(client, "Anna")
    assert client.get(f"/coach?{query}", headers=HTML).status_code == 200


def test_many_get_a_group_and_are_measured_again(client) -> None:
    (anna, session), ben = measured(client, "Anna"), add_athlete(client, "Ben")
    answer = form(client, "/coach/bulk", action="group", group="U20", athlete=[str(anna), str(ben)])
    assert "2 athletes" in page(client, answer.headers["location"])
    assert {a["squad"] for a in client.get("/api/v1/athletes").json()} == {"U20"}
    answer = form(client, "/coach/bulk", action="again", athlete=[str(anna), str(ben)])
    told = page(client, answer.headers["location"])
    assert "1 session is measured again. 1 athlete has no film here" in told
    job = client.get(f"/api/v1/jobs?athlete={anna}").json()[0]
    assert wait_for(client, job["id"])["session"] == session
    assert len(client.get(f"/api/v1/athletes/{anna}/sessions").json()) == 1
    assert "Choose athletes first" in page(client, form(client, "/coach/bulk", action="group").headers["location"])


# --- the card ---


def test_an_athlete_is_added_and_found_again(client) -> None:
    first = form(client, "/coach/athletes", name="  Anna  Berg ", group="U20").headers["location"]
    assert form(client, "/coach/athletes", name="anna berg").headers["location"] == first
    assert "Anna Berg" in page(client, first)
    refused = form(client, "/coach/athletes", name="x" * 10_000)
    assert refused.status_code == 422
    assert "too long" in refused.text
    assert form(client, "/coach/athletes", name="   ").status_code == 422


def test_details_are_changed_and_faults_are_told_beside_what_was_typed(client) -> None:
    athlete = add_athlete(client, "Anna")
    values = {"name": "Anna Berg", "squad": "U20", "height": "1.72 m", "speed": "10,8", "target_metric": "cadence"}
    assert form(client, f"/athletes/{athlete}/details", version=0, target_value="170", **values).status_code == 303
    found = client.get(f"/api/v1/athletes/{athlete}").json()
    assert (found["name"], found["squad"]) == ("Anna Berg", "U20")
    assert (found["height_m"], found["target_value"]) == (1.72, 170.0)
    assert found["speed_mps"] == pytest.approx(3.0)
    values |= {"height": "tall", "target_value": "170"}
    wrong = form(client, f"/athletes/{athlete}/details", version=found["version"], **values)
    assert wrong.status_code == 422
    assert "no body height" in wrong.text
    assert 'value="tall"' in wrong.text


def test_two_browsers_see_both_versions(client) -> None:
    athlete = add_athlete(client, "Anna")
    assert form(client, f"/athletes/{athlete}/details", version=0, name="Anna", squad="first").status_code == 303
    late = form(client, f"/athletes/{athlete}/details", version=0, name="Anna", squad="second", height="180")
    assert late.status_code == 409
    assert "first" in late.text
    assert "second" in late.text
    assert client.get(f"/api/v1/athletes/{athlete}").json()["squad"] == "first"
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', late.text))
    hidden.pop("csrf_token")
    assert form(client, f"/athletes/{athlete}/details", **hidden).status_code == 303
    saved = client.get(f"/api/v1/athletes/{athlete}").json()
    assert (saved["squad"], saved["height_m"]) == ("second", 1.8)


def test_notes_are_kept_changed_and_deleted(client) -> None:
    athlete, session = measured(client, "Anna")
    store = client.app.state.store
    form(client, f"/athletes/{athlete}/notes", text="left shin\r\nstiff", author="Coach", session=str(session))
    (note,) = list_notes(store, athlete)
    assert (note["text"], note["session"]) == ("left shin\nstiff", session)
    text = page(client, f"/athletes/{athlete}")
    mark = re.search(r'name="before" value="(\w+)"', text)[1]
    assert form(client, f"/athletes/{athlete}/notes/{note['id']}", text="better", before=mark).status_code == 303
    late = form(client, f"/athletes/{athlete}/notes/{note['id']}", text="worse", before=mark)
    assert late.status_code == 409
    assert "better" in late.text
    assert "worse" in late.text
    assert list_notes(store, athlete)[0]["text"] == "better"
    other = add_athlete(client, "Ben")
    assert form(client, f"/athletes/{other}/notes/{note['id']}", delete="1").status_code == 404
    assert form(client, f"/athletes/{athlete}/notes/{note['id']}", delete="1").status_code == 303
    assert not list_notes(store, athlete)


def test_a_long_note_is_kept_and_a_longer_one_refused(client) -> None:
    athlete = add_athlete(client, "Anna")
    assert form(client, f"/athletes/{athlete}/notes", text="ü" * 10_000).status_code == 303
    refused = form(client, f"/athletes/{athlete}/notes", text="ü" * (MAX_NOTE + 1))
    assert refused.status_code == 422
    assert "at most 20000" in refused.text
    assert form(client, f"/athletes/{athlete}/notes", text=" \n ").status_code == 422
    assert "ü" * 10_000 in page(client, f"/athletes/{athlete}")


def test_consent_is_noted_and_taken_back(client) -> None:
    athlete, session = measured(client, "Anna")
    assert "No consent is noted" in page(client, f"/athletes/{athlete}")
    assert "No consent of Anna is noted" in page(client, f"/sessions/{session}/share")
    form(client, f"/athletes/{athlete}/consent", version=0, day="2026-03-01", how="on paper", note="parents signed")
    text = page(client, f"/athletes/{athlete}")
    assert "on 1 Mar 2026" in text
    assert "on paper" in text
    assert "parents signed" in text
    assert "No consent" not in text + page(client, f"/sessions/{session}/share")
    version = client.get(f"/api/v1/athletes/{athlete}").json()["version"]
    assert form(client, f"/athletes/{athlete}/consent", version=version, day="soon").status_code == 422
    form(client, f"/athletes/{athlete}/consent", version=version, day="2026-03-01", withdrawn="1")
    assert client.get(f"/api/v1/athletes/{athlete}").json()["consent_at"] is None
    actions = [entry["action"] for entry in client.get(f"/api/v1/athletes/{athlete}/audit").json()]
    assert actions == ["consent_noted", "consent_withdrawn"]


def test_two_entries_of_one_person_are_joined_with_everything(client) -> None:
    wrong, session = measured(client, "Ana")
    right = add_athlete(client, "Anna")
    store = client.app.state.store
    add_note(store, wrong, "from the wrong entry", session=session)
    add_pain(store, wrong, day="2026-01-01", area="knee", level=2)
    assert form(client, f"/athletes/{right}/merge", other=str(wrong)).status_code == 303
    text = page(client, f"/athletes/{right}")
    assert "from the wrong entry" in text
    assert "knee" in text
    assert client.get(f"/sessions/{session}/report/", headers=HTML).status_code == 200
    assert client.get(f"/athletes/{wrong}", headers=HTML).status_code == 404
    assert add_athlete(client, "ana") == right
    assert form(client, f"/athletes/{right}/merge", other=str(right)).status_code == 422
    assert form(client, f"/athletes/{right}/merge", other="").status_code == 422


# --- export and deletion ---


def test_an_athlete_without_a_session_is_exported_too(client) -> None:
    answer = client.get(f"/api/v1/athletes/{add_athlete(client)}/export")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert json.loads(archive.read("athlete.json"))["athlete"]["name"] == "Anna"


def test_an_export_holds_everything_of_one_athlete_and_nothing_of_others(client, data: Path) -> None:
    anna, session = measured(client, "Annabelle", b"good ANNAFILM ")
    ben, _session = measured(client, "Benedict", b"good BENFILM ")
    store = client.app.state.store
    add_note(store, anna, "=HYPERLINK(1)", author="coach", session=session)
    add_note(store, ben, "secret of the other")
    record_file = report_folder(store, session) / "report.json"
    record = json.loads(record_file.read_text())
    record["videos"][0]["file"] = "/home/club/uploads/17/anna.mp4"
    record_file.write_text(json.dumps(record))
    # Nobody's folders leave this server: neither in what programs read, nor in what is packed.
    for address in (f"/api/v1/sessions/{session}/report", f"/sessions/{session}/report/report.json"):
        assert client.get(address).json()["videos"][0]["file"] == "anna.mp4"
    content = client.get(f"/api/v1/athletes/{anna}/export?films=true").content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        whole = b"".join(archive.read(name) for name in names)
        notes = archive.read("notes.csv").decode()
        assert json.loads(archive.read("athlete.json"))["athlete"]["name"] == "Annabelle"
        exported = json.loads(archive.read(f"session_{session}/report.json"))
    assert exported["videos"][0]["file"] == "anna.mp4"
    assert b"/home/club" not in whole
    assert str(data).encode() not in whole
    report = f"session_{session}"
    assert {f"{report}/report.html", f"{report}/report.json", "notes.csv", "pain.csv", "athlete.json"} <= names
    assert any(name.startswith("films/") for name in names)
    assert "'=HYPERLINK" in notes
    assert b"ANNAFILM" in whole
    for trace in (b"Benedict", b"BENFILM", b"secret of the other"):
        assert trace not in whole


def test_deletion_leaves_no_trace(client, data: Path) -> None:
    name = "Zebulonia Quixotica"
    athlete, session = measured(client, name, b"good FILMCONTENT ")
    ben, _session = measured(client, "Ben")
    store = client.app.state.store
    add_note(store, athlete, "NOTECONTENT", author="AUTHORNAME", session=session)
    add_pain(store, athlete, day="2026-01-01", area="PAINAREA", level=4)
    upload(client, b"FILMCONTENT again", name="Zebulonia_rear.mp4", athlete=athlete)
    change_athlete(store, athlete, {"consent_note": "CONSENTNOTE"})
    client.post("/api/v1/batches", json={})
    assert traces(data, b"Zebulonia", b"FILMCONTENT", b"NOTECONTENT") != []
    wrong = form(client, f"/athletes/{athlete}/delete", typed_name="Ben")
    assert wrong.status_code == 422
    assert "Nothing is deleted" in wrong.text
    assert form(client, f"/athletes/{athlete}/delete", typed_name="zebulonia  quixotica").status_code == 303
    assert client.get(f"/athletes/{athlete}", headers=HTML).status_code == 404
    said = (b"Zebulonia", b"zebulonia", b"FILMCONTENT", b"NOTECONTENT", b"AUTHORNAME", b"PAINAREA", b"CONSENTNOTE")
    assert traces(data, *said) == []
    assert client.get(f"/api/v1/athletes/{ben}/sessions").json()[0]["report"] is True


def traces(folder: Path, *words: bytes) -> list[str]:
    """Files, SQLite's included, whose name or content holds one of the words."""
    return [
        str(path)
        for path in folder.rglob("*")
        for content in [str(path.relative_to(folder)).encode() + (path.read_bytes() if path.is_file() else b"")]
        if any(word in content for word in words)
    ]


def test_deletion_stops_what_is_being_measured(client, data: Path) -> None:
    athlete = add_athlete(client, "Slow Person")
    job = measure(client, b"SLOW FILMCONTENT", athlete=athlete)
    wait_for(client, job["id"], "running")
    assert form(client, f"/athletes/{athlete}/delete", typed_name="Slow Person").status_code == 303
    assert client.get(f"/api/v1/jobs/{job['id']}").status_code == 404
    assert traces(data, b"Slow Person", b"FILMCONTENT") == []


# --- hostile texts, other sites, read-only ---


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_and_notes_are_shown_and_never_run(client, name: str) -> None:
    athlete, session = measured(client, "Victim")
    store = client.app.state.store
    change_athlete(store, athlete, {"name": name, "squad": name, "consent_note": name, "consent_at": "2026-01-01"})
    add_note(store, athlete, name * 40, author=name, session=session)
    second = measured(client, "Other")[1]
    for address in (
        *("/coach", f"/athletes/{athlete}", f"/sessions/{session}/share", "/batches", "/compare"),
        f"/compare?first={session}&second={second}",
    ):
        text = client.get(address, headers=HTML).text
        assert "<img src=x" not in text, address
        assert "<script>alert" not in text, address
        assert "\u202e" not in text, address
        assert not name.startswith("{{") or address == "/batches" or "{{ 7*7 }}" in text
    sent = client.get(f"/api/v1/sessions/{session}/single-file").text
    assert "<img src=x" not in sent
    assert "<script>alert" not in sent


FORMS = ["/coach/athletes", "/coach/bulk", "/batches", "/athletes/N/notes", "/athletes/N/delete", "/athletes/N/merge"]


@pytest.mark.parametrize("address", FORMS)
def test_forms_of_other_sites_are_refused(client, address: str) -> None:
    number = str(add_athlete(client, "Anna"))
    address = address.replace("N", number)
    fields = {"name": "x", "text": "x", "typed_name": "Anna", "other": "1", "group": "x", "athlete": number}
    for token, statuses in (("", (403, 422)), ("0" * 64, (403,))):
        answer = client.post(address, data={"csrf_token": token, "action": "group", **fields}, headers=HTML)
        assert answer.status_code in statuses
    elsewhere = {**HTML, "Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    fields["csrf_token"] = client.headers["X-CSRF-Token"]
    assert client.post(address, data=fields, headers=elsewhere).status_code == 403
    (found,) = client.get("/api/v1/athletes").json()
    assert (found["name"], found["squad"]) == ("Anna", None)


def test_a_screen_that_only_shows_has_no_forms(tmp_path: Path) -> None:
    with signed_in_client(tmp_path) as client:
        athlete, session = measured(client, "Anna")
    with signed_in_client(tmp_path, read_only=True) as client:
        for address in ("/coach", f"/athletes/{athlete}", f"/sessions/{session}/share", "/batches"):
            text = page(client, address)
            posts = re.findall(r'<form[^>]*method="post"[^>]*action="([^"]*)"', text)
            assert set(posts) <= {"/leave", "/coach/bulk", f"/sessions/{session}/share/small"}, address
        assert form(client, f"/athletes/{athlete}/notes", text="x").status_code == 403


def test_the_api_says_the_same(client) -> None:
    athlete, session = measured(client, "Anna")
    (record,) = client.get("/api/v1/coach").json()
    assert (record["athlete"], record["session"], record["consent"]) == (athlete, session, False)
    note = client.post(f"/api/v1/athletes/{athlete}/notes", json={"text": "one"}).json()
    changed = client.patch(f"/api/v1/notes/{note['id']}", json={"text": "two", "before": "one"})
    assert changed.json()["text"] == "two"
    assert client.patch(f"/api/v1/notes/{note['id']}", json={"text": "three", "before": "one"}).status_code == 409
    other = add_athlete(client, "Anne")
    assert client.post(f"/api/v1/athletes/{athlete}/merge", json={"into": other}).json()["id"] == other
    assert client.post("/api/v1/coach/group", json={"athletes": [other], "group": "U20"}).status_code == 204
    assert client.post("/api/v1/coach/again", json={"athletes": [other]}).json()[0]["kind"] == "analysis"
    assert client.post("/api/v1/coach/group", json={"athletes": [10**15], "group": ""}).status_code == 404
