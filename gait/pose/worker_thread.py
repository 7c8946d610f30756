"""A generator run in a thread of its own, out of reach of Ctrl-C."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator
from typing import TypeVar

from gait.display_language import keep_language

T = TypeVar("T")


class _End:
    """The generator has ended, with an error or without."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def in_worker_thread(items: Generator[T]) -> Generator[T]:
    """Yield what a generator yields, while it runs in a thread of its own, one item ahead.

    A signal interrupts the main thread wherever it is. In the middle of `concurrent.futures` that leaves a lock taken
    which its workers need, and the process hangs. Here the main thread waits in queues only, whose operations are
    whole. The generator is closed, and has ended, before this one ends.

    Parameters
    ----------
    items : generator
        Nobody else may use it afterwards.

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
            item = results.get()
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
