"""Tokens, an invited account and an event of the audit."""

from __future__ import annotations

from typing import Any

from teamhub.accounts.models import ApiToken, OneTimeLink, User
from teamhub.audit.models import AuditEvent
from teamhub.saved.models import SavedView
from tests import builders as make
from tests.integration.permissions.scene import Scene, ScenePart


class Ground(ScenePart):
    def __init__(self, scene: Scene) -> None:
        super().__init__(scene)
        self.tokens: dict[str, Any] = {}
        for user in scene.users():
            self.tokens[user.username], _secret = ApiToken.objects.create(
                user=user, name=f"token of {user.username}", scopes=["read"]
            )
        self.views = {
            user.username: SavedView.objects.create(
                owner=user, page="people", name=f"view of {user.username}", query="site=berlin"
            )
            for user in scene.users()
        }
        self.account = make.make_user("invited", password=None)
        OneTimeLink.objects.create(user=self.account, kind="invitation", asked_by=scene.lea)
        self.event = AuditEvent.objects.create(verb="test.event", reason="for the walk")

    def things(self, which: str, user: User) -> dict[str, Any]:
        return {
            "view": self.views[user.username],
            "token": self.tokens[user.username],
            "account": self.account,
            "event": self.event,
        }
