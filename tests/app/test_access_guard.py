"""Who may come in, and what is refused before any page or file is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from gait.app.invitation_link import invitation
from tests.app.app_client import HOST, add_athlete, sign_in, signed_in_client


@pytest.fixture
def client(tmp_path: Path):
    with signed_in_client(tmp_path) as made:
        yield made


@pytest.mark.parametrize(
    "path", ["/", "/sessions", "/api/v1/athletes", "/api/openapi.json", "/api/docs", "/static/api.js", "/nothing"]
)
def test_nobody_without_a_login_sees_anything(client, path: str) -> None:
    client.cookies.clear()
    assert client.get(path).status_code == 401


def test_an_invitation_lets_one_browser_in_once(client) -> None:
    url = invitation(client.app.state.store, 8765, "lan").url.replace("http://127.0.0.1:8765", HOST)
    client.cookies.clear()
    assert client.get(url, follow_redirects=False).status_code == 303
    assert client.get("/").status_code == 200
    client.cookies.clear()
    assert client.get(url, follow_redirects=False).status_code == 401
    assert client.get("/").status_code == 401


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client) -> None:
    url = invitation(client.app.state.store, 8765, "local").url
    cookie = client.get(url, follow_redirects=False).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_guessing_invitations_is_slow(client) -> None:
    client.cookies.clear()
    answers = [client.get(f"/enter?token={n}").status_code for n in range(15)]
    assert answers[0] == 401
    assert answers[-1] == 429


def test_a_login_ends_when_it_is_not_used_and_by_itself(tmp_path: Path) -> None:
    with signed_in_client(tmp_path, idle_s=100.0, session_s=1000.0) as client:
        store = client.app.state.store
        begun = store.clock()
        store.clock = lambda: begun + 90
        assert client.get("/").status_code == 200
        store.clock = lambda: begun + 180
        assert client.get("/").status_code == 200
        store.clock = lambda: begun + 290
        assert client.get("/").status_code == 401
        store.clock = lambda: begun + 1500
        sign_in(client)
        for seconds in range(1500, 2500, 80):
            store.clock = lambda seconds=seconds: begun + seconds
            assert client.get("/").status_code == 200
        store.clock = lambda: begun + 2501
        assert client.get("/").status_code == 401


def test_signing_out_ends_the_login(client) -> None:
    cookie = dict(client.cookies)
    assert client.post("/api/v1/logout").status_code == 204
    client.cookies.update(cookie)
    assert client.get("/").status_code == 401


def test_another_name_of_the_server_is_refused(client) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 421
    assert client.get("/", headers={"Host": "127.0.0.1.evil.example:8765"}).status_code == 421
    for host in ("evil.example@127.0.0.1:8765", "127.0.0.1:8765/x", "127.0.0.1:8765?x", "127.0.0.1\\evil.example", ""):
        assert client.get("/", headers={"Host": host}).status_code == 421, host
    assert client.get("/", headers={"Host": "localhost:8765"}).status_code == 200
    assert client.get("/", headers={"Host": "[::1]:8765"}).status_code == 200


def test_other_sites_cannot_change_anything(client) -> None:
    body = {"name": "Eve"}
    for headers in (
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"X-CSRF-Token": "0" * 64},
        {"X-CSRF-Token": ""},
    ):
        assert client.post("/api/v1/athletes", json=body, headers=headers).status_code == 403, headers
    assert client.get("/api/v1/athletes").json() == []
    assert client.post("/api/v1/athletes", json=body, headers={"Origin": HOST}).status_code == 201


def test_a_form_of_another_site_does_not_sign_out(client) -> None:
    assert client.post("/leave", data={"csrf_token": "0" * 64}).status_code == 403
    assert client.get("/").status_code == 200


def test_large_bodies_are_refused_before_they_are_read(client) -> None:
    assert client.post("/api/v1/athletes", content=b" " * 1_000_001).status_code == 413

    def pieces():
        for _ in range(20):
            yield b" " * 100_000

    assert client.post("/api/v1/athletes", content=pieces()).status_code == 413


def test_one_address_cannot_ask_for_ever(tmp_path: Path) -> None:
    with signed_in_client(tmp_path, requests_per_s=0.001, burst=20.0) as client:
        answers = [client.get("/api/v1/me").status_code for _ in range(30)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_a_server_that_only_shows_changes_nothing(tmp_path: Path) -> None:
    with signed_in_client(tmp_path) as client:
        add_athlete(client)
    with signed_in_client(tmp_path, read_only=True) as client:
        assert client.get("/").status_code == 200
        assert [a["name"] for a in client.get("/api/v1/athletes").json()] == ["Anna"]
        assert client.post("/api/v1/athletes", json={"name": "Eve"}).status_code == 403
        assert client.delete("/api/v1/athletes/1").status_code == 403


def test_every_answer_forbids_what_comes_from_elsewhere(client) -> None:
    for path in ("/", "/static/app.css", "/api/v1/me", "/nothing"):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_pages_load_nothing_from_elsewhere_and_have_no_scripts_inside(client) -> None:
    for path in ("/", "/sessions", "/devices", "/api/docs"):
        text = client.get(path).text
        assert "http://" not in text.replace("http://www.w3.org", "")
        assert "https://" not in text
        assert "<style" not in text
        assert ' style="' not in text
        assert " onclick" not in text


def test_a_page_speaks_the_language_of_the_browser(client) -> None:
    assert '<html lang="de">' in client.get("/", headers={"Accept-Language": "de-AT,en;q=0.5"}).text
    assert '<html lang="en">' in client.get("/", headers={"Accept-Language": "xx"}).text
