"""The server as a process: killed at the worst moments, slow clients, two of them, many uploads at once."""

from __future__ import annotations

import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from gait.app.app_settings import AppSettings
from gait.app.web_server import bound_socket, serve
from gait.errors import InputError
from tests.app.app_client import (
    PIECE,
    TUS,
    add_athlete,
    announce,
    measure,
    upload,
    wait_for,
    wait_for_steps,
)
from tests.app.app_process import kill, running_app


def test_all_goes_on_after_the_server_was_killed(tmp_path: Path) -> None:
    with running_app(tmp_path) as (base, client, process):
        port = urlsplit(base).port
        athlete = add_athlete(client)
        location = announce(client, 2_000_000, athlete=athlete)
        client.patch(location, content=b"GOOD" * 200_000, headers={**PIECE, "Upload-Offset": "0"})
        running = measure(client, b"SLOW run", athlete=athlete)
        waiting = measure(client, b"good run", athlete=athlete)
        wait_for_steps(client, running["id"], 5)
        cookies, token = client.cookies, client.headers["X-CSRF-Token"]
        kill(process)
        with running_app(tmp_path, port=port) as (_base, _other, process):
            again = httpx2.Client(base_url=base, cookies=cookies, headers={"X-CSRF-Token": token})
            # The phone is still signed in, its upload is where it was, and the jobs go on by themselves.
            assert again.head(location, headers=TUS).headers["upload-offset"] == "800000"
            answer = again.patch(location, content=b"0" * 1_200_000, headers={**PIECE, "Upload-Offset": "800000"})
            assert answer.headers["upload-offset"] == "2000000"
            assert wait_for(again, running["id"], "done")["attempts"] == 2
            assert wait_for(again, waiting["id"], "done")["attempts"] == 1
            begun = (tmp_path / "data" / "sessions" / running["id"] / "begun_at").read_text().split()
            assert int(begun[1]) >= 5
            assert len(again.get("/api/v1/sessions").json()) == 2
            again.close()


def test_a_slow_client_keeps_no_place(tmp_path: Path) -> None:
    with running_app(tmp_path) as (base, client, _process):
        address = (urlsplit(base).hostname, urlsplit(base).port)
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        head = (
            f"POST /api/v1/athletes HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\nCookie: {cookie}\r\n"
            f"X-CSRF-Token: {client.headers['X-CSRF-Token']}\r\nContent-Type: application/json\r\n"
            "Content-Length: 500\r\n\r\n{"
        )
        with socket.create_connection(address) as header, socket.create_connection(address) as body:
            header.sendall(b"GET / HTTP/1.1\r\nHost: ")
            body.sendall(head.encode())
            header.settimeout(60)
            body.settimeout(60)
            assert header.recv(1000) == b""
            assert b" 408 " in body.recv(1000).partition(b"\r\n")[0] + b" "
            while body.recv(1000):
                pass
        assert client.get("/api/v1/me").status_code == 200


def test_many_clients_upload_at_once(tmp_path: Path) -> None:
    with running_app(tmp_path) as (base, client, _process):
        cookies, token = client.cookies, client.headers["X-CSRF-Token"]
        failures: list[str] = []

        def send(number: int) -> None:
            try:
                with httpx2.Client(base_url=base, cookies=cookies, headers={"X-CSRF-Token": token}, timeout=30) as one:
                    for _ in range(3):
                        upload(one, bytes([number]) * 200_000, name=f"{number}.mp4")
            except Exception as error:
                failures.append(repr(error))

        threads = [threading.Thread(target=send, args=(n,)) for n in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        uploads = client.get("/api/v1/uploads").json()
        assert [u["state"] for u in uploads] == ["complete"] * 36
        for number, record in ((int(u["file_name"].partition(".")[0]), u) for u in uploads):
            content = next((tmp_path / "data" / "uploads" / record["id"]).iterdir()).read_bytes()
            assert content == bytes([number]) * 200_000


def test_a_second_server_does_not_take_the_same_data(tmp_path: Path) -> None:
    with running_app(tmp_path) as (base, _client, _process):
        with pytest.raises(InputError, match="another gait serve"):
            serve(AppSettings(data_folder=tmp_path / "data", port=0))
        with pytest.raises(InputError, match="choose another one"):
            bound_socket(AppSettings(data_folder=tmp_path, port=urlsplit(base).port or 0))


def test_it_ends_quickly_when_asked(tmp_path: Path) -> None:
    with running_app(tmp_path) as (_base, client, process):
        job = measure(client, b"SLOW run")
        wait_for_steps(client, job["id"], 2)
        begun = time.monotonic()
        process.terminate()
        process.join(60)
        assert process.exitcode is not None
        assert time.monotonic() - begun < 30  # a second where nothing else runs
