#!/usr/bin/env python
"""The door of every command: python manage.py help."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "teamhub.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        # The commands of the embedded set-up bring their own secret; settings refuse without one.
        if sys.argv[1:2] in (["up"], ["demo"]):
            from teamhub import embedded

            embedded.ensure_secret()
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"TeamHub cannot start: {error}")


if __name__ == "__main__":
    main()
