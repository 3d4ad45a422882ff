"""Runs scenario files, on all cores when there are many, and says how each scenario ended."""

from __future__ import annotations

import logging
import os
import sys
import time
import traceback
import warnings
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

from chalicelib.playground import language
from chalicelib.playground.compare import differences
from chalicelib.playground.language import Scenario, ScenarioError
from chalicelib.scenarios.report import Result


def run_files(files: Iterable[Path], jobs: int = 0, only: str = "", terms_dir: str = "") -> list[Result]:
    """Every scenario of the files (or those whose name contains `only`), in the order they stand.

    One that cannot be run is an error among the results. Raises ScenarioError for a file that cannot be taken apart.
    """
    found = [(file, name, one) for file in files for name, one in language.each(file) if only in name]
    played = iter(run_all([one for _, _, one in found if isinstance(one, Scenario)], jobs or os.cpu_count() or 1, terms_dir))
    return [
        next(played) if isinstance(one, Scenario) else Result(name, "", file=str(file), error=str(one), unread=True)
        for file, name, one in found
    ]


def read_files(files: Iterable[Path], only: str = "") -> list[Scenario]:
    """The scenarios of the files whose name contains `only`. Raises ScenarioError."""
    return [scenario for file in files for scenario in language.read(file) if only in scenario.name]


def run_all(scenarios: Sequence[Scenario], jobs: int = 1, terms_dir: str = "") -> list[Result]:
    """Plays the scenarios, each in a world of its own, on as many processes as `jobs` says.

    `terms_dir`: a directory of terms files that come before the project's own.
    """
    jobs = min(jobs, len(scenarios))
    if jobs <= 1:
        return [run(scenario, terms_dir) for scenario in scenarios]
    longest_first = sorted(scenarios, key=_length, reverse=True)
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_alone) as pool:
        by_name = {(result.file, result.name): result for result in pool.map(run, longest_first, repeat(terms_dir))}
    return [by_name[str(scenario.file), scenario.name] for scenario in scenarios]


def _length(scenario: Scenario) -> tuple[bool, int]:
    """A recording is thousands of messages; else the number of steps says how long it takes."""
    return any(step.do == "replay" for step in scenario.steps), len(scenario.steps)


def run(scenario: Scenario, terms_dir: str = "") -> Result:
    """One scenario in a fresh world. An error becomes part of the result: the other scenarios go on."""
    from chalicelib.scenarios.player import Player
    from chalicelib.scenarios.world import Trouble, World

    begun = time.perf_counter()
    begun_with = Result(scenario.name, scenario.title, scenario.cites, file=str(scenario.file))
    try:
        with World(terms_dir) as world:
            outcome = Player(world, scenario).play()
    except (Trouble, ScenarioError) as error:
        return replace(begun_with, error=str(error), seconds=time.perf_counter() - begun)
    except Exception:  # a defect of the program: shown whole, and the others go on
        return replace(begun_with, error=traceback.format_exc(limit=-12), seconds=time.perf_counter() - begun)
    found = tuple(differences(scenario.expect, outcome))
    return replace(begun_with, outcome=outcome, differences=found, seconds=time.perf_counter() - begun)


def quiet() -> None:
    """What the application says of itself goes nowhere, its errors to standard error: the report stands alone."""
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")


def _alone() -> None:
    """The start of a process of the pool."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - as long as the process lives
    quiet()
