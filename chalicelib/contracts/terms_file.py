"""Reading a terms file: TOML in, checked plain data out. Whatever cannot be trusted is refused with file, key and cure.

The parser itself refuses a key that is written twice; the rest is checked here: unknown sections, keys and shapes,
figures without a date, unit or rule, two figures for one day, sums that do not add up, references to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from chalicelib import toml
from chalicelib.contracts import terms_checks
from chalicelib.contracts.terms_checks import nearest_to
from chalicelib.contracts.vocabulary import FLAG, MONEY, REQUIRED, SECTIONS, TEXT, TEXTS, VALUE
from chalicelib.errors import TermsError

_HEAD = ("service", "title", "from", "rule_prefixes", "values")
_ENTRY = {"from", "value", "unit", "per", "tax", "rule", "sum_of"}
_PREFIX = re.compile(r"[A-Z]{3}")
_PERCENT = re.compile(r"\d+(\.\d+)?")
_RULE_ID = re.compile(r"[A-Z]{3}-[A-Z]{3}-\d+$")


def read(path: Path, *, statutory: bool = False) -> Mapping[str, Any]:
    """The checked contents of a terms file. Raises TermsError naming file, key and cure."""
    try:
        data = toml.read(path)
    except ValueError as broken:
        twice = any(word in str(broken) for word in ("overwrite", "twice"))
        cure = "Write every key and every [section] once" if twice else "Mend the line that is named; texts stand in quotes"
        raise TermsError(path.name, "file", f"not readable: {broken}", cure) from broken
    checker = _Checker(path.name, data, statutory)
    checker.check()
    return data


class _Checker:
    def __init__(self, file: str, data: dict[str, Any], statutory: bool) -> None:
        self.file, self.data, self.statutory = file, data, statutory
        prefixes = data.get("rule_prefixes", ())
        self.prefixes: tuple[str, ...] = tuple(prefixes) if isinstance(prefixes, list) else ()

    def check(self) -> None:
        self._head()
        for key, entries in self.data["values"].items():
            self._figure(key, entries)
        for key, entries in self.data["values"].items():
            self._sums(key, entries)
        for name, body in self.data.items():
            if name not in _HEAD:
                self._section(name, body)
        if not self.statutory:
            for key, problem, cure in terms_checks.findings(self.data):
                raise self._wrong(key, problem, cure)

    def _wrong(self, key: str, problem: str, cure: str) -> TermsError:
        return TermsError(self.file, key, problem, cure)

    def _head(self) -> None:
        needed: Iterable[str] = ("values",) if self.statutory else (*_HEAD, *REQUIRED, *self._money())
        for name in needed:
            if name not in self.data:
                strangers = [found for found in self.data if found not in _HEAD and found not in SECTIONS]
                like = nearest_to(name, strangers)
                cure = f"Did you mean it with `{like}`?" if like else f"Add `{name}` at the top level of the file"
                raise self._wrong(name, "missing", cure)
        if self.statutory:
            return
        title = self.data["title"]
        if not isinstance(title, dict) or not all(isinstance(title.get(name), str) for name in ("ja", "en")):
            raise self._wrong("title", "not in both languages", 'Write title = {ja = "…", en = "…"}')
        prefixes = self.data["rule_prefixes"]
        if not _is_texts(prefixes) or not prefixes or not all(_PREFIX.fullmatch(prefix) for prefix in prefixes):
            raise self._wrong("rule_prefixes", "not a list of prefixes", 'Write three capital letters each, such as ["ABC"]')
        if not isinstance(self.data["from"], date):
            raise self._wrong("from", "not a date", "Write the first day as 2021-01-07, without quotes")
        if self.data["service"] != Path(self.file).stem:
            raise self._wrong("service", "differs from the file's name", "Name the file after the service")

    def _money(self) -> tuple[str, ...]:
        """A service that takes money says all about it; one without any of these sections costs nothing."""
        return MONEY if any(name in self.data for name in MONEY) else ()

    def _figure(self, key: str, entries: Any) -> None:
        if not isinstance(entries, list) or not entries or not all(isinstance(e, dict) for e in entries):
            raise self._wrong(
                f"values.{key}", "not a list of dated entries", "Write [{from = …, value = …, unit = …, rule = …}]"
            )
        seen: set[date] = set()
        for entry in entries:
            self._entry(f"values.{key}", entry)
            if entry["from"] in seen:
                raise self._wrong(f"values.{key}", f"two values from {entry['from']}", "Keep one of them, or change its date")
            seen.add(entry["from"])
        if sorted(seen) != [e["from"] for e in entries]:
            raise self._wrong(f"values.{key}", "entries out of order", "Write the oldest first")

    def _entry(self, key: str, entry: Mapping[str, Any]) -> None:
        for name in entry.keys() - _ENTRY:
            raise self._wrong(f"{key}.{name}", "unknown key", _only(name, sorted(_ENTRY)))
        if not isinstance(entry.get("from"), date):
            raise self._wrong(key, "undated value", "Give the entry a `from` date, without quotes")
        for name in ("value", "unit", "rule"):
            if name not in entry:
                raise self._wrong(key, f"entry without `{name}`", f"Add `{name}` to the entry of {entry['from']}")
        if isinstance(entry["value"], float):
            raise self._wrong(key, "a float is never exact", 'Write whole numbers, or a decimal in quotes ("14.6")')
        if entry["unit"] == "yen" and (type(entry["value"]) is not int or entry["value"] < 0):
            raise self._wrong(key, "not whole yen", "Write yen as a whole number, 0 or more")
        if entry["unit"] == "percent" and not _PERCENT.fullmatch(str(entry["value"])):
            raise self._wrong(key, "not a percentage", 'Write 5, or a decimal in quotes ("14.6"), without the sign')
        if (entry["unit"] == "yen") != ("tax" in entry):
            raise self._wrong(key, "yen say whether tax is in them, other units do not", "Set tax = included, excluded or none")
        if "tax" in entry and entry["tax"] not in ("included", "excluded", "none"):
            raise self._wrong(f"{key}.tax", "unknown word", "Write included, excluded or none")
        self._rule(key, entry["rule"])

    def _rule(self, key: str, rule: Any) -> None:
        if self.statutory:
            return
        if not isinstance(rule, str) or not _RULE_ID.match(rule) or rule[:3] not in self.prefixes:
            raise self._wrong(
                f"{key}.rule", "no rule id of this service", f"Write an id such as {(*self.prefixes, 'ABC')[0]}-CHG-1"
            )

    def _sums(self, key: str, entries: list[dict[str, Any]]) -> None:
        for entry in entries:
            parts = entry.get("sum_of", ())
            for part in parts:
                self._reference(f"values.{key}.sum_of", part)
            if parts and sum(self._on(part, entry["from"]) for part in parts) != entry["value"]:
                raise self._wrong(
                    f"values.{key}", f"contradicts the sum of {', '.join(parts)}", "Mend the figure that is wrong"
                )

    def _on(self, key: str, day: date) -> int:
        return int([e["value"] for e in self.data["values"][key] if e["from"] <= day][-1:][0])

    def _reference(self, key: str, name: Any) -> None:
        known = self.data["values"].keys() | _STATUTORY_KEYS | set(self.data.get("price_list", {}).get("keys", ()))
        if name not in known:
            like = nearest_to(str(name), sorted(known))
            cure = "Add the figure under [values], or " + (f"write `{like}`" if like else "mend the name")
            raise self._wrong(key, f"refers to `{name}`, which has no value", cure)

    def _section(self, name: str, body: Any) -> None:
        if name == "parts":
            self._parts(body)
            return
        if name not in SECTIONS:
            raise self._wrong(name, "unknown section", _only(name, list(SECTIONS)))
        self._fits(name, body, SECTIONS[name])

    def _parts(self, parts: Any) -> None:
        """`[parts.<plan>.<section>]`: what stands in the place of the file's sections for contracts of that plan."""
        if not isinstance(parts, dict) or not all(isinstance(part, dict) for part in parts.values()):
            raise self._wrong("parts", "not tables by plan", "Write [parts.<plan>.<section>]")
        for plan, sections in parts.items():
            for name, body in sections.items():
                if name not in SECTIONS:
                    raise self._wrong(f"parts.{plan}.{name}", "unknown section", _only(name, list(SECTIONS)))
                self._fits(f"parts.{plan}.{name}", body, SECTIONS[name])

    def _fits(self, key: str, found: Any, spec: Any) -> None:
        """`found` against a piece of the vocabulary: a kind word, a choice, a list, or a table of keys."""
        if isinstance(spec, list):
            if not isinstance(found, list):
                raise self._wrong(key, "not a list", "Write it as a list")
            for place, one in enumerate(found):
                self._fits(f"{key}[{place}]", one, spec[0])
        elif isinstance(spec, dict):
            self._table(key, found, spec)
        elif isinstance(spec, tuple):
            if found not in spec:
                raise self._wrong(key, f"unknown word `{found}`", _only(str(found), spec))
        else:
            self._plain(key, found, spec)

    def _table(self, key: str, found: Any, spec: Mapping[str, Any]) -> None:
        if not isinstance(found, dict):
            raise self._wrong(key, "not a table", "Write it as {key = value}")
        for name, value in found.items():
            if name not in spec and "*" not in spec:
                raise self._wrong(f"{key}.{name}", "unknown key", _only(name, list(spec)))
            if name == "rule":
                self._rule(key, value)
            else:
                self._fits(f"{key}.{name}", value, spec.get(name, spec.get("*")))

    def _plain(self, key: str, found: Any, kind: str) -> None:
        fits = {
            TEXT: isinstance(found, str),
            FLAG: isinstance(found, bool),
            VALUE: isinstance(found, str),
            TEXTS: _is_texts(found),
        }
        if not fits[kind]:
            raise self._wrong(key, f"not {_SHOWN[kind]}", f"Write {_SHOWN[kind]}, such as {_SUCH_AS[kind]}")
        if kind == VALUE:
            self._reference(key, found)
        if key.endswith(".cites"):
            for rule in found:
                self._rule(key, rule)


def _only(name: str, known: Sequence[str]) -> str:
    """The cure for a word that nobody knows: what it was probably meant to be, and what there is."""
    like = nearest_to(name, known)
    return (f"Did you mean `{like}`? " if like else "") + f"There is {', '.join(known)}"


def _is_texts(found: Any) -> bool:
    return isinstance(found, list) and all(isinstance(one, str) for one in found)


_SHOWN = {
    TEXT: "a word in quotes",
    TEXTS: "a list of words in quotes",
    FLAG: "true or false",
    VALUE: "the key of a figure in [values]",
}
_SUCH_AS = {TEXT: '"cancelled"', TEXTS: '["card", "bank_transfer"]', FLAG: "true", VALUE: '"cutoff_day"'}
_STATUTORY_KEYS = {"consumption_tax", "statutory_interest", "commercial_interest", "age_of_majority"}
