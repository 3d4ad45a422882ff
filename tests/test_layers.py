"""Imports point down only. The table is the architecture; a module that needs an exception needs another place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Each part of the house and what it may import of the house. A part may always import itself.
VALUES = frozenset({"money", "dates", "errors", "toml"})
EVERYWHERE = VALUES | {"texts"}
MAY_IMPORT: dict[str, frozenset[str]] = {
    "errors": frozenset(),
    "dates": frozenset(),
    "money": frozenset(),
    "texts": frozenset(),
    "toml": frozenset(),
    "contracts": VALUES,
    "billing": VALUES | {"contracts"},
    "iot": VALUES,
    "members": VALUES,
    "playground": VALUES | {"contracts", "billing", "members"},
    "settings": frozenset({"errors"}),
    "observe": frozenset({"errors", "settings"}),
    "store": EVERYWHERE | {"settings", "observe", "contracts", "billing", "iot", "members"},
    "gateways": EVERYWHERE | {"settings", "observe", "contracts", "billing", "iot", "members"},
    "flows": EVERYWHERE | {"settings", "observe", "contracts", "billing", "iot", "members", "playground", "store", "gateways"},
    "api": EVERYWHERE | {"settings", "observe", "contracts", "billing", "iot", "members", "store", "gateways", "flows"},
}
MAY_IMPORT["app"] = frozenset(MAY_IMPORT) - {"app"}
MAY_IMPORT["scenarios"] = frozenset(MAY_IMPORT)

# The pure part knows nothing of AWS, of the web or of a database.
PURE = ("errors", "dates", "money", "contracts", "billing", "iot", "members", "playground")
OUTSIDE = frozenset(
    {"boto3", "botocore", "pynamodb", "chalice", "aws_lambda_powertools", "moto", "jwt", "logging", "os", "random"}
)


def _part(file: Path) -> str:
    inside = file.relative_to(ROOT)
    return inside.stem if len(inside.parts) <= 2 else inside.parts[1]


def _sources() -> Iterator[Path]:
    yield ROOT / "app.py"
    for file in sorted((ROOT / "chalicelib").rglob("*.py")):
        if file != ROOT / "chalicelib" / "__init__.py":
            yield file


def _imports(file: Path) -> Iterator[str]:
    """Full names of everything a file imports, relative imports resolved, also those inside functions."""
    package = file.relative_to(ROOT).with_suffix("").parts[:-1]
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module or "") if part)
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _house_parts(file: Path) -> set[str]:
    found = set()
    for name in _imports(file):
        parts = name.split(".")
        if parts[0] == "chalicelib" and len(parts) > 1:
            found.add(parts[1])
    return found - {_part(file)}


@pytest.mark.parametrize("file", list(_sources()), ids=lambda file: str(file.relative_to(ROOT)))
def test_a_module_imports_only_what_lies_below_it(file: Path) -> None:
    part = _part(file)
    assert part in MAY_IMPORT, f"{part} has no place in the table yet"
    upward = _house_parts(file) - MAY_IMPORT[part]
    assert not upward, f"{file.relative_to(ROOT)} imports {sorted(upward)}, which lies beside or above {part}"


@pytest.mark.parametrize("part", PURE)
def test_the_pure_part_does_not_reach_outside(part: str) -> None:
    files = [file for file in _sources() if _part(file) == part]
    assert files, f"{part} is gone: mend the table"
    for file in files:
        reached = {name.split(".")[0] for name in _imports(file)} & OUTSIDE
        assert not reached, f"{file.relative_to(ROOT)} imports {sorted(reached)}"


def test_the_table_itself_points_down_only() -> None:
    """No two parts may import each other, however many steps the way round takes."""
    for part in MAY_IMPORT:
        seen: set[str] = set()
        waiting = list(MAY_IMPORT[part])
        while waiting:
            other = waiting.pop()
            assert other != part, f"{part} can reach itself"
            if other not in seen:
                seen.add(other)
                waiting += MAY_IMPORT.get(other, frozenset())


def test_the_reader_of_imports_sees_relative_and_inner_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "chalicelib" / "billing" / "wrong.py"
    file.parent.mkdir(parents=True)
    file.write_text("from ..flows import nights\ndef f():\n    import chalicelib.store.tables\n", encoding="utf-8")
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    assert _house_parts(file) == {"flows", "store"}
