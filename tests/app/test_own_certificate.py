"""Encrypted pages: with a certificate of one's own, and with one that the server makes."""

from __future__ import annotations

import socket
import ssl
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gait.app.app_settings import AppSettings
from gait.app.invitation_link import host_names
from gait.app.own_certificate import own_certificate
from gait.app.web_server import check_certificate, serve
from gait.errors import InputError
from tests.app.app_process import running_app
from tests.app.browser_pages import CHROMIUM, PHONE, needs_chromium, shared_browser

pytest.importorskip("cryptography", reason="cryptography is not installed")


def trust(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate)


def test_it_is_made_once_and_again_only_for_other_names(tmp_path: Path) -> None:
    first = own_certificate(tmp_path, ["localhost", "127.0.0.1", "::1"])
    made = first[0].read_bytes()
    assert own_certificate(tmp_path, ["localhost"]) == first
    assert first[0].read_bytes() == made
    own_certificate(tmp_path, ["localhost", "192.168.1.7"])
    assert first[0].read_bytes() != made
    check_certificate(AppSettings(data_folder=tmp_path, certificate=first[0], key=first[1]))
    if sys.platform != "win32":
        assert stat.S_IMODE(first[1].stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\n"])
def test_a_damaged_one_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    certificate, key = own_certificate(tmp_path, ["localhost"])
    certificate.write_bytes(damage)
    own_certificate(tmp_path, ["localhost"])
    check_certificate(AppSettings(data_folder=tmp_path, certificate=certificate, key=key))


def test_without_the_library_one_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(InputError, match=r"install gait\[https\]"):
        own_certificate(tmp_path, ["localhost"])


def test_files_that_do_not_belong_together_are_refused_before_the_start(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    certificate, _key = own_certificate(tmp_path, ["localhost"])
    _certificate, key = own_certificate(tmp_path / "other", ["localhost"])
    settings = AppSettings(data_folder=tmp_path / "data", port=0, certificate=certificate, key=key)
    with pytest.raises(InputError, match="belong together"):
        serve(settings)
    for wrong in (tmp_path / "missing.pem", tmp_path):
        with pytest.raises(InputError, match="belong together"):
            check_certificate(replace(settings, key=wrong))
    with pytest.raises(InputError, match="give both"):
        AppSettings(certificate=certificate)
    with pytest.raises(InputError, match="not both"):
        AppSettings(certificate=certificate, key=key, own_certificate=True)


@pytest.mark.parametrize("given", [True, False], ids=["given", "made"])
def test_pages_come_encrypted_and_a_phone_gives_its_camera(tmp_path: Path, given: bool) -> None:
    data = tmp_path / "data"
    data.mkdir()
    certificate, key = own_certificate(data, host_names(lan=True))
    settings = {"certificate": str(certificate), "key": str(key)} if given else {"own_certificate": True}
    with running_app(tmp_path, verify=trust(certificate), lan=True, **settings) as (base, client, process):
        assert base.startswith("https://")
        assert client.get("/api/v1/me").status_code == 200
        assert [cookie.secure for cookie in client.cookies.jar] == [True]
        address = (tmp_path / "other_url.txt").read_text()
        assert address.startswith("https://")
        # Somebody types http: the connection ends, and the server goes on.
        host, _, port = base.removeprefix("https://").partition(":")
        with socket.create_connection((host, int(port)), timeout=10) as line:
            line.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
            assert b"200" not in line.recv(1000)
        assert client.get("/healthz").status_code == 204
        assert process.exitcode is None
        if CHROMIUM is not None:
            page = shared_browser().new_context(**PHONE, ignore_https_errors=True).new_page()
            page.goto(address)
            assert page.evaluate("isSecureContext")
            assert page.is_visible(".film[data-view=side] [data-camera]")
            assert page.is_hidden("#no-preview")
            page.context.close()


@needs_chromium
def test_without_encryption_the_page_says_how_a_phone_films(tmp_path: Path) -> None:
    with running_app(tmp_path, lan=True):
        page = shared_browser().new_context(**PHONE).new_page()
        page.goto((tmp_path / "other_url.txt").read_text())
        if not page.evaluate("isSecureContext"):
            assert page.is_hidden(".film[data-view=side] [data-camera]")
            assert "gait serve --lan --https" in page.inner_text("#no-preview")
            assert page.is_visible("text=Film now")
        page.context.close()
