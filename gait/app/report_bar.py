"""The bar above a report that the app shows: what can be done with it. The file itself stays without."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from gait.display_language import _

_STYLE = (
    ".appbar{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;grid-column:1/-1;padding:0 1.25rem;"
    "font-size:.875rem}.appbar a{display:inline-flex;align-items:center;min-height:44px;color:inherit}"
)


def with_report_bar(content: bytes, links: Sequence[tuple[str, str]]) -> bytes:
    """Put links above a report, and an empty icon: browsers that find none ask for one, which its policy forbids.

    Parameters
    ----------
    content : bytes
        The page, written by gait.
    links : sequence of (str, str)
        Address and text of each; empty: no bar.

    Returns
    -------
    bytes
    """
    head, end, rest = content.partition(b"</head>")
    content = head + b'<link rel="icon" href="data:,">\n' + end + rest if end else content
    if not links:
        return content
    shown = "".join(f'<a href="{escape(address, quote=True)}">{escape(text)}</a>' for address, text in links)
    label = escape(_("Pages"), quote=True)
    bar = f'<style>{_STYLE}</style><nav class="appbar noprint" aria-label="{label}">{shown}</nav>'
    head, body, rest = content.partition(b"<body>")
    return head + body + bar.encode() + rest if body else content


def report_links(session: int, *, read_only: bool) -> list[tuple[str, str]]:
    """List what can be done with a report.

    Parameters
    ----------
    session : int
    read_only : bool
        Whether nothing can be changed here.

    Returns
    -------
    list of (str, str)
        Address and text of each.
    """
    links = [("/sessions", _("Sessions"))]
    if not read_only:
        links.append((f"/sessions/{session}/adjust", _("Correct by hand")))
        links.append((f"/sessions/{session}/share", _("Share")))
    return links
