"""Jobs that start at the same moment, for tests of locks and constraints."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections

from teamhub.errors import TeamHubError


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Run jobs in threads that start together; foreseen errors are results."""
    gate = threading.Barrier(len(jobs))
    results: list[Any] = [None] * len(jobs)

    def work(index: int, job: Callable[[], Any]) -> None:
        gate.wait()
        try:
            results[index] = job()
        except TeamHubError as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results
