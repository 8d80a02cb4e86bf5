"""Kill workers for many rounds, on both set-ups: `python -m benchmarks.soak --rounds 20`.

Six short runs in flight a round; kill -9 in turn of the worker with its children and of the worker
alone, at random moments; on PostgreSQL and Redis in turn of a solving and of a training host. Every
run must end exactly once with its rows. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests import servers
from tests.integration.processes import drive

ROOT = Path(__file__).resolve().parent.parent
SECONDS_A_ROUND = 60  # a limit, not an estimate


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--setup", choices=["embedded", "cluster", "both"], default="both")
    parser.add_argument("--seed", type=int, default=None, help="repeats the moments of a soak")
    options = parser.parse_args()
    seed = options.seed
    if seed is None:
        seed = random.SystemRandom().randrange(1_000_000)
    chosen = ["embedded", "cluster"] if options.setup == "both" else [options.setup]
    print(f"seed {seed}, {options.rounds} rounds of 6 runs", flush=True)
    results = {setup: _soak(setup, options.rounds, seed) for setup in chosen}
    ok = all(result["ok"] for result in results.values())
    print(json.dumps({"ok": ok, "seed": seed, "rounds": options.rounds, "setups": results}))
    return 0 if ok else 1


def _soak(setup: str, rounds: int, seed: int) -> dict[str, Any]:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="teamhub-soak-") as folder:
        if setup == "cluster":
            with servers.private_postgres() as url:
                where = {"database_url": drive.own_database(url), "redis_port": servers.free_port()}
                answers = list(_drive(setup, Path(folder), rounds, seed, **where))
        else:
            answers = list(_drive(setup, Path(folder), rounds, seed))
    result: dict[str, Any] = {
        "ok": len(answers) > 0 and all(answer["ok"] for answer in answers),
        "runs": 6 * rounds,
        "seconds": round(time.monotonic() - began, 1),
    }
    print(f"{setup}: {'every run ended once' if result['ok'] else 'BROKEN'}: {result}", flush=True)
    return result


def _drive(
    setup: str, folder: Path, rounds: int, seed: int, **where: Any
) -> Iterator[dict[str, Any]]:
    driver = subprocess.run(
        [
            *(sys.executable, "-m", "tests.integration.processes.drive", setup),
            *("--rounds", str(rounds), "--seed", str(seed)),
            *("--only", "kill_rounds,worker_wakes"),
        ],
        cwd=ROOT,
        env=drive.environment(folder, **where),
        stdout=subprocess.PIPE,
        text=True,
        timeout=120 + SECONDS_A_ROUND * rounds,
        check=False,
    )
    for line in driver.stdout.splitlines():
        if line.startswith("{"):
            answer = json.loads(line)
            print(f"{setup:9} {answer['scenario']:13} {answer['seconds']:6.1f} s")
            print("    " + str(answer["say"]).replace("; ", "\n    "), flush=True)
            yield answer


if __name__ == "__main__":
    raise SystemExit(main())
