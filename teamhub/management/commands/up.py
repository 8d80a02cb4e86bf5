"""Start the whole product on this machine: web, workers, clock; Ctrl-C stops all."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import sys
import threading
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection

from teamhub import embedded
from teamhub.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from teamhub.embedded import CannotStart
from teamhub.supervisor import Child, GaveUp, Supervisor

TICK_SECONDS = 0.2
ASK_AGAIN_SECONDS = 1.0
# The workers wait for the web so that the first page has both cores, but not for ever.
WEB_FIRST_SECONDS = 15


class Command(BaseCommand):
    help = "Start TeamHub on this machine: web, workers and clock. Ctrl-C stops all."
    requires_system_checks: list[str] = []  # `make lint` runs them; here they cost a second

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="port of the web pages (8000)")
        parser.add_argument("--bind", default="127.0.0.1", help="address to listen on (127.0.0.1)")
        parser.add_argument("--no-demo", action="store_true", help="begin without a demo company")

    def handle(self, *, port: int, bind: str, no_demo: bool, **options: Any) -> None:
        self.began_at = time.monotonic()
        try:
            with embedded.hold(settings.VAR_DIR), embedded.listen(bind, port) as listener:
                self.say(f"TeamHub keeps its data in {settings.VAR_DIR}")
                prepare_database(self.say)
                refuse_known_passwords(bind, demo_comes=not no_demo)
                if not no_demo:
                    build_demo(self.say)
                collect_static(self.say)
                connection.close()
                self.run(listener, bind)
        except (CannotStart, GaveUp) as error:
            raise CommandError(str(error)) from None
        except KeyboardInterrupt:
            raise CommandError("Stopped before everything had started.", returncode=130) from None

    def say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()

    def run(self, listener: socket.socket, bind: str) -> None:
        """Keep the children alive until a signal asks to stop."""
        asked: list[int] = []
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda received, _frame: asked.append(received))
        supervisor = Supervisor(self.say)
        answered = threading.Event()
        workers: list[Child] = worker_children()
        try:
            supervisor.start(web_child(listener, bind))
            threading.Thread(target=_ask_healthz, args=(listener, answered), daemon=True).start()
            announced = False
            while not asked:
                supervisor.look()
                if answered.is_set() and not announced:
                    announced = True
                    self.announce(listener)
                late = time.monotonic() - self.began_at > WEB_FIRST_SECONDS
                while workers and (announced or late):
                    supervisor.start(workers.pop(0))
                time.sleep(TICK_SECONDS)
            self.say("Stopping (once more: at once) ...")
        finally:
            supervisor.stop(hurry=lambda: len(asked) > 1)
        self.say("Stopped.")

    def announce(self, listener: socket.socket) -> None:
        host, port = listener.getsockname()[:2]
        shown = {"0.0.0.0": socket.gethostname(), "::": socket.gethostname()}.get(host, host)  # noqa: S104
        shown = f"[{shown}]" if ":" in shown else shown
        seconds = time.monotonic() - self.began_at
        self.say(f"\nOpen http://{shown}:{port}/   (ready after {seconds:.1f} s; Ctrl-C stops all)")
        names = {account.username for account in DEMO_ACCOUNTS}
        present = set(
            get_user_model()
            .objects.filter(username__in=names, is_active=True)
            .values_list("username", flat=True)
        )
        connection.close()
        if present:
            self.say(f"Demo log-ins, password {DEMO_PASSWORD} unless you changed it:")
            for account in DEMO_ACCOUNTS:
                if account.username in present:
                    self.say(f"  {account.username:8} {account.group}: {account.does}")
        elif not get_user_model().objects.exists():
            self.say(f"Nobody can log in yet: {sys.executable} manage.py createsuperuser")
        self.say("")


def prepare_database(say: Any) -> None:
    """Migrate when something is missing, then bring the reference data up to date."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say("  database: creating or changing tables ...")
        call_command("migrate", interactive=False, verbosity=0)
    call_command("seed_reference", verbosity=0)
    say("  database and reference data: up to date")


def refuse_known_passwords(bind: str, *, demo_comes: bool) -> None:
    """Keep a product whose passwords everybody knows off the network."""
    if embedded.is_loopback(bind):
        return
    users = get_user_model().objects.all()
    if demo_comes and not users.exists():
        raise CannotStart(
            f"--bind {bind} would show a new demo company, with passwords that everybody knows, "
            "to the network. Add --no-demo, or start once without --bind and change the passwords."
        )
    names = [account.username for account in DEMO_ACCOUNTS]
    open_doors = [
        user.get_username()
        for user in users.filter(username__in=names, is_active=True)
        if user.check_password(DEMO_PASSWORD)
    ]
    if open_doors:
        raise CannotStart(
            f"--bind {bind} is refused: the demo password still opens {', '.join(open_doors)}. "
            "Change these passwords (manage.py changepassword NAME) or deactivate the users."
        )


def build_demo(say: Any) -> None:
    """Fill an empty product; the command is one transaction, so half a company does not stay."""
    if get_user_model().objects.exists():
        return
    say("  demo company: building (first start only) ...")
    call_command("demo", verbosity=0)


def collect_static(say: Any) -> None:
    """Collect and compress the static files when one of them changed."""
    from django.contrib.staticfiles.finders import get_finders

    sources = [
        Path(storage.path(path)) for finder in get_finders() for path, storage in finder.list([])
    ]
    stamp = settings.VAR_DIR / "static.stamp"
    digest = embedded.digest_of(sources)
    if stamp.exists() and stamp.read_text() == digest and settings.STATIC_ROOT.exists():
        return
    say("  static files: collecting ...")
    stamp.unlink(missing_ok=True)
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(digest)


def web_child(listener: socket.socket, bind: str) -> Child:
    env = dict(os.environ)
    if not embedded.is_loopback(bind):
        env.setdefault("ALLOWED_HOSTS", embedded.allowed_hosts(listener.getsockname()[0]))
    command = [sys.executable, "-m", "gunicorn", "teamhub.wsgi", "--bind"]
    command += [f"fd://{listener.fileno()}", "--worker-class", "gthread", "--workers", "1"]
    command += ["--threads", "8", "--log-level", "warning", "--no-control-socket"]
    command += ["--graceful-timeout", "5", "--chdir", str(settings.BASE_DIR)]
    return Child("web", command, env, pass_fds=(listener.fileno(),))


def worker_children() -> list[Child]:
    # Celery's warning about root is about pickled messages; ours are JSON and carry ids.
    env = {**os.environ, "PYTHONWARNINGS": "ignore:You're running the worker with superuser"}
    celery = [sys.executable, "-m", "celery", "--quiet", "--workdir", str(settings.BASE_DIR)]
    celery += ["-A", "teamhub.celery", "worker", "--concurrency", "1", "--loglevel", "WARNING"]
    celery += ["--without-gossip", "--without-mingle"]
    return [
        Child("worker", [*celery, "-Q", "default,solve", "-n", "solve@%h"], env),
        Child("worker train", [*celery, "-Q", "train", "-n", "train@%h"], env),
        Child("clock", [sys.executable, str(settings.BASE_DIR / "manage.py"), "clock"], env),
    ]


def _ask_healthz(listener: socket.socket, answered: threading.Event) -> None:
    """Set the event when the web answers; the request waits in the queue until it does."""
    host, port = listener.getsockname()[:2]
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    while not answered.is_set():
        web = http.client.HTTPConnection(reachable, port, timeout=60)
        try:
            web.request("GET", "/healthz", headers={"Host": "localhost"})
            if web.getresponse().status == http.client.OK:
                answered.set()
        except (OSError, http.client.HTTPException):
            pass  # it died while it answered; the next one takes the queue over
        finally:
            web.close()
        answered.wait(ASK_AGAIN_SECONDS)
