"""The same product for an ASGI server; the embedded default starts teamhub.wsgi."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "teamhub.settings")

application = get_asgi_application()
