"""What a terms file must say besides, because it says something else: found here when it is read, not in somebody's night.

`terms_file` holds every word against the vocabulary; here the sections are held against each other. Each finding is the
key, the problem and the cure. Words that nobody listed here are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chalicelib.contracts.terms_needs import KEYS, WORDS

Finding = tuple[str, str, str]  # key, problem, cure
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def findings(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Everything that does not fit together: in the file itself, and in it with the part of each plan laid over."""
    yield from _together(data)
    for plan, part in data.get("parts", {}).items():
        if plan not in data["application"].get("plans", ()):
            yield f"parts.{plan}", "a part for a plan that is not offered", "Add it to application.plans, or mend the name"
        for key, problem, cure in _together({**data, **part}):
            yield f"parts.{plan}: {key}", problem, cure


def _together(data: Mapping[str, Any]) -> Iterator[Finding]:
    for looked_for in (_keys, _words, _plans, _figures, _starts, _ways_to_pay, _on_the_bill):
        yield from looked_for(data)  # a later one may rely on what the ones before it found whole


def _keys(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Each table has the keys that are always asked for."""
    for path, keys in KEYS.items():
        for place, table in tables(data, path):
            for key in keys:
                if key not in table:
                    yield place, f"without `{key}`", f"Add {key} = … to it"


def _words(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Each word has what it works with: figures beside it, sections elsewhere."""
    for (path, key), needs in WORDS.items():
        for place, table in tables(data, path):
            said = table.get(key, "")
            for word in said if isinstance(said, list) else [said]:
                for wanted in needs.get(str(word), ()):
                    if wanted.startswith("/") and not _at(data, wanted[1:]):
                        yield place, f"`{word}` needs `{wanted[1:]}`", f"Add {wanted[1:]} to the file"
                    elif not wanted.startswith("/") and wanted not in table:
                        yield place, f"`{word or path}` needs `{wanted}`", f"Add {wanted} = … to it"


def tables(data: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every table at a path such as `fee[]`, `invoice.due.*`, with the place where it stands."""
    found: list[tuple[str, Any]] = [("", data)]
    for step in path.split("."):
        name, many = step.removesuffix("[]"), step.endswith("[]")
        nearer: list[tuple[str, Any]] = []
        for place, table in found:
            if step == "*":
                nearer += [(f"{place}.{key}", inner) for key, inner in table.items()]
            elif name in table:
                here = f"{place}.{name}" if place else name
                nearer += [(f"{here}[{n}]", inner) for n, inner in enumerate(table[name])] if many else [(here, table[name])]
        found = [(place, table) for place, table in nearer if isinstance(table, Mapping)]
    yield from found


def _plans(data: Mapping[str, Any]) -> Iterator[Finding]:
    for place, fee in tables(data, "fee[]"):
        for plan in data["application"]["plans"] if "regular_months" in fee else ():
            if plan not in fee["regular_months"]:
                yield f"{place}.regular_months", f"no months for the plan {plan}", f"Add {plan} = … to it"


def _figures(data: Mapping[str, Any]) -> Iterator[Finding]:
    """The price that a fee, an occasion or an article names exists, or comes from the company's price list."""
    for key, spec in tables(data, "buy.*"):
        if "value" not in spec and spec.get("amount") != "asked":
            yield key, "without a price", 'Add value = "a figure", or amount = "asked"'
    for key, spec in (*tables(data, "fee[]"), *tables(data, "occasion[]"), *tables(data, "buy.*")):
        for name in _spelled_out(str(spec.get("value", "")), data):
            if name and not _has_figure(name, data):
                yield (
                    f"{key}.value",
                    f"`{name}` has no value",
                    "Add the figure under [values] or to price_list.keys"
                    + _like(name, [*data["values"], *data.get("price_list", {}).get("keys", ())]),
                )


def _spelled_out(template: str, data: Mapping[str, Any]) -> list[str]:
    """What `option:{option}` and `fee:{plan}` come to; nothing for a placeholder that only the day knows."""
    known = {"option": data.get("options", {}).get("ids", ()), "plan": data["application"].get("plans", ())}
    names = set(_PLACEHOLDER.findall(template))
    if not names:
        return [template]
    if len(names) > 1 or not names <= set(known):
        return []
    (name,) = names
    return [template.replace(f"{{{name}}}", word) for word in known[name]]


def _has_figure(name: str, data: Mapping[str, Any]) -> bool:
    listed = data.get("price_list", {}).get("keys", ())
    return name in data["values"] or name in listed or f"{name.split(':')[0]}:*" in listed


def _starts(data: Mapping[str, Any]) -> Iterator[Finding]:
    shapes = data["start"].get("shapes", ())
    if not shapes:
        yield "start.shapes", "empty", 'Say from what the first day follows, such as {shape = "on_delivery"}'
    elif all("when" in shape for shape in shapes):
        yield "start.shapes", "a contract may fit none of them", "Leave `when` out of the last one: it takes all others"


def _ways_to_pay(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Who may pay by card at the application finds the card in the rest of the file too."""
    asked = [method for method in data["application"].get("payment_methods", ()) if method != "none"]
    if "payment" not in data:
        return
    offered, due = data["payment"].get("methods", ()), data.get("invoice", {}).get("due", {})
    for method in asked:
        if method not in offered:
            yield "payment.methods", f"{method} is offered at the application, and missing here", f'Add "{method}" to the list'
        if "invoice" in data and method not in due:
            yield "invoice.due", f"no day for {method}", f"Add {method} = {{shape = …, day = …, rule = …}}"
    for method in data["payment"].get("drawn", ()):
        if method not in offered:
            yield "payment.drawn", f"{method} is no way to pay here", "Add it to payment.methods, or take it out"


def _on_the_bill(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Every item has a place on the bill."""
    order = data.get("invoice", {}).get("line_order")
    if order is None:
        return
    for key, spec in (*tables(data, "fee[]"), *tables(data, "occasion[]")):
        item = str(spec.get("item", ""))
        for name in _spelled_out(item, data):
            if name and name not in order and f"{name.split(':')[0]}:*" not in order:
                yield "invoice.line_order", f"`{name}` of {key} has no place on the bill", "Add it where it shall stand"


def _at(data: Mapping[str, Any], path: str) -> bool:
    found: Any = data
    for step in path.split("."):
        if not isinstance(found, Mapping) or step not in found:
            return False
        found = found[step]
    return True


def _like(name: str, known: Sequence[str]) -> str:
    nearest = nearest_to(name, known)
    return f", or write `{nearest}`" if nearest else ""


def nearest_to(name: str, known: Sequence[str]) -> str:
    """The known word that was probably meant; empty when none is near."""
    from difflib import get_close_matches  # only for a file that is wrong

    return next(iter(get_close_matches(name, list(known), n=1)), "")


__all__ = ["findings", "nearest_to"]
