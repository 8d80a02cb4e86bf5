"""Addresses of plans."""

from __future__ import annotations

from django.urls import URLPattern

plans: list[URLPattern] = []
