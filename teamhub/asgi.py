"""The same product for an ASGI server. The embedded default and the compose file use teamhub.wsgi."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "teamhub.settings")

application = get_asgi_application()
