"""The driver: `python -m tests.integration.processes.drive embedded --rounds 5 --seed 1`.

Prints one JSON object a scenario. It is started by the tests and by `benchmarks.soak`, with the
environment of `environment()`, so that its settings are those of the workers that it starts.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

# Quick instead of patient: the same rules at a tenth of the time.
QUICK = {
    "RUN_HEARTBEAT_SECONDS": "0.3",
    "RUN_LOST_AFTER_SECONDS": "2",
    "RUN_MAX_ATTEMPTS": "10",
    "RUN_REPORT_SECONDS": "0.1",
    "RUN_RING_SECONDS": "0.5",
    "RUN_RING_MAX_SECONDS": "4",
    "CLOCK_SECONDS": "0.2",
}


def environment(var: Path, *, database_url: str = "", redis_port: int = 0) -> dict[str, str]:
    kept = ("PATH", "HOME", "LANG", "VIRTUAL_ENV", "COVERAGE_PROCESS_START")
    env = {name: os.environ[name] for name in kept if name in os.environ}
    env |= QUICK | {
        "DJANGO_SETTINGS_MODULE": "tests.process_settings",
        "SECRET_KEY": "for tests only",
        "TEAMHUB_VAR": str(var),
    }
    if database_url:
        env["DATABASE_URL"] = database_url
        env["REDIS_URL"] = f"redis://127.0.0.1:{redis_port}/0"
    return env


def own_database(server_url: str, *, template: str = "template1") -> str:
    """Make a database on this PostgreSQL that nobody else uses, as a copy of `template`."""
    import psycopg2

    name = f"processes_{os.getpid()}_{time.monotonic_ns()}"
    connection = psycopg2.connect(server_url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    finally:
        connection.close()
    return f"{server_url.rsplit('/', 1)[0]}/{name}"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("setup", choices=["embedded", "cluster"])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="names of scenarios, separated by commas")
    options = parser.parse_args()

    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    Path(settings.VAR_DIR).mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)

    from tests.integration.processes import scenarios
    from tests.integration.processes.house import House, Redis

    redis = None
    if options.setup == "cluster":
        redis = Redis(int(settings.REDIS_URL.rsplit(":", 1)[1].split("/")[0]))
        redis.start()
    chosen = scenarios.CLUSTER if redis else scenarios.EMBEDDED
    wanted = options.only.split(",") if options.only else list(chosen)
    house = House(redis)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the house is closed on the way out
    try:
        house.start()
        for name in wanted:
            rng = random.Random(f"{options.seed} {name}")
            answer = _play(partial(chosen[name], house, rng, options.rounds))
            about = {"setup": options.setup, "scenario": name, "seed": options.seed}
            sys.stdout.write(json.dumps(about | answer) + "\n")
            sys.stdout.flush()
            if not answer["ok"]:
                return 1  # the house is in an unknown state
    finally:
        house.close()
    return 0


def _play(scenario: Callable[[], str]) -> dict[str, Any]:
    began = time.monotonic()
    try:
        answer = {"ok": True, "say": scenario()}
    except Exception:  # whatever it is, it is what the test wants to show
        answer = {"ok": False, "say": traceback.format_exc()}
    return answer | {"seconds": round(time.monotonic() - began, 1)}


if __name__ == "__main__":
    raise SystemExit(main())
