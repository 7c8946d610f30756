import threading

import pytest

from gait.display_language import gettext, speak
from gait.pose import worker_thread
from gait.pose.worker_thread import in_worker_thread


def numbers(log, count=5, fail_at=None):
    try:
        for number in range(count):
            log.append((number, threading.current_thread().name))
            if number == fail_at:
                raise ValueError("broken")
            yield number
    finally:
        log.append("closed")


def test_gives_everything_in_order_from_another_thread():
    log: list = []
    assert list(in_worker_thread(numbers(log))) == [0, 1, 2, 3, 4]
    assert {name for _, name in log[:-1]} == {"gait-worker-thread"}
    assert log[-1] == "closed"


def test_the_caller_can_do_something_while_it_waits(monkeypatch):
    monkeypatch.setattr(worker_thread, "MEANWHILE_EVERY_S", 0.01)
    meanwhile, released = [], threading.Event()

    def slow():
        yield 1
        released.wait(10)
        yield 2

    def note():
        meanwhile.append(threading.current_thread())
        released.set()

    assert list(in_worker_thread(slow(), meanwhile=note)) == [1, 2]
    assert set(meanwhile) == {threading.current_thread()}


def test_an_error_comes_through_in_its_place():
    items = in_worker_thread(numbers([], fail_at=2))
    assert [next(items), next(items)] == [0, 1]
    with pytest.raises(ValueError, match="broken"):
        next(items)


def test_when_closed_the_generator_has_been_closed_and_no_more_than_one_item_was_made_ahead():
    log: list = []
    items = in_worker_thread(numbers(log, count=1000))
    next(items)
    items.close()
    assert log[-1] == "closed"
    assert len(log) <= 4


def test_the_language_of_the_caller_is_spoken_in_the_thread():
    def words():
        yield gettext("is empty")

    with speak("de"):
        assert list(in_worker_thread(words())) == ["ist leer"]


def test_nothing_given():
    assert list(in_worker_thread(numbers([], count=0))) == []
