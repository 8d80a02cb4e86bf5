"""What the token endpoint takes and gives."""

from __future__ import annotations

from rest_framework import serializers

from teamhub.accounts.models import SCOPES
from teamhub.accounts.services.tokens import MOST_DAYS


class TokenIn(serializers.Serializer[object]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=4096, trim_whitespace=False)
    name = serializers.CharField(max_length=80, required=False, default="", allow_blank=True)
    scopes = serializers.MultipleChoiceField(
        choices=SCOPES,
        required=False,
        allow_empty=False,
        help_text="Without it, all that the owner can use.",
    )
    expiry_days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, required=False)


class TokenOut(serializers.Serializer[object]):
    token = serializers.CharField(help_text="Shown this once.")
    expiry = serializers.DateTimeField()
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPES))
