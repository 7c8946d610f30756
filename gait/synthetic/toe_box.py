"""How the front of a shoe bends about the heads of the metatarsals, against the belt and in the air.

A running foot leaves the belt heel first. The shoe rolls over its ball, the toe box stays flat on the belt and bends,
then its tip leaves last, some 10 ms after the force has fallen below 50 N. In the air it straightens within a few
hundredths of a second. The angle follows from what touches: while any of the shoe is loaded, the tip lies on the belt.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gait._typing import FloatArray

LAST_TOUCH_S = 0.011
"""Time from toe-off, force below 50 N, to the last touch of the tip, s.

At 20 N a toe-off comes 6 to 13 ms later than at 50 N (Fukuchi 2017, the same 39 runs), and people who step through real
clips see the last touch 10 to 15 ms after 50 N.
"""
MAX_BEND_RAD = np.radians(58.0)
"""Largest bend of a shoe at the toes. [E]: bare toes reach some 60°, shoes in running stay below."""
_STRAIGHTENING_S = 0.025  # time constant with which a critically damped toe box straightens in the air [E]
# How fast the tip rises from the belt after the last touch and comes down to it before contact, and the height at which
# it is out of reach of the belt. [E]: keeps a straightening toe box from stabbing the belt.
_TIP_SPEED_MPS, _TIP_CLEARANCE_M = 0.35, 0.010


@dataclass(frozen=True)
class ToeBox:
    """The toe box of one foot over a whole clip.

    Parameters
    ----------
    length : float
        From the heads of the metatarsals to where the sole last touches, m.
    contact, toe_off : (n,) arrays
        Contacts of this foot, and toe-offs (force below 50 N), s; contact i belongs to toe-off i.
    bend_at_last_touch : (n,) array, optional
        Radians, from `bend_against_belt` at `last_touch`; straight by default.
    """

    length: float
    contact: FloatArray
    toe_off: FloatArray
    bend_at_last_touch: FloatArray | None = None

    @property
    def last_touch(self) -> FloatArray:
        """When the tip leaves the belt, (n,), s."""
        return self.toe_off + LAST_TOUCH_S

    def bend_against_belt(
        self, pitch: FloatArray, ball_height: FloatArray, tip_height: FloatArray | float = 0.0
    ) -> FloatArray:
        """Give how far the toe box must bend to have its tip at a height or above.

        Parameters
        ----------
        pitch : (T,) array
            Of the foot behind the toes, rad; + = toe up.
        ball_height : (T,) array
            Of the sole below the heads of the metatarsals above the belt, m.
        tip_height : (T,) array or float
            Least height of the sole below the tip, m.

        Returns
        -------
        (T,) array
            Radians, 0 to `MAX_BEND_RAD`.
        """
        lowest = np.arcsin(np.clip((tip_height - np.maximum(ball_height, 0.0)) / self.length, -1.0, 1.0))
        bend: FloatArray = np.clip(lowest - pitch, 0.0, MAX_BEND_RAD)
        return bend

    def bend(self, t: FloatArray, pitch: FloatArray, ball_height: FloatArray) -> FloatArray:
        """Give the bend at any time.

        Parameters
        ----------
        t : (T,) array
            Seconds.
        pitch, ball_height : (T,) arrays
            As for `bend_against_belt`.

        Returns
        -------
        (T,) array
            Radians, 0 = straight, + = toes up against the foot.
        """
        last = np.searchsorted(self.contact, t, side="right") - 1
        following = np.append(self.contact, np.inf)[last + 1]
        left = np.append(self.last_touch, -np.inf)[last]
        since = np.maximum(t - left, 0.0)
        clearance = np.minimum(_TIP_CLEARANCE_M, _TIP_SPEED_MPS * np.minimum(since, following - t))
        bend = self.bend_against_belt(pitch, ball_height, clearance)
        if self.bend_at_last_touch is not None:
            start = np.append(self.bend_at_last_touch, 0.0)[last]
            share = np.where(np.isfinite(since), since, 1e3) / _STRAIGHTENING_S
            bend = np.maximum(bend, np.where(since > 0, start * (1 + share) * np.exp(-share), 0.0))
        return bend
