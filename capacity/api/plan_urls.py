"""Addresses of plans under /api/v1/capacity/."""

from __future__ import annotations

from django.urls import URLPattern

plans: list[URLPattern] = []
