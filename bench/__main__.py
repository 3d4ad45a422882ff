"""`python -m bench`: every budget beside what was measured. `--json`: all figures as one object. `--only sweep cold`: a part.

Exit status 0 whatever the figures say: a busy machine is no error. The figures of record stand in bench/RESULTS.md.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections.abc import Mapping, Sequence

# Figure, budget, and what it means. Each part of the bench gives its figures by name.
BUDGETS: tuple[tuple[str, str, float, str], ...] = (
    ("engine_contract_months_per_cpu_s", ">=", 20_000, "pure engine: contract-months billed per CPU second"),
    ("sweep_invoices_per_cpu_s", ">=", 500, "night worker: invoices per CPU second, prepared answers"),
    ("sweep_cpu_over_bare_transaction", "<=", 1.25, "night worker: its CPU over that of boto3's bare transactions"),
    ("sweep_store_calls_per_invoice", "<=", 1.1, "night worker: calls to DynamoDB per invoice"),
    ("sweep_write_units_per_invoice", "<=", 8, "night worker: write units per invoice"),
    ("sweep_read_units_ratio_100k", "<=", 1.05, "a night's read units, 1,000 due among 100,000 over among 1,000"),
    ("telemetry_readings_per_cpu_s", ">=", 16_000, "readings worker: readings per CPU second, messages of 25"),
    ("telemetry_write_units_per_reading", "<=", 0.2, "readings worker: write units per reading"),
    ("alert_latency_p99_ms", "<=", 1_000, "publish to alert stored and outbox entry left, embedded stack, idle, ms"),
    ("cold_start_ratio", "<=", 1.25, "API cold start with a token, over chalice and a DynamoDB client"),
    ("package_mb", "<=", 10, "package without boto3 and botocore, MB"),
    ("web_first_load_kb", "<=", 150, "web app: files of the first look over the line, before charts, kB"),
    ("web_interactive_s", "<=", 2, "web app: first screen usable, slow phone (4 x CPU, slow 4G), empty cache, idle machine, s"),
    ("web_screen_ms", "<=", 200, "web app: the slowest later screen with its data at hand, the same phone, ms"),
    ("usd_per_1000_homes_month", "<=", 60, "a month of 1,000 homes at list prices, US dollars"),
)
PARTS = ("engine", "sweep", "night", "telemetry", "latency", "ticks", "cold", "package", "web", "bill")


def measure(parts: Sequence[str]) -> dict[str, float]:
    """The figures of these parts, by name."""
    figures: dict[str, float] = {}
    for part in parts:
        print(f"… {part}", file=sys.stderr, flush=True)
        figures |= importlib.import_module(f"bench.{part}").measure()
    return figures


def is_met(figure: float, relation: str, budget: float) -> bool:
    return figure >= budget if relation == ">=" else figure <= budget


def report(figures: Mapping[str, float]) -> str:
    """A table of the budgets, then everything else that was measured."""
    lines = []
    for name, relation, budget, meaning in BUDGETS:
        if name in figures:
            verdict = "met   " if is_met(figures[name], relation, budget) else "MISSED"
            lines.append(f"{verdict}  {figures[name]:>10,.6g}  {relation} {budget:<8,g}  {meaning}")
    known = {name for name, *_ in BUDGETS}
    lines += ["", *(f"{figures[name]:>18,.6g}  {name}" for name in figures if name not in known)]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=f"of {', '.join(PARTS)}")
    given = parser.parse_args()
    figures = measure(given.only)
    print(json.dumps(figures, indent=1) if given.json else report(figures))
    return 0


if __name__ == "__main__":
    from bench import wire

    wire.settle()  # before anything of ours reads the environment
    sys.exit(main())
