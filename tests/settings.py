"""Settings of the tests: own folder, fast passwords, no broker. DATABASE_URL still chooses."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# One folder for pytest and everything it starts; the process that made it removes it.
if "TEAMHUB_TEST_VAR" not in os.environ:
    os.environ["TEAMHUB_TEST_VAR"] = tempfile.mkdtemp(prefix="teamhub-tests-")

    def _remove(made: str, owner: int) -> None:
        if os.getpid() == owner:
            shutil.rmtree(made, ignore_errors=True)

    atexit.register(_remove, os.environ["TEAMHUB_TEST_VAR"], os.getpid())
_var = Path(os.environ["TEAMHUB_TEST_VAR"]) / os.environ.get("PYTEST_XDIST_WORKER", "main")
_var.mkdir(parents=True, exist_ok=True)
os.environ["TEAMHUB_VAR"] = str(_var)
os.environ["SECRET_KEY"] = "for tests only"
if os.environ.get("DATABASE_URL"):
    # Settings refuse a database server beside the folder broker. Nothing listens on port 1.
    os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:1/0")

from teamhub.settings import *  # noqa: E402, F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.probe_app"]  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True  # no scan of a folder of collected files
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    # A file, as in the product: threads in tests then meet the same locks.
    DATABASES["default"]["TEST"] = {"NAME": str(_var / "tests.sqlite3")}  # noqa: F405
