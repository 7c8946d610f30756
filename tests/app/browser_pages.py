"""Chromium on the pages of a running app: signed in, on a phone or a desk, and nothing may go wrong unseen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
#: The driver and the browser that the tests of one module share, while they run.
_running: dict[str, Any] = {}


def shared_browser(*flags: str) -> Any:
    """Chromium for the tests of this module, also where nobody is signed in; with flags, one to be closed after use."""
    if "driver" not in _running:
        _running["driver"] = sync_api.sync_playwright().start()
    launch = _running["driver"].chromium.launch
    if flags:
        return launch(executable_path=CHROMIUM, args=list(flags))
    if "browser" not in _running:
        _running["browser"] = launch(executable_path=CHROMIUM)
    return _running["browser"]


def close_browser() -> None:
    """End what `shared_browser` has started; `tests.conftest` does it after each module."""
    if "browser" in _running:
        _running.pop("browser").close()
    if "driver" in _running:
        _running.pop("driver").stop()


@contextmanager
def signed_in_context(base: str, client: Any, *flags: str, **options: Any) -> Iterator[Any]:
    """A context of a browser with the client's cookie; `faults` of it collects errors and requests to others."""
    browser = shared_browser(*flags)
    context = browser.new_context(**options)
    context.add_cookies([{"name": c.name, "value": c.value, "url": base} for c in client.cookies.jar])
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    context.on(
        "request",
        lambda r: None if r.url.startswith((base, "data:", f"blob:{base}")) else faults.append(r.url),
    )
    try:
        yield context
        assert faults == []
    finally:
        context.close()
        if flags:
            browser.close()


def serious_faults(page: Any) -> list[str]:
    """What axe calls serious or critical."""
    axe = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    page.evaluate((Path(axe.__file__).parent / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:200]}" for v in found if v["impact"] in ("serious", "critical")]


def is_too_wide(page: Any) -> bool:
    """Whether the page can be pushed sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))
