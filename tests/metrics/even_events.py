"""Events of an even run, written down by hand."""

from __future__ import annotations

import pandas as pd

STRIDE_S = 0.70
CONTACT_S = 0.25


def even_events(steps: int, *, slowed: float = 1.0) -> pd.DataFrame:
    """Events of alternating steps; ``slowed`` is how many times slower the file plays."""
    rows = []
    for n in range(steps):
        side, at = ("left", "right")[n % 2], 1.0 + n * STRIDE_S / 2
        rows += [(side, "contact", slowed * at, 0.005), (side, "toe_off", slowed * (at + CONTACT_S), 0.005)]
    rows.sort(key=lambda row: row[2])
    return pd.DataFrame(rows, columns=["side", "kind", "time_s", "uncertainty_s"])
