"""Scenarios of contracts' lives: run them, list the rules they hold, check a terms file, see what changed terms would do."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """0: everything holds. 1: an expectation failed, or something differs. 2: a file, or a scenario in it, cannot be used."""
    from chalicelib.errors import Invalid, TermsError
    from chalicelib.playground.language import ScenarioError

    given = _parser().parse_args(arguments)
    try:
        done: int = given.does(given)
    except (ScenarioError, TermsError, Invalid) as error:
        print(error, file=sys.stderr)
        return 2
    return done


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m chalicelib.scenarios", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="play scenario files and hold what came out against what they expect")
    run.set_defaults(does=_run)
    _scenario_files(run)
    run.add_argument("--json", action="store_true", help="print what came out as one JSON array, and nothing else")
    run.add_argument("--terms", type=Path, metavar="PATH", help="a terms file, or a directory of them, to use before our own")
    rules = commands.add_parser("rules", help="list every rule of the terms with the scenarios and tests that name it")
    rules.set_defaults(does=_rules)
    rules.add_argument("files", nargs="*", type=Path, metavar="FILE", help="scenario files (those of tests/ when left out)")
    rules.add_argument("--check", action="store_true", help="exit 1 when a rule stands in no column")
    terms = commands.add_parser("terms", help="check a terms file and show what a typical customer would pay")
    terms.set_defaults(does=_terms)
    terms.add_argument("file", type=Path, metavar="FILE")
    terms.add_argument("--prices", nargs="+", default=[], metavar="KEY=YEN", help="what the terms leave to the price list")
    terms.add_argument("--options", nargs="+", default=[], metavar="OPTION", help="options that the customer takes")
    terms.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="day of application (that of the newest figure)")
    terms.add_argument("--months", type=int, default=24, help="how far to look ahead")
    states = commands.add_parser("states", help="draw docs/states.md: what moves a contract from state to state")
    states.set_defaults(does=_states)
    diff = commands.add_parser("diff", help="play scenario files under changed terms and show what differs")
    diff.set_defaults(does=_diff)
    _scenario_files(diff)
    diff.add_argument("--terms", type=Path, metavar="PATH", help="the changed terms file, under any name")
    diff.add_argument("--prices", nargs="+", default=[], metavar="KEY=YEN", help="or prices that are announced")
    diff.add_argument("--announced-on", type=date.fromisoformat, metavar="DAY")
    diff.add_argument("--effective-on", type=date.fromisoformat, metavar="DAY")
    return parser


def _scenario_files(command: argparse.ArgumentParser) -> None:
    command.add_argument("files", nargs="+", type=Path, metavar="FILE")
    command.add_argument("--only", default="", metavar="TEXT", help="only scenarios whose name contains this")
    command.add_argument("--jobs", type=int, default=0, help="processes to use (all cores when left out)")


def _run(given: argparse.Namespace) -> int:
    from chalicelib.scenarios import report, running, trial

    with _quietly(), trial.directory_of(given.terms) as terms_dir:
        results = running.run_files(given.files, given.jobs, given.only, terms_dir)
    if given.json:
        shown = [{"scenario": r.name, "error": r.error} if r.error else dict(r.outcome) for r in results]
        print(json.dumps(shown, ensure_ascii=False, indent=1, default=str))
    else:
        print(report.text_of(results, _wordings(given.terms)))
    unread = [result.error for result in results if result.unread]
    if unread:
        print("\n".join(unread), file=sys.stderr)
        return 2
    return 0 if all(result.holds for result in results) else 1


def _wordings(beside: Path | None) -> dict[str, str]:
    """Rule id → what it says; those of terms on trial too."""
    from chalicelib.scenarios import register

    found = {rule.id: rule.en for rule in register.rules()}
    if beside is not None:
        found |= {rule.id: rule.en for rule in register.rules(beside if beside.is_dir() else beside.parent)}
    return found


def _states(given: argparse.Namespace) -> int:
    from chalicelib.scenarios import states

    print(states.document(), end="")
    return 0


def _rules(given: argparse.Namespace) -> int:
    from chalicelib.scenarios import register

    files = given.files or sorted((ROOT / "tests").glob("scenarios*/*.scenarios.yaml"))
    print(register.listing(files, ROOT / "tests"))
    return 1 if given.check and any(not one.column for one in register.held(files, ROOT / "tests")) else 0


def _terms(given: argparse.Namespace) -> int:
    from chalicelib.scenarios import typical

    prices = typical.parse_prices(given.prices)
    report, fine = typical.told(typical.Asked(given.file, prices, tuple(given.options), given.on, given.months))
    print(report)
    return 0 if fine else 1


def _diff(given: argparse.Namespace) -> int:
    """1 when something differs, 2 when a scenario could not be played both ways."""
    from chalicelib.scenarios import changes, running, trial

    scenarios = running.read_files(given.files, given.only)
    others = _announced(given, scenarios)
    with _quietly(), trial.directory_of(given.terms) as terms_dir:
        jobs = given.jobs or 2
        present = running.run_all(scenarios, jobs)
        found = changes.compared(present, running.run_all(others, jobs, terms_dir))
    print(changes.text_of(found))
    if any(change.error for change in found):
        return 2
    return 1 if any(change.lines for change in found) else 0


def _announced(given: argparse.Namespace, scenarios: list[Any]) -> list[Any]:
    """The scenarios of the second run: with the announcement, when there is one. Raises Invalid for half of one."""
    from chalicelib.errors import Invalid
    from chalicelib.scenarios import changes, typical

    if not given.prices:
        if given.terms is None:
            raise Invalid("--terms", "missing", "give changed terms, or --prices with --announced-on and --effective-on")
        return scenarios
    if given.announced_on is None or given.effective_on is None:
        raise Invalid("--prices", "missing", "say when: --announced-on DAY --effective-on DAY")
    prices = typical.parse_prices(given.prices)
    return [changes.with_announcement(one, prices, given.announced_on, given.effective_on) for one in scenarios]


@contextlib.contextmanager
def _quietly() -> Any:
    from chalicelib.scenarios import running

    running.quiet()
    with contextlib.redirect_stdout(io.StringIO()):
        yield


if __name__ == "__main__":
    sys.exit(main())
