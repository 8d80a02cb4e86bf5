"""The doorbell: tell the workers that a row waits. Only the id travels."""

from __future__ import annotations

import logging

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from teamhub.celery import app
from teamhub.runs.models import Run

logger = logging.getLogger(__name__)


def ring(run: Run) -> bool:
    """Publish the run's id. False: the broker is down; the row waits and the clock rings again."""
    try:
        app.send_task(run.task, args=[str(run.pk)], queue=run.queue, retry=False)
    except (OperationalError, RedisError, OSError) as error:
        logger.warning("run %s: the broker did not take the message: %s", run.pk, error)
        return False
    return True
