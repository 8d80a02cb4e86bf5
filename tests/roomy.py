"""Room on the interpreter's stack of frames, so that deep calls need not ask for more.

CPython keeps the frames of Python functions in pieces of 16 KiB. A call that does not fit any more
takes a new piece from the system, and its return gives it back. A loop at such a border does this
in each turn: in a page drawn by Django hundreds of times, which took a third of the time of our
integration tests. The frame of a function with a large stack is put into a larger piece, in
which all that it calls finds room.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar

T = TypeVar("T")
SLOTS = 70_000  # of 8 bytes: a piece of 1 MiB, of which somewhat less than half is left


def _call(function: Callable[[], Any]) -> Any:
    return function()


_CALL_WITH_ROOM = FunctionType(_call.__code__.replace(co_stacksize=SLOTS), globals())


def with_room(function: Callable[[], T]) -> T:
    """Call the function; what it calls finds room on the stack."""
    result: T = _CALL_WITH_ROOM(function)
    return result
