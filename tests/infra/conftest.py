"""The package of stage prod, built once for the tests of this folder."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.package import ROOT, package


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return package("prod", build=tmp_path_factory.mktemp("build"))


@pytest.fixture(scope="session")
def sam(built: Path) -> dict[str, Any]:
    return json.loads((built / "sam.json").read_text())


@pytest.fixture(scope="session")
def resources(sam: dict[str, Any]) -> dict[str, Any]:
    return sam["Resources"]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT
