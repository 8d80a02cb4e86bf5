#!/usr/bin/env python
"""The door of every command: python manage.py help."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "teamhub.settings")
    # The commands of the embedded set-up bring their own secret: settings refuse to load without.
    if sys.argv[1:2] in (["up"], ["demo"]):
        from teamhub import embedded

        embedded.ensure_secret()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
