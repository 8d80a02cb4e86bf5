"""The running product plans an estate of 1,213 nodes that comes as files."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

import pytest

from benchmarks import product

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

# (model, GPUs, CPU milli, memory MiB): nodes. The shape of the openb node list of Alibaba's trace
# cluster-trace-gpu-v2023 (Weng et al., USENIX ATC 2023): 1,213 nodes, 6,212 GPUs.
ESTATE = {
    ("A10", 1, 128_000, 1_048_576): 2,
    ("G2", 8, 96_000, 393_216): 549,
    ("G3", 8, 128_000, 786_432): 39,
    ("P100", 1, 8_000, 61_440): 3,
    ("P100", 2, 16_000, 122_880): 107,
    ("P100", 2, 64_000, 262_144): 22,
    ("P100", 2, 8_000, 61_440): 2,
    ("T4", 2, 104_000, 524_288): 387,
    ("T4", 4, 96_000, 393_216): 17,
    ("V100M16", 1, 8_000, 32_768): 19,
    ("V100M16", 4, 32_000, 131_072): 28,
    ("V100M16", 8, 64_000, 262_144): 7,
    ("V100M16", 8, 82_000, 344_064): 1,
    ("V100M32", 4, 48_000, 376_832): 9,
    ("V100M32", 8, 96_000, 786_432): 21,
}
# name, billions of parameters, billions of tokens, device; each from the paper or model card named.
RUNS = [
    ("LLaMA 7B", 6.7, 1000, "A100-80GB"),  # arXiv:2302.13971
    ("LLaMA 13B", 13.0, 1000, "A100-80GB"),  # arXiv:2302.13971
    ("LLaMA 33B", 32.5, 1400, "A100-80GB"),  # arXiv:2302.13971
    ("LLaMA 65B", 65.2, 1400, "A100-80GB"),  # arXiv:2302.13971
    ("Llama 2 7B", 6.74, 2000, "A100-80GB"),  # arXiv:2307.09288
    ("Llama 2 70B", 68.98, 2000, "A100-80GB"),  # arXiv:2307.09288
    ("Llama 3.1 8B", 8.03, 15000, "H100-SXM"),  # arXiv:2407.21783
    ("BLOOM", 176.25, 366, "A100-80GB"),  # arXiv:2211.05100
    ("OPT 175B", 175.0, 300, "A100-80GB"),  # arXiv:2205.01068
    ("StarCoderBase 1B", 1.1, 1000, "A100-80GB"),  # arXiv:2305.06161
    ("Falcon 40B", 41.8, 1000, "A100-40GB"),  # arXiv:2311.16867
    ("GPT-3", 175.0, 300, "V100-32GB"),  # arXiv:2005.14165
]


def test_a_large_estate_is_imported_planned_adopted_and_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nodes, runs = tmp_path / "nodes.csv.gz", tmp_path / "runs.csv"
    nodes.write_bytes(gzip.compress(_nodes().encode()))
    runs.write_text(_table("name,params_b,active_params_b,tokens_b,gpu", _runs()))

    status = product.main(["capacity", str(nodes), "--workloads", str(runs), "--seconds", "6"])

    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (status, line["ok"], line["errors"]) == (0, True, [])
    assert (line["nodes"], line["devices"]) == (1213, 6212)
    assert line["workloads"] == len(RUNS)
    assert line["adopted"] > 0
    assert line["refused"] == 0
    assert line["report_rows"] == 7 * 52  # pools by weeks
    plans = line["plans"]
    # Optional work is dropped where cost alone counts; the others serve more of it.
    assert plans["weighted_cost"]["served"] < plans["net_value"]["served"]
    assert plans["net_value"]["net_value"] > plans["weighted_cost"]["net_value"]
    assert plans["net_value"]["gap"] < 0.05


def test_a_file_that_is_no_node_list_is_refused_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, runs = tmp_path / "bad.csv", tmp_path / "runs.csv"
    bad.write_text("name,gpu\na,1\n")
    runs.write_text(_table("name,params_b,active_params_b,tokens_b,gpu", _runs()))

    assert product.main(["capacity", str(bad), "--workloads", str(runs)]) == 2
    assert "lacks" in capsys.readouterr().err
    bad.write_text("sn,cpu_milli,memory_mib,gpu,model\nn1,1000,1024,8,X9\n")
    assert product.main(["capacity", str(bad), "--workloads", str(runs)]) == 2
    assert "X9" in capsys.readouterr().err


def _nodes() -> str:
    rows: list[list[object]] = []
    for (model, devices, cpu, memory), count in ESTATE.items():
        rows += [[f"n-{len(rows) + i:04}", cpu, memory, devices, model] for i in range(count)]
    return _table("sn,cpu_milli,memory_mib,gpu,model", rows)


def _runs() -> list[list[object]]:
    return [[name, params, "", tokens, device] for name, params, tokens, device in RUNS]


def _table(head: str, rows: list[list[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head.split(","))
    writer.writerows(rows)
    return out.getvalue()
