"""Devices by week: nodes that come and go, dates of the pool, maintenance."""

from __future__ import annotations

from decimal import Decimal

import pytest

from capacity.models import Pool
from capacity.selectors.supply import held, supply
from tests.builders import (
    make_allocation,
    make_maintenance,
    make_node,
    make_plan,
    make_pool,
    make_workload,
    monday,
)

pytestmark = pytest.mark.django_db


def weeks_of(pool, n_weeks=4):
    return supply([pool], monday(), n_weeks)[pool.pk]


def test_a_pool_without_listed_nodes_has_what_it_counts():
    assert weeks_of(make_pool(node_count=3, devices_per_node=4)) == [12, 12, 12, 12]


def test_listed_nodes_replace_the_count_and_arrive_and_leave_in_their_weeks():
    pool = make_pool(node_count=100)
    make_node(pool, devices=8)
    make_node(pool, devices=4, start_on=monday(1))
    make_node(pool, devices=2, end_on=monday(2))

    assert weeks_of(pool) == [10, 14, 12, 12]


def test_a_pool_has_nothing_outside_its_own_weeks():
    pool = make_pool(node_count=1, start_on=monday(1), end_on=monday(3))

    assert weeks_of(pool) == [0, 8, 8, 0]


def test_maintenance_takes_nodes_or_a_share_off_and_never_more_than_is_there():
    pool = make_pool(node_count=4)
    make_maintenance(pool, start_on=monday(1), end_on=monday(3), nodes_out=1)
    make_maintenance(pool, start_on=monday(2), end_on=monday(3), out_share=Decimal("0.5"))
    make_maintenance(pool, start_on=monday(3), end_on=monday(9), nodes_out=9)

    assert weeks_of(pool) == [32, 24, 8, 0]


def test_weeks_before_the_first_one_do_not_count():
    pool = make_pool(node_count=1)
    make_maintenance(pool, start_on=monday(-3), end_on=monday(0), nodes_out=1)

    assert weeks_of(pool) == [8, 8, 8, 8]


def test_totals_follow_the_nodes_where_there_are_any():
    listed, counted = make_pool("a", node_count=9), make_pool("b", node_count=9)
    make_node(listed, devices=5)
    make_node(listed, devices=2)

    totals = {pool.key: (pool.n_nodes, pool.n_devices) for pool in Pool.objects.with_totals()}

    assert totals == {"a": (2, 7), counted.key: (9, 72)}


def test_only_what_is_in_force_is_held():
    pool, workload = make_pool(), make_workload()
    adopted, computed = make_plan(), make_plan()
    make_allocation(workload, pool, devices=8)
    make_allocation(make_workload(), pool, devices=4, plan=adopted, adopted=True)
    make_allocation(make_workload(), pool, devices=2, plan=computed)

    assert held([pool], monday(1), 3)[pool.pk] == [12, 0, 0]


def test_the_number_of_queries_does_not_grow_with_the_pools(django_assert_num_queries):
    pools = [make_pool() for _ in range(6)]
    for pool in pools:
        make_node(pool)
        make_maintenance(pool)

    with django_assert_num_queries(2):
        assert len(supply(pools, monday(), 26)) == 6
