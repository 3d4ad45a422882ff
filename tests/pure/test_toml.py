"""Our data files in Python's compiled form say what their TOML says, and never what it said before."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from importlib.util import cache_from_source
from pathlib import Path

import pytest

from chalicelib import toml

FILES = sorted(toml.HOUSE.rglob("*.toml"))


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file of the house, in a house elsewhere."""
    monkeypatch.setattr(toml, "HOUSE", tmp_path)
    monkeypatch.setattr("sys.dont_write_bytecode", False)
    file = tmp_path / "sunny.words.toml"
    file.write_text("since = 2021-01-07\nname = {ja = 'ひだまり'}\n", encoding="utf-8")
    return file


def test_each_file_compiled_says_what_its_source_says() -> None:
    assert len(FILES) > 30
    for file in FILES:
        assert toml.read(file) == tomllib.loads(file.read_text(encoding="utf-8")), file.name


def test_no_data_shares_its_compiled_place_with_a_module() -> None:
    """`house.toml` beside `house.py` would be kept in the same `__pycache__/house.cpython-311.pyc`."""
    assert [file.name for file in FILES if file.with_suffix(".py").exists()] == []


def test_a_file_is_parsed_once_and_again_after_a_change(ours: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = toml.read(ours)
    assert Path(cache_from_source(str(ours))).is_file()
    parse, parsed = toml._parsed, []
    monkeypatch.setattr(toml, "_parsed", lambda source: parsed.append(source) or parse(source))
    assert toml.read(ours) == first
    assert parsed == []
    ours.write_text(ours.read_text(encoding="utf-8").replace("2021", "2022"), encoding="utf-8")
    os.utime(ours, (1, 1))  # another date, the same size
    assert toml.read(ours)["since"].year == 2022
    assert len(parsed) == 1


def test_a_file_from_elsewhere_leaves_nothing_behind_and_is_never_old(ours: Path, tmp_path: Path) -> None:
    toml.HOUSE = tmp_path / "house"
    for year in (2021, 2022):  # within the same second, of the same size
        ours.write_text(f"since = {year}-01-07\n", encoding="utf-8")
        assert toml.read(ours)["since"].year == year
    assert [file.name for file in tmp_path.iterdir()] == [ours.name]


def test_what_is_no_toml_is_a_value_error_and_is_not_kept(ours: Path) -> None:
    ours.write_text("since = \n", encoding="utf-8")
    with pytest.raises(ValueError, match="Invalid value"):
        toml.read(ours)
    assert not Path(cache_from_source(str(ours))).exists()
