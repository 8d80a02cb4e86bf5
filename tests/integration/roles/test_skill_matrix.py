"""Skills x people, and the drawn map that leads to who could hold a node."""

from __future__ import annotations

from typing import Any

import pytest

from roles.models import MapEdge, MapNode, MapNodeSkill
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def serving() -> Any:
    skill = builders.make_skill("serving", name_en="Serving")
    role = builders.make_role("ops")
    node = MapNode.objects.create(key="engine", name_en="Engine", kind="component")
    MapNodeSkill.objects.create(node=node, skill=skill, level=3)
    after = MapNode.objects.create(key="watch", name_en="Watch", kind="outcome", position=1)
    after.default_roles.add(role)
    MapEdge.objects.create(source=node, target=after)
    builders.make_person("Able", key="able", skills={skill: 4})
    builders.make_person("Novice", key="novice", skills={skill: 2})
    builders.make_person("Operator", key="operator", roles=[role])
    return skill


def test_the_matrix_shows_levels_and_counts_all_whom_the_filters_leave(
    client_for: Any, cast: Any, serving: Any
) -> None:
    client = client_for(cast.bo)
    page = client.get("/people/skills/?size=1").content.decode()
    assert 'class="th-load th-skill-4"><span>4</span>' in page
    assert "th-skill-2" not in page  # on the second page
    assert "<span>2</span>" in page  # people who hold it
    narrowed = client.get("/people/skills/?q=operator").content.decode()
    assert "th-skill-4" not in narrowed
    file = b"".join(client.get("/people/skills/?format=csv").streaming_content)
    lines = file.decode("utf-8-sig").splitlines()
    assert lines[0].split(",")[:2] == ["person", "name"]
    column = lines[0].split(",").index("serving")
    assert {line.split(",")[0]: line.split(",")[column] for line in lines[1:]} == {
        "able": "4",
        "novice": "2",
        "operator": "0",
    }


def test_each_node_of_the_map_leads_to_who_could_hold_it(
    client_for: Any, api_for: Any, cast: Any, serving: Any
) -> None:
    client = client_for(cast.bo)
    page = client.get("/people/roles/map/").content.decode()
    assert 'href="/people/?node=engine"' in page
    assert page.count("1 can hold it") == 2
    able = client.get("/people/?node=engine").content.decode()
    assert "Able" in able
    assert "Novice" not in able
    found = api_for(cast.bo).get("/api/v1/roles/people/", {"node": "watch"}).json()["results"]
    assert [row["key"] for row in found] == ["operator"]
    assert api_for(cast.bo).get("/api/v1/roles/people/", {"node": "moon"}).status_code == 400
