"""What MkDocs does besides laying out `docs/`: it takes in the files that stand at the root of the project.

`CHANGELOG.md` and `CONTRIBUTING.md` belong to the root, where people and tools look for them, and to the site.
Links from the site to files of the project that are no pages are shown as paths. A built page that would load anything
from another host fails the build: the site must read the same without a network.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parents[1]
#: Page of the site → file at the root.
TAKEN_IN = {"changelog.md": "CHANGELOG.md", "contributing.md": "CONTRIBUTING.md"}
#: What a browser fetches by itself, with the address of another host.
FETCHED = re.compile(
    r"""<(?:script|img|iframe|source|video|audio|embed|object)\b[^>]*?\b(?:src|data|srcset)=["']?((?:https?:)?//[^"'\s>]+)"""
    r"""|<link\b(?=[^>]*\brel=["']?(?:stylesheet|preload|preconnect|icon|dns-prefetch))[^>]*?\bhref=["']?((?:https?:)?//[^"'\s>]+)"""
    r"""|(?:@import\s*|url\()["']?((?:https?:)?//[^"')\s]+)""",
    re.IGNORECASE,
)
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:|#)([^)\s]+)\)")


def on_files(files: Files, config: Any, **_: Any) -> Files:
    """Add the files of the root as pages."""
    for page, name in TAKEN_IN.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=inside(text)))
    return files


def inside(text: str) -> str:
    """Turn links of a page at the root into links of the site: pages stay links, other files become paths."""

    def turned(match: re.Match[str]) -> str:
        words, target = match.groups()
        path, _, anchor = target.partition("#")
        if path.startswith("docs/") and path.endswith(".md"):
            return f"[{words}]({path.removeprefix('docs/')}{'#' + anchor if anchor else ''})"
        if path.lower() in TAKEN_IN:
            return f"[{words}]({path.lower()})"
        return words if words.strip("`") == path else f"{words} (`{path}`)"

    return LINK.sub(turned, text)


def on_post_build(config: Any, **_: Any) -> None:
    """Fail where a page or a style sheet would load something from another host."""
    site = Path(config.site_dir)
    found = [
        f"{path.relative_to(site)}: {address}"
        for path in sorted((*site.rglob("*.html"), *site.rglob("*.css")))
        for address in fetched_from_elsewhere(path.read_text(encoding="utf-8"))
    ]
    if found:
        raise PluginError("pages load from other hosts: " + "; ".join(found))


def fetched_from_elsewhere(text: str) -> list[str]:
    """Give the addresses on other hosts that a browser would fetch to show a page or a style sheet."""
    return [next(filter(None, match)) for match in FETCHED.findall(text)]
