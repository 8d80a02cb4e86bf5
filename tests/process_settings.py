"""Settings of the real workers and clocks that tests start; the environment chooses."""

from teamhub.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.probe_app"]  # noqa: F405
