"""How large the package is that AWS takes, built as `make package` builds it, and how it starts there."""

from __future__ import annotations

import platform
import statistics
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from bench import cold, wire
from local import package

BROUGHT = ("boto3/", "botocore/")  # by the Lambda runtime


def measure() -> dict[str, Any]:
    file = package.package("prod") / "deployment.zip"
    stray = strays(file)
    if stray:
        raise AssertionError(f"the package brings {stray[0]}, which the runtime has already")
    figures = {"package_mb": round(file.stat().st_size / 1024 / 1024, 2)}
    if (platform.system(), platform.machine()) == ("Linux", "x86_64"):  # the wheels inside are Lambda's
        figures |= starting(file)
    return figures


def strays(file: Path) -> list[str]:
    """What the package holds though the runtime brings it."""
    with zipfile.ZipFile(file) as opened:
        return [name for name in opened.namelist() if name.startswith(BROUGHT)]


def starting(file: Path) -> dict[str, float]:
    """Cold starts with the unpacked package's code alone; boto3 is this environment's, as the runtime's would be."""
    wire.settle()
    with tempfile.TemporaryDirectory() as made, cold.served():
        home = Path(made) / "task"
        with zipfile.ZipFile(file) as opened:
            opened.extractall(home)
        floor, ours = cold.pairs(cold.requests(Path(made))["contract"], home)
    return {
        "cold_start_ratio_packaged": round(statistics.median(b / a for a, b in zip(floor, ours, strict=True)), 3),
        "cold_start_cpu_ms_packaged": round(statistics.median(ours) * 1000),
    }
