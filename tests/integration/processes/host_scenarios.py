"""What may go wrong between hosts: solve and train compute on hosts that share no folder."""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from collections.abc import Sequence
from functools import partial

from django.conf import settings

from teamhub.errors import Conflict
from teamhub.runs import selectors, services
from tests.integration.processes.house import House, check, wait_until
from tests.probe_app.models import OtherRun, ProbeRun

ALIVE_SECONDS = 60


Probe = ProbeRun | OtherRun


def host(run: Probe) -> str:
    """The host of the last attempt."""
    run.refresh_from_db()
    return run.worker.partition(":")[0]


def kill_rounds(house: House, rng: random.Random, rounds: int) -> str:
    """Kill -9 of a solving and of a training worker in turn; a new host takes the place."""
    said = []
    mine: Sequence[Probe]
    untouched: Sequence[Probe]
    for number in range(rounds):
        solves, trains = house.submit(3), house.submit_training(3)
        if number % 2 == 0:
            queue, mine, untouched = "solve", solves, trains
            lost, other = house.workers[0], house.trainers[0]
        else:
            queue, mine, untouched = "train", trains, solves
            lost, other = house.trainers[0], house.workers[0]
        if number < 2:  # each of the two is surely met while it computes
            wait_until(partial(any_runs, mine), f"a run of {queue} runs")
            moment = rng.uniform(0.0, 0.5)
        else:
            moment = rng.uniform(0.05, 1.6)
        time.sleep(moment)
        alone = number % 4 in {1, 2}
        house.kill_worker(lost, alone=alone)
        fresh = house.host_of(house.start_worker(queue))
        house.await_ends([*solves, *trains])
        hosts = [host(run) for run in mine]
        check(set(hosts) <= {house.host_of(lost), fresh}, f"{queue} ended on {hosts}")
        check(number >= 2 or fresh in hosts, f"nothing of {queue} came to {fresh}: {hosts}")
        elsewhere = {host(run) for run in untouched}
        check(elsewhere == {house.host_of(other)}, f"the others ended on {elsewhere}")
        how = "alone" if alone else "tree"
        attempts = [run.attempt for run in mine]
        said.append(f"{queue} {how} at {moment:.2f} s: attempts {attempts} on {hosts}")
    return "; ".join(said)


def any_runs(runs: Sequence[Probe]) -> bool:
    for run in runs:
        run.refresh_from_db()
    return any(run.status == run.Status.RUNNING for run in runs)


def another_host(house: House, rng: random.Random, rounds: int) -> str:
    """A second attempt goes on where neither input nor job folder of the first one is."""
    old = house.workers[0]
    [first] = house.submit(1, seconds=2)
    house.await_ends([first])
    first.refresh_from_db()
    # Its rows are unchanged, so its first attempt finds the input of `first` again.
    again = services.run_again(first, by=house.user)
    rows = ProbeRun.objects.filter(pk=again.pk, status="running", input_file=first.input_file)
    wait_until(rows.exists, "it runs and has stored its input")
    house.kill_worker(old, alone=False)
    fresh = house.host_of(house.start_worker())
    house.await_ends([again])
    check(host(again) == fresh, f"{again.worker} ended it instead of {fresh}")
    check(again.attempt == 2, f"it took {again.attempt} attempts")
    check(again.input_file == first.input_file, "it computed another input")
    stored = f"inputs/{first.input_file}.json.gz"
    for each in (house.host_of(old), fresh):
        check((house.var_of(each) / stored).exists(), f"{each} did not keep the input")
    _reproduce(house, first, fresh)
    return f"from {house.host_of(old)} to {fresh}"


def _reproduce(house: House, first: ProbeRun, worker: str) -> None:
    """Here, where people ask, the input is missing; with a folder that both share it is there."""
    try:
        services.reproduce(first, by=house.user)
    except Conflict:
        pass
    else:
        check(False, "a reproduction was taken without its input")
    shutil.rmtree(settings.RUN_INPUT_DIR, ignore_errors=True)
    settings.RUN_INPUT_DIR.symlink_to(house.var_of(worker) / "inputs")
    try:
        # What the lost host had kept is not here: compare with the run that ended on this one.
        last = ProbeRun.objects.get(rerun_of=first)
        copy = services.reproduce(last, by=house.user)
        house.await_ends([copy])
        copy.refresh_from_db()
        compared = selectors.comparison(copy)
        check(compared is not None and compared.same, f"compared: {compared}")
    finally:
        settings.RUN_INPUT_DIR.unlink()


def asked_by_host(house: House, rng: random.Random, rounds: int) -> str:
    """The health check of a host sees the worker of that host and no other."""
    solve, train = (house.host_of(each[0]) for each in (house.workers, house.trainers))
    asked = {(solve, "solve"): 0, (train, "solve"): 1}
    running = {
        (name, queue): subprocess.Popen(
            **house.command(["manage.py", "alive", "worker", "--queue", queue], name),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for name, queue in asked
    }
    for key, process in running.items():
        said, _ = process.communicate(timeout=ALIVE_SECONDS)
        check(process.returncode == asked[key], f"{key}: {process.returncode} {said}")
    return f"{len(asked)} questions"
