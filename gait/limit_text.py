"""Numbers that miss a limit, written so that a reader sees it: "0.349, at least 0.35", not "0.35, at least 0.35"."""

from __future__ import annotations

#: Most decimals that are written; values that are closer are told as "just". [E]
_MOST_DECIMALS = 6


def missed_limit_text(value: float, limit: float, decimals: int = 1) -> tuple[str, str]:
    """Write a value and the limit that it misses with as many decimals as make them differ.

    Parameters
    ----------
    value, limit : float
        In one unit.
    decimals : int
        Decimals of the value where that is enough.

    Returns
    -------
    value, limit : str
        The limit is written as short as it is exact. A value that differs by less than a millionth is "just under" or
        "just over" the limit.

    Examples
    --------
    >>> missed_limit_text(3.7, 4)
    ('3.7', '4')
    >>> missed_limit_text(3.97, 4)
    ('3.97', '4')
    >>> missed_limit_text(0.3496, 0.35, 2)
    ('0.3496', '0.35')
    >>> missed_limit_text(64.04, 64, 0)
    ('64.04', '64')
    """
    limit_text = f"{limit:.{_MOST_DECIMALS}f}".rstrip("0").rstrip(".")
    for count in range(decimals, _MOST_DECIMALS + 1):
        text = f"{value:.{count}f}"
        # Rounding must neither reach the limit nor carry the value beyond it.
        if (float(text) - limit) * (value - limit) > 0:
            return text, limit_text
    return f"just {'under' if value < limit else 'over'} {limit_text}", limit_text
