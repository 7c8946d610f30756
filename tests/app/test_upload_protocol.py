"""Uploads in pieces: they go on, they are checked, and hostile ones change nothing."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest

from tests.app.app_client import PIECE, TUS, add_athlete, announce, signed_in_client, upload


@pytest.fixture
def client(tmp_path: Path):
    with signed_in_client(tmp_path, max_upload_bytes=50_000, quota_bytes=100_000) as made:
        yield made


def send(client, location: str, content: bytes, offset: int, **headers: str):
    return client.patch(location, content=content, headers={**PIECE, "Upload-Offset": str(offset), **headers})


def clip_files(client) -> list[Path]:
    return [p for p in (client.app.state.store.folder.root / "uploads").rglob("*") if p.is_file()]


def test_the_server_names_what_it_supports(client) -> None:
    headers = client.options("/api/v1/uploads").headers
    assert headers["tus-version"] == "1.0.0"
    assert set(headers["tus-extension"].split(",")) == {"creation", "termination", "checksum"}
    assert headers["tus-max-size"] == "50000"


def test_an_upload_in_pieces_arrives_whole(client) -> None:
    content = bytes(range(250)) * 40
    location = announce(client, len(content), name="Läufer 1.MP4")
    for begin in range(0, len(content), 3000):
        assert send(client, location, content[begin : begin + 3000], begin).status_code == 204
    record = client.get(location).json()
    assert (record["state"], record["received"], record["file_name"]) == ("complete", 10_000, "Läufer 1.MP4")
    (file,) = clip_files(client)
    assert file.read_bytes() == content
    assert file.name == "clip Läufer 1.mp4"


def test_it_goes_on_where_it_broke_off(client) -> None:
    location = announce(client, 1000)
    send(client, location, b"a" * 400, 0)
    head = client.head(location, headers=TUS)
    assert (head.headers["upload-offset"], head.headers["upload-length"]) == ("400", "1000")
    assert send(client, location, b"b" * 600, 0).status_code == 409
    assert send(client, location, b"b" * 600, 500).status_code == 409
    assert send(client, location, b"b" * 600, 400).headers["upload-offset"] == "1000"
    assert clip_files(client)[0].read_bytes() == b"a" * 400 + b"b" * 600


def test_a_piece_that_was_damaged_on_the_way_is_not_kept(client) -> None:
    location = announce(client, 10)
    wrong = "sha256 " + base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    assert send(client, location, b"0123456789", 0, **{"Upload-Checksum": wrong}).status_code == 460
    assert client.head(location, headers=TUS).headers["upload-offset"] == "0"
    right = "sha256 " + base64.b64encode(hashlib.sha256(b"0123456789").digest()).decode()
    assert send(client, location, b"0123456789", 0, **{"Upload-Checksum": right}).status_code == 204


def test_more_than_was_announced_is_refused(client) -> None:
    location = announce(client, 10)
    assert send(client, location, b"0" * 11, 0).status_code == 413
    assert client.head(location, headers=TUS).headers["upload-offset"] == "0"


def test_the_space_is_limited_and_the_message_says_what_to_do(client) -> None:
    headers = {**TUS, "Upload-Length": "50001"}
    assert client.post("/api/v1/uploads", headers=headers).status_code == 413
    announce(client, 50_000)
    announce(client, 40_000)  # only announced, and counted
    refused = client.post("/api/v1/uploads", headers={**TUS, "Upload-Length": "20000"})
    assert refused.status_code == 507
    assert "delete old sessions" in refused.json()["error"]


def test_a_deleted_upload_leaves_no_file(client) -> None:
    location = announce(client, 1000)
    send(client, location, b"a" * 400, 0)
    assert client.delete(location, headers=TUS).status_code == 204
    assert clip_files(client) == []
    assert client.head(location, headers=TUS).status_code == 404


@pytest.mark.parametrize(
    "name",
    ["../../../../etc/passwd", "..\\..\\x.mp4", "a\0b.mp4", "<script>alert(1)</script>.mp4", "con.mp4", "." * 300],
)
def test_no_name_leads_out_of_the_folder(client, name: str) -> None:
    upload(client, b"x" * 10, name=name)
    root = client.app.state.store.folder.root
    (file,) = clip_files(client)
    assert file.parent.parent == root / "uploads"
    assert file.name.startswith("clip ")
    assert set(file.name).isdisjoint("<>\\/\0:")


@pytest.mark.parametrize("path", ["..", "%2e%2e%2fsecret", "0" * 32, "A" * 32, "0" * 31, "%00", "..%5c..%5cx"])
def test_no_address_leads_out_of_the_folder(client, path: str) -> None:
    for method in ("GET", "HEAD", "DELETE"):
        assert client.request(method, f"/api/v1/uploads/{path}", headers=TUS).status_code in (404, 405, 307), method


@pytest.mark.parametrize("length", ["", "-1", "0", "1e9", "٣", "9" * 40, "abc"])
def test_a_strange_length_is_refused(client, length: str) -> None:
    answer = client.post("/api/v1/uploads", headers={**TUS, "Upload-Length": length.encode()})
    assert answer.status_code in (400, 413, 422)


def test_another_protocol_is_refused(client) -> None:
    assert client.post("/api/v1/uploads", headers={"Upload-Length": "5"}).status_code == 412
    location = announce(client, 5)
    assert client.patch(location, content=b"12345", headers={**TUS, "Upload-Offset": "0"}).status_code == 415


def test_an_upload_belongs_to_its_athlete(client) -> None:
    anna, bea = add_athlete(client, "Anna"), add_athlete(client, "Bea")
    identifier = upload(client, b"x" * 10, athlete=anna)
    answer = client.post("/api/v1/jobs", json={"athlete": bea, "uploads": [identifier]})
    assert answer.status_code == 409
