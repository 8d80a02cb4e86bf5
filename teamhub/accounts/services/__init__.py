"""What changes accounts: `from teamhub.accounts import services as accounts`."""

from teamhub.accounts.services.links import ask_for_reset, end_links, invite, issue_link, use_link
from teamhub.accounts.services.tokens import create_token, revoke_token
from teamhub.accounts.services.users import change_own, change_user, set_password

__all__ = [
    "ask_for_reset",
    "change_own",
    "change_user",
    "create_token",
    "end_links",
    "invite",
    "issue_link",
    "revoke_token",
    "set_password",
    "use_link",
]
