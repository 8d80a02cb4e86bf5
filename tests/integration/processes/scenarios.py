"""What may go wrong, each on a house that works and must work again afterwards."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from teamhub.runs import bell, health, services
from teamhub.runs.models import Beat
from tests.integration.processes import host_scenarios
from tests.integration.processes.house import House, alive, check, send, wait_until
from tests.probe_app.models import ProbeRun

Scenario = Callable[[House, random.Random, int], str]
LOST = settings.RUN_LOST_AFTER_SECONDS


def kill_rounds(house: House, rng: random.Random, rounds: int) -> str:
    """Six runs in flight, kill -9: in turn the worker with its children, and the worker alone."""
    attempts, said = 0, []
    for number in range(rounds):
        runs = house.submit(6)
        moment, alone = rng.uniform(0.05, 1.6), number % 2 == 1
        time.sleep(moment)
        house.kill_worker(house.workers[0], alone=alone)
        house.start_worker()
        house.await_ends(runs)
        took = [ProbeRun.objects.get(pk=run.pk).attempt for run in runs]
        attempts += sum(took)
        said.append(f"{'alone' if alone else 'tree'} at {moment:.2f} s: attempts {took}")
    if rounds >= 3:
        check(attempts > 6 * rounds, "no kill met a running run: the moments are badly chosen")
    return "; ".join(said)


def messages_lost(house: House, rng: random.Random, rounds: int) -> str:
    """The broker is emptied while runs wait and no worker is there."""
    house.stop_worker(house.workers[0])
    runs = house.submit(4)
    house.lose_messages()
    house.start_worker()
    house.await_ends(runs)
    return "4 runs"


def message_cut(house: House, rng: random.Random, rounds: int) -> str:
    """Message files are truncated; the worker that reads them goes on."""
    house.stop_worker(house.workers[0])
    house.kill_clock()  # it would ring beside the damaged files
    runs = house.submit(3)
    files = sorted(Path(settings.BROKER_DIR).glob("*.msg"))
    check(len(files) >= 3, f"{len(files)} message files for 3 runs")
    for path in files[1:]:
        content = path.read_bytes()
        path.write_bytes(content[: rng.choice([0, 1, len(content) // 2, len(content) - 1])])
    worker = house.start_worker()
    wait_until(lambda: not list(Path(settings.BROKER_DIR).glob("*.msg")), "the files are read")
    house.start_clock()
    house.await_ends(runs)
    check(worker.poll() is None, "the worker ended over a truncated message")
    return f"{len(files) - 1} files cut"


def broker_down(house: House, rng: random.Random, rounds: int) -> str:
    """Redis is killed while runs are queued and one computes, and comes back empty."""
    assert house.redis is not None
    worker = house.workers[0]
    running = house.submit(1, seconds=3)
    wait_until(lambda: ProbeRun.objects.filter(pk=running[0].pk, status="running").exists(), "runs")
    house.redis.kill()
    began = time.monotonic()
    queued = house.submit(3)
    each = (time.monotonic() - began) / 3
    check(each < 1.5, f"a submit took {each:.1f} s while Redis was down")
    state = health.health()
    check(not state["checks"]["broker"]["ok"], "readyz does not see that Redis is down")
    time.sleep(1.5)
    house.redis.start()
    house.await_ends([*running, *queued])
    check(worker.poll() is None, "the worker ended when Redis did")
    return f"submit without a broker {each:.2f} s"


def delivered_twice(house: House, rng: random.Random, rounds: int) -> str:
    """The same id arrives at once, while it computes and after the end."""
    [run] = runs = house.submit(1)
    check(bell.ring(run), "the second message was taken")
    wait_until(lambda: ProbeRun.objects.get(pk=run.pk).status == "running", "it runs")
    check(bell.ring(run), "the third message was taken")
    house.await_ends(runs)
    ended = ProbeRun.objects.get(pk=run.pk)
    check(bell.ring(run), "the fourth message was taken")
    time.sleep(1)
    house.await_ends(runs)
    again = ProbeRun.objects.get(pk=run.pk)
    check(again.finished_at == ended.finished_at, "a late message wrote to an ended run")
    check(again.attempt == 1, f"{again.attempt} attempts for one run")
    return "4 messages, 1 attempt"


def worker_wakes(house: House, rng: random.Random, rounds: int) -> str:
    """A worker sleeps, is given up, and wakes with its results while another computes them."""
    old = house.workers[0]
    runs = house.submit(2, seconds=2.5)
    rows = ProbeRun.objects.filter(pk__in=[run.pk for run in runs])
    wait_until(lambda: rows.filter(status="running").count() == 2, "both run")
    asleep = house.tree(old, kernels=False)  # the kernels go on, so that there is a late result
    while True:
        for process in asleep:
            send(process, signal.SIGSTOP)
        if house.can_write():
            break
        for process in asleep:  # it held SQLite's lock: nobody could work
            send(process, signal.SIGCONT)
        time.sleep(0.1)
    house.start_worker()
    wait_until(lambda: rows.filter(status="running", attempt=2).count() == 2, "both are taken over")
    workers = set(rows.values_list("worker", flat=True))
    for process in asleep:
        send(process, signal.SIGCONT)
    house.await_ends(runs)
    check(set(rows.values_list("attempt", "status")) == {(2, "succeeded")}, f"{rows.values()}")
    check(set(rows.values_list("worker", flat=True)) == workers, "the late worker wrote")
    ended = list(rows.order_by("pk").values())
    time.sleep(LOST + 0.5)
    check(list(rows.order_by("pk").values()) == ended, "the late worker wrote after the end")
    house.stop_worker(old)
    return "2 runs taken over"


def clock_killed(house: House, rng: random.Random, rounds: int) -> str:
    """Without a clock lost messages stay lost; two new ones ring once each."""
    house.kill_clock()
    house.stop_worker(house.workers[0])
    runs = house.submit(3)
    house.lose_messages()
    house.start_worker()
    time.sleep(LOST + 0.5)
    queued = ProbeRun.objects.filter(pk__in=[run.pk for run in runs], status="queued").count()
    check(queued == 3, f"{queued} of 3 runs still wait without a clock")
    check(not health.health()["ready"], "readyz does not see that the clock is dead")
    house.start_clock()
    first = house.clock
    house.start_clock()
    house.await_ends(runs)
    assert first is not None
    first.terminate()
    check(first.wait(10) == 0, "the clock does not end on TERM")
    return "two clocks"


def cancel_and_finish(house: House, rng: random.Random, rounds: int) -> str:
    """Cancel ends the kernel of a deaf run; finish now brings the best so far."""
    [deaf] = house.submit(1, seconds=60, steps=600, ignore_term=True, ignore_stop=True)
    [polite] = house.submit(1, seconds=60, steps=600)
    ids = [deaf.pk, polite.pk]
    rows = ProbeRun.objects.filter(pk__in=ids)
    wait_until(lambda: rows.filter(status="running").count() == 2, "both run")
    wait_until(lambda: len(house.kernels()) == 2, "two kernels work")
    services.cancel(deaf, by=house.user)
    services.finish_now(polite, by=house.user)
    wait_until(lambda: not house.kernels(), "both kernels are gone", 10)
    wait_until(lambda: not rows.filter(status="running").exists(), "both ended", 10)
    deaf.refresh_from_db()
    polite.refresh_from_db()
    check((deaf.status, deaf.parts.count()) == ("cancelled", 0), f"cancelled: {deaf.status}")
    check((polite.status, polite.outcome) == ("succeeded", "stopped"), f"{polite.outcome}")
    return "2 runs"


def quiet_end(house: House, rng: random.Random, rounds: int) -> str:
    """The house is ready; a worker that is told to stop leaves nothing behind."""
    wait_until(lambda: health.health()["ready"], f"ready: {health.health()}", 10)
    worker = house.workers[0]
    recorded = house.tree(worker)
    house.stop_worker(worker)
    check(not alive(recorded), "processes of the worker are left")
    name = house.names[worker.pid]
    check(not Beat.objects.filter(name=name).exists(), "a stopped worker still counts as alive")
    wait_until(lambda: not health.health()["ready"], "readyz sees that no worker is there", 10)
    house.start_worker()
    return "stopped and started"


def kernels_die(house: House, rng: random.Random, rounds: int) -> str:
    """Kernels that would work for a minute and ignore TERM end with their worker, at once."""
    runs = house.submit(2, seconds=60, steps=600, ignore_term=True, ignore_stop=True)
    wait_until(lambda: len(house.kernels()) == 2, "two kernels work")
    time.sleep(0.5)  # so that they are in their loop and not at their start
    for run in runs:
        services.cancel(run, by=house.user)  # nobody is to compute them again
    house.kill_worker(house.workers[0], alone=True)
    wait_until(lambda: not house.kernels(), "the kernels of a killed worker are gone", 3)
    house.start_worker()
    return "2 kernels"


EMBEDDED: dict[str, Scenario] = {
    "kill_rounds": kill_rounds,
    "messages_lost": messages_lost,
    "message_cut": message_cut,
    "delivered_twice": delivered_twice,
    "worker_wakes": worker_wakes,
    "clock_killed": clock_killed,
    "cancel_and_finish": cancel_and_finish,
    "kernels_die": kernels_die,
    "quiet_end": quiet_end,
}
CLUSTER: dict[str, Scenario] = {
    "kill_rounds": host_scenarios.kill_rounds,
    "another_host": host_scenarios.another_host,
    "asked_by_host": host_scenarios.asked_by_host,
    "messages_lost": messages_lost,
    "broker_down": broker_down,
    "worker_wakes": worker_wakes,
    "clock_killed": clock_killed,
}
