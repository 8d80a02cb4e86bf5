from __future__ import annotations
from collections.abc import Callable
import pytest
from django.test import Client
from tests.builders import *
from tests.cast import Cast
pytestmark = pytest.mark.django_db

PAGES = ["/people/","/departments/","/sites/","/roles/","/roles/skills/","/roles/map/","/roles/learning/"]
def test_smoke(cast, client_for, reference):
    c = client_for(cast.admin)
    p = make_person(skills={make_skill():3})
    for u in PAGES+[f"/people/{p.pk}/", f"/people/{p.pk}/edit/", "/people/new/", "/people/import/", f"/people/{p.pk}/skills/new/", f"/people/{p.pk}/absences/new/", "/departments/new/","/sites/new/","/roles/skills/new/","/people/export/people/"]:
        r = c.get(u); assert r.status_code == 200, (u, r.status_code, r.content[:500])
