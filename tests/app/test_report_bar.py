"""The bar above a report that the app shows."""

from __future__ import annotations

from gait.app.report_bar import report_links, with_report_bar


def test_the_bar_comes_first_and_the_rest_stays() -> None:
    shown = with_report_bar(b"<head></head><body><main>1</main></body>", [("/a?b=1&c", "<Share>")])
    assert shown.startswith(b'<head><link rel="icon" href="data:,">\n</head><body><style>')
    assert b'<a href="/a?b=1&amp;c">&lt;Share&gt;</a>' in shown
    assert shown.endswith(b"<main>1</main></body>")


def test_a_file_without_a_body_stays_as_it_is() -> None:
    assert with_report_bar(b"broken", [("/", "x")]) == b"broken"


def test_a_server_that_only_shows_offers_no_change() -> None:
    assert ("/sessions/3/adjust", "Correct by hand") in report_links(3, read_only=False)
    assert [address for address, _text in report_links(3, read_only=True)] == ["/sessions"]


def test_a_report_has_an_icon_so_that_no_browser_asks_for_one() -> None:
    assert with_report_bar(b"<head><title>x</title></head><body>1</body>", []) == (
        b'<head><title>x</title><link rel="icon" href="data:,">\n</head><body>1</body>'
    )
