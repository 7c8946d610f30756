"""A runner with a phone: the code of ``--lan``, a real film, progress, the report; and every page for every eye."""

from __future__ import annotations

from pathlib import Path

import pytest

from gait.app.invitation_link import network_address
from tests.app.app_client import add_athlete, measure, wait_for
from tests.app.app_process import running_app
from tests.app.browser_pages import (
    DESK,
    PHONE,
    is_too_wide,
    needs_chromium,
    serious_faults,
    shared_browser,
    signed_in_context,
)
from tests.conftest import REPOSITORY
from tests.sample_clips import first_seconds

pytestmark = needs_chromium


@pytest.mark.slow
def test_a_phone_comes_in_by_the_code_and_goes_home_with_a_report(tmp_path: Path) -> None:
    clip = tmp_path / "my run.mp4"
    first_seconds(REPOSITORY / "sample_videos" / "treadmill_side.mp4", clip, 4.0)
    with running_app(tmp_path, stub=False, lan=True) as (_base, client, _process):
        address = (tmp_path / "other_url.txt").read_text()
        assert address.startswith(f"http://{network_address()}:")
        phone = shared_browser().new_context(**PHONE)
        page, second = phone.new_page(), phone.new_page()
        page.goto(address)
        page.fill("input[name=athlete]", "Zoë")
        page.fill("input[name=height]", "176")
        page.fill("input[name=speed]", "10.1")
        page.set_input_files("#main-film", clip)
        page.click("button.primary")
        page.wait_for_url("**/jobs/*", timeout=60_000)
        second.goto(page.url)  # two pages follow the same work
        for one in (page, second):
            one.wait_for_selector("#report:not([hidden])", timeout=240_000)
        page.click("#report")
        page.wait_for_url("**/report/")
        page.wait_for_load_state()
        assert not is_too_wide(page)
        assert "Zoë" in page.content()
        # The code was for one phone.
        stranger = shared_browser().new_context(**PHONE).new_page()
        answer = stranger.goto(address)
        assert answer is not None
        assert answer.status == 401
        stranger.context.close()
        phone.close()
        (session,) = client.get("/api/v1/sessions").json()
        report = client.get(f"/api/v1/sessions/{session['id']}/report").json()
        cadence = next(m for m in report["measurements"] if m["key"] == "cadence")
        assert cadence["value"] == pytest.approx(160, abs=25)
        log = (tmp_path / "server.log").read_text()
        assert "Zoë" not in log
        assert "my run" not in log


def test_every_page_can_be_read_by_all(tmp_path: Path) -> None:
    with running_app(tmp_path, requests_per_s=1e6, burst=1e6) as (base, client, _process):
        athlete = add_athlete(client, "Anna")
        job = wait_for(client, measure(client, b"good run", athlete=athlete)["id"])
        wait_for(client, measure(client, b"other run", athlete=athlete)["id"])
        pages = ["/", f"/jobs/{job['id']}", "/sessions", "/history", "/coach", "/batches", "/devices", "/api/docs"]
        pages += [f"/athletes/{athlete}{part}" for part in ("", "/about", "/history")]
        pages += [f"/sessions/{job['session']}/share", "/live"]
        found: list[str] = []
        # Width depends on the device, contrast on the look: two of the four pairs show both.
        for look, kind in (("light", PHONE), ("dark", DESK)):
            with signed_in_context(base, client, **kind, color_scheme=look) as context:
                page = context.new_page()
                for path in pages:
                    answer = page.goto(base + path)
                    assert answer is not None
                    assert answer.ok, (path, answer.status)
                    found += [f"{path} {look}: {fault}" for fault in serious_faults(page)]
                    found += [f"{path} {look}: too wide"] if is_too_wide(page) else []
        assert found == []
