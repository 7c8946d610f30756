"""How often one address may ask: a bucket of permits that fills steadily."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

#: Addresses that are remembered; the one that has asked least recently goes first. [E]
MAX_ADDRESSES = 10_000


class RateLimit:
    """Permits for each address.

    Parameters
    ----------
    per_second : float
        Permits that come back each second.
    burst : float
        Permits that an address has at most.
    clock : callable
        Seconds.
    """

    def __init__(self, per_second: float, burst: float, *, clock: Callable[[], float] = monotonic) -> None:
        self._per_second, self._burst, self._clock = per_second, burst, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, address: str, cost: float = 1.0) -> bool:
        """Take permits of an address.

        Parameters
        ----------
        address : str
        cost : float
            How many.

        Returns
        -------
        bool
            ``False`` where there are too few; none is taken then.
        """
        now = self._clock()
        left, at = self._left.pop(address, (self._burst, now))
        left = min(left + (now - at) * self._per_second, self._burst)
        allowed = left >= cost
        self._left[address] = (left - cost if allowed else left, now)
        while len(self._left) > MAX_ADDRESSES:
            self._left.popitem(last=False)
        return allowed
