"""The people of the demo company: about sixty, at four sites, in five departments."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from roles.models import Department, Person, Role, Site, SiteCalendar, Skill
from roles.services import absences, departments, invitations, people, skills
from teamhub.demo_world import DemoWorld

SITES = (
    # key, English, Chinese, country, time zone, calendar
    ("shanghai", "Shanghai", "上海", "CN", "Asia/Shanghai", "cn"),
    ("singapore", "Singapore", "新加坡", "SG", "Asia/Singapore", "sg"),
    ("frankfurt", "Frankfurt", "法兰克福", "DE", "Europe/Berlin", "de"),
    ("ashburn", "Ashburn", "阿什本", "US", "America/New_York", "us"),
)
DEPARTMENTS = (
    # key, English, Chinese, leads
    ("company", "Northlight AI", "北光智能", ()),
    ("applications", "Applications", "应用研发部", ("ada",)),
    ("platform", "Platform and operations", "平台与运维部", ("olga",)),
    ("data", "Data", "数据部", ("ada",)),
    ("trust", "Ethics and law", "伦理与法务部", ("ada",)),
)
# Role: department, weekly rate of a junior in the company's currency, names.
STAFF: dict[str, tuple[str, int, str]] = {
    "cv": (
        "applications",
        2600,
        "Chen Yu, Mara Vogel, Rohan Mehta, Grace Park, Tomas Novak, Zhao Lei",
    ),
    "nlp": (
        "applications",
        2700,
        "Lin Wei, Priya Nair, Jonas Weber, Sofia Rossi, Huang Min, Daniel Brooks, Aiko Tanaka,"
        " Samuel Osei, Wu Jing, Elena Petrova",
    ),
    "architect": (
        "platform",
        3200,
        "Stefan Krause, Liu Yang, Amara Diallo, Michael Tan, Irina Sokolova, Zhou Kai",
    ),
    "data": (
        "data",
        2500,
        "Xu Fang, Hannah Schmidt, Arjun Rao, Olivia Martin, Sun Hao, Peter Lindgren, Mei Ling Ong,"
        " David Kim, Gao Rui, Laura Bianchi",
    ),
    "ops": (
        "platform",
        2300,
        "Bo Larsen, Ma Chao, Fatima Zahra, Nils Berg, Guo Peng, Carlos Ruiz, Tang Li, Emma Novak,"
        " Rahul Gupta, Kevin Wong, Zheng Bin",
    ),
    "pm": (
        "applications",
        2800,
        "Claire Dubois, He Qing, Thomas Becker, Nadia Rahman, Ye Ming, Julia Stein",
    ),
    "ba": ("applications", 2200, "Marco Ferri, Deng Xin, Sarah Cohen, Lukas Frank"),
    "ethics": ("trust", 2400, "Ines Moreau, Feng Yi, Robin Clarke, Anneke de Vries"),
    "social": ("trust", 2100, "Yara Haddad, Jiang Nan"),
    "legal": ("trust", 3000, "Victor Lang, Qian Hui, Rachel Adams"),
}
# Skills of another discipline that a role of this company needs as well.
BESIDES = {
    "nlp": ("deep-learning", "machine-learning"),
    "cv": ("deep-learning", "explainability"),
    "architect": ("inference-serving", "security"),
    "ethics": ("explainability",),
}
# Nobody reaches level 4 here: the slot of the diagnosis project that nobody can fill.
RARE_SKILL = "medical-imaging"
EXPIRED = ("Qian Hui", "medical-law")


def build(world: DemoWorld) -> None:
    sites = [_site(world, *row) for row in SITES]
    rooms = _departments(world)
    roles = {role.key: role for role in Role.objects.select_related("discipline")}
    by_discipline: dict[str, list[Skill]] = {}
    for skill in Skill.objects.select_related("discipline").order_by("key"):
        if skill.discipline is not None:
            by_discipline.setdefault(skill.discipline.key, []).append(skill)
    for role_key, (department, rate, names) in STAFF.items():
        for number, name in enumerate(names.split(",")):
            person = _person(
                world,
                name.strip(),
                roles[role_key],
                rooms[department],
                sites[(number + len(role_key)) % len(sites)],
                rate,
            )
            _skills(world, person, role_key, by_discipline.get(roles[role_key].discipline.key, []))
            _time_off(world, person, number)
    _log_ins(world)


def _site(world: DemoWorld, *row: str) -> Site:
    key, name_en, name_zh, country, time_zone, calendar = row
    return departments.create_site(
        key=key,
        name_en=name_en,
        name_zh=name_zh,
        country=country,
        time_zone=time_zone,
        calendar=SiteCalendar.objects.get(key=calendar),
        by=world.by,
    )


def _departments(world: DemoWorld) -> dict[str, Department]:
    rooms: dict[str, Department] = {}
    for key, name_en, name_zh, leads in DEPARTMENTS:
        rooms[key] = departments.create_department(
            key=key,
            name_en=name_en,
            name_zh=name_zh,
            parent=rooms.get("company"),
            leads=[world.users[name] for name in leads],
            by=world.by,
        )
    return rooms


def _person(
    world: DemoWorld, name: str, role: Role, room: Department, site: Site, rate: int
) -> Person:
    part_time = world.rng.random() < 0.12
    return people.create_person(
        by=world.by,
        key=name.lower().replace(" ", "-"),
        name=name,
        email=f"{name.lower().replace(' ', '.')}@demo.example",
        department=room,
        site=site,
        roles=[role],
        weekly_hours=Decimal(32 if part_time else 40),
        employed_from=world.monday - timedelta(weeks=world.rng.randrange(60, 400)),
        rate_per_fte_week=Decimal(rate + 100 * world.rng.randrange(0, 15)),
        max_concurrent_projects=world.rng.choice((2, 3, 3, 4)),
    )


def _skills(world: DemoWorld, person: Person, role: str, own: list[Skill]) -> None:
    """Most skills of their discipline, strong ones and weak ones, and some beside it."""
    others = list(Skill.objects.filter(key__in=BESIDES.get(role, ())).order_by("key"))
    for skill in [*own, *others]:
        if world.rng.random() < 0.15:
            continue
        level = world.rng.choice((2, 3, 3, 4, 4, 5))
        if skill.key == RARE_SKILL:
            level = min(level, 3)
        expired = (person.name, skill.key) == EXPIRED
        skills.set_skill(
            person=person,
            skill=skill,
            level=level,
            valid_to=world.monday - timedelta(days=40) if expired else None,
            evidence="Certificate" if expired else "",
            by=world.by,
        )
    if person.name == EXPIRED[0] and not person.skills.filter(skill__key=EXPIRED[1]).exists():
        skills.set_skill(
            person=person,
            skill=Skill.objects.get(key=EXPIRED[1]),
            level=4,
            valid_to=world.monday - timedelta(days=40),
            evidence="Certificate",
            by=world.by,
        )


def _time_off(world: DemoWorld, person: Person, number: int) -> None:
    if number % 3 == 0:
        first = world.monday + timedelta(weeks=world.rng.randrange(1, 16))
        absences.add_absence(
            person=person,
            first_on=first,
            last_on=first + timedelta(days=world.rng.choice((1, 4, 11))),
            reason="Annual leave",
            by=world.by,
        )


def _log_ins(world: DemoWorld) -> None:
    """Three of the people can log in: an engineer, a reviewer and an ML engineer."""
    for name, username in (("Bo Larsen", "bo"), ("Ines Moreau", "rev"), ("Mei Ling Ong", "mel")):
        person = Person.objects.get(name=name)
        invitations.join(person, world.users[username], world.by)
