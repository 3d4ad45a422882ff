"""How large the package is that AWS takes, built as `make package` builds it."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from local import package

BROUGHT = ("boto3/", "botocore/")  # by the Lambda runtime


def measure() -> dict[str, Any]:
    file = package.package("prod") / "deployment.zip"
    stray = strays(file)
    if stray:
        raise AssertionError(f"the package brings {stray[0]}, which the runtime has already")
    return {"package_mb": round(file.stat().st_size / 1024 / 1024, 2)}


def strays(file: Path) -> list[str]:
    """What the package holds though the runtime brings it."""
    with zipfile.ZipFile(file) as opened:
        return [name for name in opened.namelist() if name.startswith(BROUGHT)]
