"""The clock sends links and forgets old sessions."""

from django.contrib.sessions.backends.db import SessionStore

from teamhub.accounts.services import mail
from teamhub.runs import periodic

SEND_SECONDS = 5.0
FORGET_SESSIONS_SECONDS = 3600.0

periodic.register("accounts send links", SEND_SECONDS, mail.send_waiting)
periodic.register("accounts old sessions", FORGET_SESSIONS_SECONDS, SessionStore.clear_expired)
