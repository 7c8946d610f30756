"""Reports that are given away: one file, PDF, data, a link for one device; without the name where that is asked for."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from gait.app.diary_store import add_note
from gait.app.invitation_link import invitation
from gait.app.session_store import report_folder
from tests.app.app_client import HOST, add_athlete, measure, signed_in_client, wait_for
from tests.app.hostile_requests import served_routes
from tests.app.test_coach_page import form, page

NAME = "Zebulonia Quixotica"
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, int]]:
    """A server in the network, and a session whose page tells name, clip and video."""
    with signed_in_client(tmp_path_factory.mktemp("share"), lan=True, requests_per_s=1e6, burst=1e6) as client:
        athlete = add_athlete(client, NAME)
        job = wait_for(client, measure(client, b"good", athlete=athlete, name="zebulonia_side.mp4")["id"])
        session = job["session"]
        store = client.app.state.store
        add_note(store, athlete, "NOTE <b>bold</b>", author="Coach", session=session)
        add_note(store, athlete, "NOTE ABOUT ALL")
        folder = report_folder(store, session)
        video = f'<video controls src="side.mp4#t=0.001" aria-label="{NAME}"></video>'
        head = f"<!doctype html><meta content=\"media-src 'self' file:\"><title>Running form: {NAME}</title>"
        body = f'<h1>{NAME}</h1>{video}<p>clip zebulonia_side.mp4: 60 fps</p><section id="care"></section>'
        (folder / "report.html").write_text(f"{head}<main>{body}</main><script>1</script>")
        yield client, session


def test_the_page_shows_every_form_with_its_size(shared) -> None:
    client, session = shared
    text = page(client, f"/sessions/{session}/share")
    assert "As in the report: 0.0 MB" in text
    assert "1 note about this session goes with it" in text
    assert "Most mail services take files up to 18 MB" in text
    assert client.get("/sessions/999/share", headers=HTML).status_code == 404


def test_one_file_holds_the_video_and_the_notes(shared) -> None:
    client, session = shared
    answer = client.get(f"/api/v1/sessions/{session}/single-file")
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "attachment" in answer.headers["content-disposition"]
    assert NAME not in answer.headers["content-disposition"]
    text = answer.text
    encoded = text.partition("data:video/mp4;base64,")[2].partition('"')[0]
    assert base64.b64decode(encoded) == bytes(range(256)) * 8
    assert "media-src data: blob:" in text
    assert "NOTE &lt;b&gt;bold&lt;/b&gt;" in text
    assert "NOTE ABOUT ALL" not in text
    assert NAME in text


def test_without_the_name_nothing_tells_it(shared) -> None:
    client, session = shared
    for address in ("single-file?private=true", "data?private=true", "physio?private=true"):
        content = client.get(f"/api/v1/sessions/{session}/{address}").content
        assert content
        for word in (NAME.encode(), b"Zebulonia", b"zebulonia", b"NOTE", b"Coach"):
            assert word not in content, address
    text = client.get(f"/api/v1/sessions/{session}/single-file?private=true").text
    assert "<title>Running form: Runner</title>" in text
    assert 'aria-label="Runner"' in text
    assert "the clip: 60 fps" in text


def test_without_video_the_file_is_small(shared) -> None:
    client, session = shared
    text = client.get(f"/api/v1/sessions/{session}/single-file?video=none").text
    assert "base64" not in text.replace("base64,'", "")
    assert "data-left-out" in text


def test_the_small_video_is_made_when_asked_for(shared, monkeypatch: pytest.MonkeyPatch) -> None:
    client, session = shared
    monkeypatch.setattr("gait.app.share_page.write_small_video", lambda source, target: target.write_bytes(b"small"))
    assert client.get(f"/api/v1/sessions/{session}/single-file?video=small").status_code == 409
    assert form(client, f"/sessions/{session}/share/small").status_code == 303
    end = time.monotonic() + 10
    while client.get(f"/api/v1/sessions/{session}/small-video").json()["state"] != "ready":
        assert time.monotonic() < end
    assert base64.b64encode(b"small") in client.get(f"/api/v1/sessions/{session}/single-file?video=small").content
    assert "Small: 0.0 MB" in page(client, f"/sessions/{session}/share")


def test_the_pdf_is_a_pdf_and_the_data_hold_the_notes(shared) -> None:
    client, session = shared
    assert client.get(f"/api/v1/sessions/{session}/physio").content.startswith(b"%PDF-")
    record = client.get(f"/api/v1/sessions/{session}/data").json()
    assert [(note["author"], note["text"]) for note in record["notes"]] == [("Coach", "NOTE <b>bold</b>")]


def test_a_link_shows_one_report_to_one_device_and_nothing_else(shared) -> None:
    client, session = shared
    made = form(client, f"/sessions/{session}/share/link")
    assert made.status_code == 200
    assert "data:image/svg+xml" in made.text
    link = invitation(client.app.state.store, 8765, f"report-{session}").url
    guest = TestClient(client.app, base_url=HOST, raise_server_exceptions=False)
    came = guest.get(link[link.index("/enter") :], follow_redirects=False)
    assert came.headers["location"] == f"/sessions/{session}/report/"
    shown = guest.get(f"/sessions/{session}/report/")
    assert shown.status_code == 200
    assert "/adjust" not in shown.text
    assert guest.get(f"/sessions/{session}/report/side.mp4").status_code == 200
    other = f"/sessions/{session + 1}/report/"
    for address in ("/", "/coach", "/sessions", other, "/api/v1/me", "/api/v1/athletes", f"/sessions/{session}/share"):
        assert guest.get(address).status_code == 403, address
    for address in (f"/sessions/{session}/report/../../../coach", f"/sessions/{session}/report/%2e%2e/share"):
        assert guest.get(address).status_code in (403, 404), address
    assert guest.post(f"/sessions/{session}/delete", data={"csrf_token": "x"}).status_code == 403
    again = TestClient(client.app, base_url=HOST)
    assert again.get(link[link.index("/enter") :], follow_redirects=False).status_code == 401


def test_no_request_of_a_guest_leads_beyond_the_report(shared) -> None:
    client, session = shared
    (report_folder(client.app.state.store, session) / "pose_1.nc").write_bytes(b"SECRET")
    film = client.get("/api/v1/jobs").json()[0]["clips"][0]
    guest = TestClient(client.app, base_url=HOST, raise_server_exceptions=False, follow_redirects=False)
    link = invitation(client.app.state.store, 8765, f"report-{session}").url
    guest.get(link[link.index("/enter") :])
    fields = {"session": session, "identifier": film, "path": "x", "name": "report.json", "code": "de"}
    allowed = {"/healthz", "/enter", "/sessions/{session}/report/", "/sessions/{session}/report/{name}"}
    asked = 0
    for method, path in served_routes():
        if method == "WEBSOCKET" or (method in ("GET", "HEAD") and path in allowed):
            continue
        place = re.sub(r"\{(\w+)[^}]*\}", lambda found: str(fields.get(found[1], 1)), path)
        for extra in ({}, {"X-CSRF-Token": client.headers["X-CSRF-Token"]}, {"X-HTTP-Method-Override": "GET"}):
            answer = guest.request(method, place, headers=extra)
            assert answer.status_code in (401, 403, 404, 405), (method, place, answer.status_code)
            assert NAME not in answer.text
            asked += 1
    assert asked > 100
    own = f"/sessions/{session}/report/"
    files = ("pose_1.nc", ".gait-files.jsonl", "begun_at", "adjust.json", "..;/share", "%00", "x" * 5000)
    ups = ("../", "%2e%2e/", "..%2f", "%2e%2e%2f", "..%5c", "%252e%252e%252f", "/../")
    targets = ("../sessions", "share", "../../coach", "../../api/v1/athletes", "gait-history.db")
    ways = [own + name for name in files] + [f"{own}{up}{target}" for up in ups for target in targets]
    ways += [own[:-1], f"/sessions/0{session}/report/", f"/sessions/{session}%2freport%2f..%2f..", "//sessions"]
    ways += [f"/sessions/{session + 1}/report/report.html", f"/api/v1/uploads/{film}", "/live", "/static/../coach"]
    ways += [f"/api/v1/sessions/{session}/report", "/api/openapi.json"]
    for way in ways:
        answer = guest.get(way)
        assert answer.status_code in (307, 403, 404), (way, answer.status_code)
        assert b"SECRET" not in answer.content
        assert "Anna" not in answer.text
    with pytest.raises(WebSocketDisconnect), guest.websocket_connect("/live/socket"):
        pass
    record = guest.get(own + "report.json").json()
    assert all("/" not in video["file"] for video in record.get("videos", ()))


def test_a_link_is_worth_nothing_once_it_is_old_or_the_device_signed_out(tmp_path: Path) -> None:
    now = [time.time()]
    with signed_in_client(tmp_path, lan=True) as client:
        session = wait_for(client, measure(client, b"good four")["id"])["session"]
        store = client.app.state.store
        store.clock = lambda: now[0]
        link = invitation(store, 8765, f"report-{session}").url
        way = link[link.index("/enter") :]
        guest = TestClient(client.app, base_url=HOST, follow_redirects=False)
        late = TestClient(client.app, base_url=HOST, follow_redirects=False)
        guest.get(way)
        second = invitation(store, 8765, f"report-{session}").url
        assert guest.get(f"/sessions/{session}/report/").status_code == 200
        now[0] += 16 * 60
        assert late.get(second[second.index("/enter") :]).status_code == 401
        now[0] += 25 * 3600
        assert guest.get(f"/sessions/{session}/report/").status_code == 401
        for cookie in ("", "x", "'" * 50):
            stranger = TestClient(client.app, base_url=HOST, cookies={"gait_8765": cookie}, follow_redirects=False)
            assert stranger.get(f"/sessions/{session}/report/").status_code == 401


def test_a_link_ends_with_its_session(tmp_path: Path) -> None:
    with signed_in_client(tmp_path, lan=True) as client:
        job = wait_for(client, measure(client, b"good one")["id"])
        link = invitation(client.app.state.store, 8765, f"report-{job['session']}").url
        guest = TestClient(client.app, base_url=HOST)
        guest.get(link[link.index("/enter") :], follow_redirects=False)
        assert client.delete(f"/api/v1/sessions/{job['session']}").status_code == 204
        # SQLite may give the number to somebody else's session.
        assert guest.get(f"/sessions/{job['session']}/report/").status_code == 401


def test_without_a_network_there_is_no_link(tmp_path: Path) -> None:
    with signed_in_client(tmp_path) as client:
        session = wait_for(client, measure(client, b"good two")["id"])["session"]
        assert "gait serve --lan" in page(client, f"/sessions/{session}/share")
        assert form(client, f"/sessions/{session}/share/link").status_code == 409
        second = wait_for(client, measure(client, b"good three")["id"])["session"]
        # Two sessions beside each other.
        text = page(client, f"/compare?first={session}&second={second}")
        assert "Steps per minute" in text
        assert "same report" in page(client, f"/compare?first={session}&second={session}")
        assert "no such session" in page(client, f"/compare?first={session}&second=999")
        assert client.get("/compare?first=x&second=-1", headers=HTML).status_code == 200
        assert "poses" in page(client, f"/compare/strides?first={session}&second={second}") or "gone" in page(
            client, f"/compare/strides?first={session}&second={second}"
        )
