"""The browser of the tests: the machine's own, or one line that says how to get one."""

from pathlib import Path

import pytest

from local import chromium
from local.trouble import Trouble


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without a browser, with one folder of programs."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "PLACES", ())
    return tmp_path


def test_without_one_the_way_to_it_is_said() -> None:
    with pytest.raises(Trouble, match="no Chromium is here") as trouble:
        chromium.find()
    assert "apt-get install chromium" in trouble.value.cure
    assert "\n" not in trouble.value.cure


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome"])
def test_it_is_found_by_its_usual_names(empty: Path, name: str) -> None:
    (empty / name).write_text("#!/bin/sh\n")
    (empty / name).chmod(0o755)
    assert chromium.find() == str(empty / name)


def test_what_is_said_counts_and_must_be_there(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = empty / "my-browser"
    monkeypatch.setenv("CHROMIUM", str(own))
    with pytest.raises(Trouble, match="which is not there"):
        chromium.find()
    own.write_text("")
    assert chromium.find() == str(own)
