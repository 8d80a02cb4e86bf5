"""The Celery application: `celery -A teamhub.celery worker -Q default,solve`."""

from __future__ import annotations

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "teamhub.settings")

# The embedded broker: message files in one folder of one host.
TRANSPORT_ALIASES["folder"] = "teamhub.runs.folder:Transport"

app = Celery("teamhub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
