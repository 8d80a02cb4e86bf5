"""The estimator on pages and for programs, and workloads that it sizes."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from capacity.models import Workload
from capacity.selectors.estimating import Ask, estimate
from capacity.services import workloads
from teamhub.errors import InvalidInput
from tests.builders import make_accelerator, make_pool, make_project, monday
from tests.cast import Cast

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/capacity/estimate/"
TRAINING = {"kind": "pretraining", "params_b": 6.74, "tokens_b": 2000, "accelerator": "a100"}


def test_a_training_of_known_size_is_estimated_near_what_it_took(cast: Cast, api_for: Any) -> None:
    make_accelerator("a100")

    answer = api_for(cast.cy).post(ADDRESS, TRAINING | {"weeks": 16}).json()

    # Llama 2 7B took 184,320 hours of A100 (meta-llama/llama, MODEL_CARD.md).
    hours = answer["device_hours"]
    assert hours["p10"] < 184_320 < hours["p90"]
    assert answer["devices"] * answer["weeks"] * 168 >= hours["p50"]
    assert answer["weeks"] <= 8
    assert answer["devices"] % 8 == 0
    assert {"name", "value", "source"} == set(answer["sources"][0])


def test_twice_the_tokens_take_twice_the_hours(db: None) -> None:
    kind = make_accelerator("a100")

    once, twice = (
        estimate(Ask("pretraining", kind, params_b=7, tokens_b=tokens)).hours.p50
        for tokens in (100, 200)
    )

    assert twice == pytest.approx(2 * once)


def test_a_measured_rate_sizes_serving_and_narrows_the_band(db: None) -> None:
    ask: dict[str, Any] = {"params_b": 8, "peak_tokens_per_s": 10_000}
    kind = make_accelerator("a100")

    measured = estimate(Ask("online_inference", kind, replica_tokens_per_s=2000, **ask))
    reckoned = estimate(Ask("online_inference", kind, **ask))

    # The rate was measured at other lengths, so it is not exactly 10,000 / 2,000 / 0.65 + 1.
    assert measured.replicas is not None
    assert measured.replicas >= 6
    assert measured.devices == measured.replicas * measured.gang
    assert measured.hours.p90 / measured.hours.p10 < reckoned.hours.p90 / reckoned.hours.p10


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"tokens_b": None}, "tokens_b"),
        ({"params_b": 0}, "params_b"),
        ({"active_params_b": 9}, "active_params_b"),
        ({"mfu": 2}, "mfu"),
        ({"accelerator": "h900"}, "accelerator"),
        ({"kind": "dreaming"}, "kind"),
        ({"params_b": 70, "devices": 2}, "devices"),
        ({"params_b": 70, "gang": 2}, "gang_size"),
        ({"kind": "online_inference"}, "peak_tokens_per_s"),
        ({"kind": "online_inference", "peak_tokens_per_s": 1e300}, "peak_tokens_per_s"),
        ({"kind": "online_inference", "peak_tokens_per_s": 1e10}, "peak_tokens_per_s"),
        ({"params_b": 1e308, "tokens_b": 1e308}, "params_b"),
        ({"params_b": 1e6, "tokens_b": 1e7, "weeks": 10}, "tokens_b"),
    ],
)
def test_what_cannot_be_estimated_is_refused_by_name(
    cast: Cast, api_for: Any, change: dict[str, Any], field: str
) -> None:
    make_accelerator("a100")

    answer = api_for(cast.cy).post(ADDRESS, TRAINING | change, format="json")

    assert answer.status_code == 400, answer.json()
    assert field in answer.json()["error"]["details"]["fields"]


def test_costs_are_told_to_those_who_may_see_them(cast: Cast, api_for: Any) -> None:
    make_pool("p", accelerator=make_accelerator("a100"), rate_per_device_hour="2")

    planner = api_for(cast.plan).post(ADDRESS, TRAINING).json()
    stranger = api_for(cast.cy).post(ADDRESS, TRAINING).json()

    assert stranger["costs"] == []
    (cost,) = planner["costs"]
    assert float(cost["p50"]) == pytest.approx(2 * planner["device_hours"]["p50"], rel=1e-6)


def test_a_type_without_figures_says_so(db: None) -> None:
    kind = make_accelerator(bf16_tflops=None)

    with pytest.raises(InvalidInput, match="no figures"):
        estimate(Ask("pretraining", kind, params_b=7, tokens_b=100))


# --- the page -------------------------------------------------------------------------------------


def test_the_calculator_answers_in_its_address_and_leads_to_a_workload(
    cast: Cast, client_for: Any
) -> None:
    kind = make_accelerator("a100")
    project = make_project("Triage", lead=cast.ada)
    client, address = client_for(cast.ada), reverse("capacity:calculator")
    query = {**TRAINING, "accelerator": kind.pk, "weeks": 16}

    empty, page = client.get(address), client.get(address, query)
    assert "Nothing estimated yet" in empty.content.decode()
    text = page.content.decode()
    assert "Add as workload" in text
    assert "What it rests on" in text
    carried = {**page.context["carried"], "project": project.pk}
    form = client.get(reverse("capacity:workload-create"), carried).context["form"]
    values = {name: form[name].value() for name in form.fields}
    values |= {"name_en": "Base", "start_on": "2027-01-04", "end_on": "2027-04-26"}
    given = {name: value for name, value in values.items() if value not in (None, "", False)}
    made = client.post(f"{reverse('capacity:workload-create')}?project={project.pk}", given)

    assert made.status_code == 302
    workload = Workload.objects.get()
    assert (workload.sizing, workload.params_b) == ("model", 6.74)
    assert workload.devices == page.context["answer"].devices
    assert "Counted on A100" in client.get(workload.get_absolute_url()).content.decode()


def test_the_calculator_refuses_at_the_field_and_offers_no_project_to_strangers(
    cast: Cast, client_for: Any
) -> None:
    kind = make_accelerator("a100")
    client, address = client_for(cast.cy), reverse("capacity:calculator")
    query = {**TRAINING, "accelerator": kind.pk}

    bad = client.get(address, query | {"tokens_b": ""})
    good = client.get(address, query)

    assert bad.status_code == 422
    assert "needed for the estimate" in bad.content.decode()
    assert "Add as workload" not in good.content.decode()


# --- workloads ------------------------------------------------------------------------------------


def sized(cast: Cast, **fields: Any) -> Workload:
    return workloads.create_workload(
        project=make_project(lead=cast.ada),
        by=cast.ada,
        **{
            "name_en": "Base",
            "kind": "pretraining",
            "sizing": "model",
            "params_b": 6.74,
            "tokens_b": 2000.0,
            "sized_on": make_accelerator(),
            "start_on": monday(),
            "end_on": monday(16),
            **fields,
        },
    )


def test_an_estimate_follows_what_decides_it(cast: Cast) -> None:
    made = sized(cast)
    before = made.device_hours

    workloads.update_workload(made, by=cast.ada, note="the same size")
    made.refresh_from_db()
    assert made.device_hours == before
    workloads.update_workload(made, by=cast.ada, tokens_b=1000.0, devices=None, gang_size=None)
    made.refresh_from_db()
    assert made.device_hours == pytest.approx(before / 2)
    workloads.update_workload(made, by=cast.ada, sizing="devices", devices=8, weeks=2)
    made.refresh_from_db()
    assert (made.device_hours, made.assumptions) == (8 * 2 * 168, {})


def test_too_few_devices_for_the_window_are_refused(cast: Cast) -> None:
    with pytest.raises(InvalidInput, match="its window has 16") as refusal:
        sized(cast, devices=8)

    assert "devices" in refusal.value.details["fields"]
