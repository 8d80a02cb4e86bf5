"""Run a program of ours under a host name of its own, as on a host of its own.

`python -m tests.integration.processes.host solve-1 manage.py clock`

Linux gives a process its own name in a UTS namespace, to root or in a user namespace. Where both
are forbidden, as in many containers, Python's `socket.gethostname` is changed instead: that is what
TeamHub and Celery ask. The process keeps its id either way.
"""

from __future__ import annotations

import ctypes
import os
import runpy
import socket
import sys
from collections.abc import Callable
from pathlib import Path

CLONE_NEWUTS = 0x04000000  # linux/sched.h
CLONE_NEWUSER = 0x10000000


def take_name(name: str) -> bool:
    """Give this process the name; False where the system does not allow it."""
    try:
        unshare: Callable[[int], int] = ctypes.CDLL(None, use_errno=True).unshare
    except AttributeError:
        return False
    user, group = os.geteuid(), os.getegid()
    if unshare(CLONE_NEWUTS) != 0:
        if unshare(CLONE_NEWUTS | CLONE_NEWUSER) != 0:
            return False
        try:
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
            Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
        except OSError:
            return False
    try:
        socket.sethostname(name)
    except OSError:
        return False
    return True


def run(name: str, program: list[str]) -> None:
    """Become `python PROGRAM`, or `python -m MODULE`, on the host of this name."""
    if take_name(name):
        os.execv(sys.executable, [sys.executable, *program])  # noqa: S606 (no shell is the point)
    socket.gethostname = lambda: name
    if program[0] == "-m":
        sys.argv = program[1:]
        runpy.run_module(program[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = program
        sys.path.insert(0, str(Path(program[0]).resolve().parent))
        runpy.run_path(program[0], run_name="__main__")


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2:])
