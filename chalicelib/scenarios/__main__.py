"""`python -m chalicelib.scenarios run [--json] FILE…` and `python -m chalicelib.scenarios rules [FILE…]`."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: Sequence[str] | None = None) -> int:
    """0: everything holds. 1: an expectation failed. 2: a file cannot be run as it stands."""
    parser = argparse.ArgumentParser(prog="python -m chalicelib.scenarios", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="play scenario files and hold what came out against what they expect")
    run.add_argument("files", nargs="+", type=Path, metavar="FILE")
    run.add_argument("--json", action="store_true", help="print what came out as one JSON array, and nothing else")
    run.add_argument("--only", default="", metavar="TEXT", help="only scenarios whose name contains this")
    run.add_argument("--terms", type=Path, metavar="PATH", help="a terms file, or a directory of them, to use before our own")
    run.add_argument("--jobs", type=int, default=0, help="processes to use (all cores when left out)")
    rules = commands.add_parser("rules", help="list every rule of the terms with the scenarios and tests that name it")
    rules.add_argument("files", nargs="*", type=Path, metavar="FILE", help="scenario files (those of tests/ when left out)")
    rules.add_argument("--check", action="store_true", help="exit 1 when a rule stands in no column")
    given = parser.parse_args(arguments)
    return _run(given) if given.command == "run" else _rules(given)


def _run(given: argparse.Namespace) -> int:
    from chalicelib.errors import TermsError
    from chalicelib.scenarios import register, report, running, trial
    from chalicelib.scenarios.language import ScenarioError

    try:
        running.quiet()
        with contextlib.redirect_stdout(io.StringIO()), trial.directory_of(given.terms) as terms_dir:
            results = running.run_files(given.files, given.jobs, given.only, terms_dir)
    except (ScenarioError, TermsError) as error:
        print(error, file=sys.stderr)
        return 2
    if given.json:
        shown = [{"scenario": r.name, "error": r.error} if r.error else dict(r.outcome) for r in results]
        print(json.dumps(shown, ensure_ascii=False, indent=1, default=str))
    else:
        print(report.text_of(results, {rule.id: rule.en for rule in register.rules()}))
    return 0 if all(result.holds for result in results) else 1


def _rules(given: argparse.Namespace) -> int:
    from chalicelib.scenarios import register

    files = given.files or sorted((ROOT / "tests").glob("scenarios*/*.scenarios.yaml"))
    print(register.listing(files, ROOT / "tests"))
    return 1 if given.check and any(not one.column for one in register.held(files, ROOT / "tests")) else 0


if __name__ == "__main__":
    sys.exit(main())
