"""Requests that no page would send, from the description of the API and by hand: none is answered by a fault."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from gait.app.app_settings import AppSettings
from gait.app.web_app import create_app
from tests.app.app_client import add_athlete, measure, signed_in_client, wait_for
from tests.app.stub_tasks import stub_task

#: Names that browsers, shells and databases may take for something else.
NAMES = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE athletes; --",
    "{{ 7*7 }}",
    "‮evil",
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("hostile")
    with signed_in_client(folder, requests_per_s=1e6, burst=1e6) as made:
        yield made


def _document() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        return create_app(AppSettings(data_folder=Path(folder), task_function=stub_task)).openapi()


DOCUMENT = _document()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)


def operations() -> list[tuple[str, str]]:
    return [(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods]


@pytest.mark.parametrize(("method", "path"), operations())
def test_no_request_is_answered_by_a_fault(client, method: str, path: str) -> None:
    attack(client, method, path, 5)


@pytest.mark.long
@pytest.mark.parametrize(("method", "path"), operations())
def test_no_request_of_many_is_answered_by_a_fault(client, method: str, path: str) -> None:
    attack(client, method, path, 40)


def attack(client, method: str, path: str, count: int) -> None:
    """Send requests that the description allows, and such that it does not."""
    if path == "/api/v1/logout":
        return  # ends the login of all that follow
    add_athlete(client)
    operation = SCHEMA[path][method]

    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @given(case=operation.as_strategy())
    def send(case) -> None:
        request = case.as_transport_kwargs(base_url="http://127.0.0.1:8765")
        request.pop("cookies", None)
        headers = {k: v for k, v in (request.pop("headers", None) or {}).items() if k.lower() not in ("host", "cookie")}
        answer = client.request(**request, headers=headers)
        assert answer.status_code < 500 or answer.status_code in (503, 507), answer.text
        if answer.status_code >= 400 and answer.status_code != 460 and method != "HEAD":
            assert set(answer.json()) == {"error", "code"}, answer.text

    send()


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_shown_and_never_run(client, name: str) -> None:
    athlete = add_athlete(client, name)
    job = wait_for(client, measure(client, f"good {name}".encode(), athlete=athlete, name=f"{name}.mp4")["id"])
    for path in ("/", "/sessions", f"/jobs/{job['id']}"):
        text = client.get(path, headers={"Accept": "text/html"}).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert not name.startswith("{{") or name in text
    assert name in [a["name"] for a in client.get("/api/v1/athletes").json()] or "‮" in name


@pytest.mark.parametrize(
    "path",
    [
        "/sessions/1/report/../../../gait-history.db",
        "/sessions/1/report/..%2f..%2f..%2fgait-history.db",
        "/sessions/1/report/pose_1.nc",
        "/sessions/1/report/begun_at",
        "/static/../app_store.py",
        "/static/..%2fapp_store.py",
        "/static/%2e%2e/%2e%2e/errors.py",
        "/sessions/99999999999999999999/report/",
        "/sessions/-1/report/",
        "/jobs/" + quote("../x", safe=""),
        "/jobs/%00",
        "/" + "a" * 5000,
    ],
)
def test_no_path_leads_to_other_files(client, path: str) -> None:
    wait_for(client, measure(client, b"good run")["id"])
    assert client.get(path).status_code in (400, 404, 422), path


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'{"name": "\\ud800"}',
        b'{"name": NaN}',
        b'{"name": "x", "height_m": 1e999}',
        b'{"name": "x", "height_m": NaN}',
        b'{"name": "\\u0000"}',
        b'{"name": "' + b"x" * 500 + b'"}',
        b'{"name": "x", "unknown": 1}',
        b"[" * 50_000,
        b'{"name": ' + b"1" * 10_000 + b"}",
        "{}".encode("utf-16"),
    ],
)
def test_a_strange_body_is_refused_in_one_line(client, body: bytes) -> None:
    answer = client.post("/api/v1/athletes", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert "\n" not in answer.json()["error"]


def test_the_pain_diary_takes_areas_of_the_body_map_only(client) -> None:
    athlete = add_athlete(client, "Pina")
    address = f"/api/v1/athletes/{athlete}/pain"
    refused = client.post(address, json={"day": "2026-11-01", "area": "right_knee_front", "level": 3})
    assert refused.status_code == 422
    assert "right_knee_front" in refused.text
    for area in ("knee_right", "none"):
        assert client.post(address, json={"day": "2026-11-01", "area": area, "level": 3}).status_code == 201
    assert {entry["area"] for entry in client.get(address).json()} == {"knee_right", "none"}


def test_two_browsers_do_not_overwrite_each_other(client) -> None:
    athlete = add_athlete(client, "Shared")
    version = client.get(f"/api/v1/athletes/{athlete}").json()["version"]
    first = client.patch(f"/api/v1/athletes/{athlete}", json={"version": version, "height_m": 1.8})
    second = client.patch(f"/api/v1/athletes/{athlete}", json={"version": version, "height_m": 1.5})
    assert (first.status_code, second.status_code) == (200, 409)
    assert client.get(f"/api/v1/athletes/{athlete}").json()["height_m"] == 1.8


def test_the_description_names_every_address(client) -> None:
    document = json.loads(client.get("/api/openapi.json").text)
    assert {"/api/v1/athletes", "/api/v1/uploads/{identifier}", "/api/v1/jobs/{job}/events"} <= set(document["paths"])
    assert all("summary" in operation for methods in document["paths"].values() for operation in methods.values())
