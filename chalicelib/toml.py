"""TOML files as data. Our own are compiled once, as Python compiles its modules.

A cold start that parses pays for the parser and for every character. So a file of `chalicelib/` is kept in Python's own
compiled form, in `__pycache__` beside it and by Python's own rules: made anew when its date or size differ; in the package
(`local/package.py`) made beforehand and never compared. A file from elsewhere, such as terms on trial, is parsed each time.
"""

from __future__ import annotations

from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

HOUSE = Path(__file__).resolve().parent


class Loader(SourceFileLoader):
    """Reads a TOML file as if it were a module with the one name `DATA`."""

    # The stubs of the loader's two parents contradict each other here.
    def source_to_code(self, data: Any, path: Any, **_: Any) -> CodeType:  # type: ignore[override]
        return compile(f"import datetime\nDATA = {_parsed(bytes(data))!r}", path, "exec")


def read(file: Path) -> dict[str, Any]:
    """What a file says. Raises OSError, or ValueError for what is no TOML."""
    if not file.is_relative_to(HOUSE):
        return _parsed(file.read_bytes())
    module = ModuleType(file.stem)
    Loader(file.stem, str(file)).exec_module(module)
    data: dict[str, Any] = module.DATA
    return data


def _parsed(source: bytes) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(source.decode("utf-8"))
