"""A generator run in a thread of its own, out of reach of Ctrl-C."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator
from typing import TypeVar

from gait.display_language import keep_language

T = TypeVar("T")


class _End:
    """The generator has ended, with an error or without."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


#: Seconds between two calls of ``meanwhile``. [E]
MEANWHILE_EVERY_S = 0.2


def in_worker_thread(items: Generator[T], *, meanwhile: Callable[[], None] | None = None) -> Generator[T]:
    """Yield what a generator yields, while it runs in a thread of its own, one item ahead.

    A signal interrupts the main thread wherever it is. In the middle of `concurrent.futures` that leaves a lock taken
    which its workers need, and the process hangs. Here the main thread waits in queues only, whose operations are
    whole. The generator is closed, and has ended, before this one ends.

    Parameters
    ----------
    items : generator
        Nobody else may use it afterwards.
    meanwhile : callable, optional
        Called now and then in the calling thread while an item is waited for.

    Yields
    ------
    object
        The items of the generator.
    """
    requests: queue.SimpleQueue[bool] = queue.SimpleQueue()  # True: make one more item; False: end
    results: queue.SimpleQueue[T | _End] = queue.SimpleQueue()

    def run() -> None:
        error: BaseException | None = None
        try:
            while requests.get():
                results.put(next(items))
        except StopIteration:
            pass
        except BaseException as caught:
            error = caught
        try:
            items.close()
        except BaseException as caught:
            error = error or caught
        results.put(_End(error))

    # A daemon, for the case that the signal comes while the thread starts: then nobody waits for it.
    threading.Thread(target=keep_language(run), name="gait-worker-thread", daemon=True).start()
    ended = False
    requests.put(True)
    try:
        while True:
            requests.put(True)
            item = _wait(results, meanwhile)
            if isinstance(item, _End):
                ended = True
                if item.error is not None:
                    raise item.error
                return
            yield item
    finally:
        requests.put(False)
        while not ended:
            ended = isinstance(results.get(), _End)


def _wait(results: queue.SimpleQueue[T | _End], meanwhile: Callable[[], None] | None) -> T | _End:
    if meanwhile is None:
        return results.get()
    while True:
        try:
            return results.get(timeout=MEANWHILE_EVERY_S)
        except queue.Empty:
            meanwhile()
