"""Work done at the same moment by many threads, each with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def in_parallel(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Return what each of some threads answered, in the order of their ends; an error is an answer."""
    answers: list[Any] = []

    def run(number: int) -> None:
        try:
            answers.append(work(number))
        except Exception as error:  # noqa: BLE001 - told to the test
            answers.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
