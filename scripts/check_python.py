"""Stop `make` with clear words when this Python cannot carry TeamHub.

Written so that old Pythons can read it too: they are who it speaks to.
"""

import sys

OLDEST, NEWEST = (3, 11), (3, 13)


def complaint(version, has_venv=True):
    """Say what is wrong with this Python and what to do, or None."""
    if not OLDEST <= tuple(version[:2]) <= NEWEST:
        return (
            "TeamHub needs Python 3.11 to 3.13, but %s is %d.%d. "
            "Install one of them, or name it: make PY=/path/to/python3.12 ..."
            % (sys.executable or "python3", version[0], version[1])
        )
    if not has_venv:
        return (
            "This Python cannot make environments (no ensurepip). On Debian and Ubuntu: "
            "apt-get install python3-venv"
        )
    return None


def can_make_environments():
    try:
        import ensurepip  # noqa: F401, PLC0415
        import venv  # noqa: F401, PLC0415
    except ImportError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(complaint(sys.version_info, can_make_environments()))
