"""TOML that a person wrote, read with suspicion."""

from __future__ import annotations

import tomllib
from typing import Any

from gait.display_language import _


def parse_toml(content: bytes) -> dict[str, Any]:
    """Parse TOML strictly: UTF-8, no deep nesting, no number of thousands of digits.

    Parameters
    ----------
    content : bytes

    Returns
    -------
    dict

    Raises
    ------
    ValueError
        The content is no such TOML; the message says why in a few words.
    """
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError(_("is not text in UTF-8")) from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(_("is not TOML: {error}").format(error=error)) from None
    except RecursionError:
        raise ValueError(_("is nested too deeply")) from None
    except ValueError:  # of int(), whose message is about Python
        raise ValueError(_("holds a number with thousands of digits")) from None
