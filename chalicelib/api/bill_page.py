"""An explained bill as a page to read on a phone and to print on A4: plain HTML, nothing loaded, nothing run.

Every text is escaped here; the words come with the bill (`flows/bills.py`) and from `texts/bill.toml`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from html import escape
from typing import Any

Json = Mapping[str, Any]

STYLE = """
@page { size: A4; margin: 15mm; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 46rem; color: #1c1c1c; background: #fff;
  font: 16px/1.7 "Hiragino Sans", "Noto Sans CJK JP", "Yu Gothic", "Meiryo", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; margin: 0; line-height: 1.3; }
h1 small { font-size: 1rem; font-weight: normal; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; padding-bottom: .2rem; border-bottom: 2px solid #2f5d50; }
p { margin: .3rem 0; }
.kind { color: #444; }
.heads { display: flex; flex-wrap: wrap; gap: 1rem 2rem; justify-content: space-between; margin-top: 1.2rem; }
.recipient { font-size: 1.25rem; border-bottom: 1px solid #1c1c1c; min-width: 14rem; align-self: flex-start; }
.issuer { font-size: .95rem; max-width: 20rem; }
.total { margin: 1.2rem 0; padding: .8rem 1rem; border: 2px solid #2f5d50; border-radius: .4rem; }
.total strong { font-size: 1.8rem; white-space: nowrap; }
.total p { margin: 0; }
.state { font-weight: bold; }
.void { color: #a01515; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: 0; }
dt { color: #444; } dd { margin: 0; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .5rem .4rem; border-bottom: 1px solid #bbb; }
th.sum, td.sum { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td b { display: block; }
.how { font-size: .92rem; }
.formula { font-size: 1rem; font-variant-numeric: tabular-nums; }
.rules, .notes { font-size: .88rem; color: #333; padding-left: 1.2rem; }
td .id { display: block; }
.id { color: #444; font-size: .8rem; white-space: nowrap; }
.mark { font-size: .8rem; color: #444; }
@media (max-width: 32rem) {
  body { padding: 1rem .8rem 2rem; }
  .recipient { min-width: 100%; }
  th, td { padding: .5rem .15rem; }
  th.sum { white-space: normal; }
  dl { gap: .15rem .8rem; } dt { max-width: 9rem; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 10.5pt; line-height: 1.5; }
  tr, .total, .heads, li { break-inside: avoid; }
  h2 { break-after: avoid; }
}
"""
POLICY = (
    "default-src 'none'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class _Page:
    """One bill in one language."""

    def __init__(self, bill: Json, book: Json, language: str) -> None:
        self.bill, self.book, self.language = bill, book, language

    def word(self, name: str, part: str = "page", /, **figures: Any) -> str:
        """A text of the book, escaped with its figures."""
        return escape(str(self.book[part][name][self.language]).format(**figures))

    def day(self, text: str) -> str:
        day, names = date.fromisoformat(text), self.book["days"]["names"]
        shown = self.book["days"][self.language].format(year=day.year, month=day.month, day=day.day, name=names[day.month - 1])
        return escape(shown)

    def yen(self, amount: int) -> str:
        return self.word("yen", amount=_number(amount))

    def said(self, texts: Json) -> str:
        """One of the bill's own texts, which come in both languages."""
        return escape(str(texts.get(self.language, "")))

    def html(self) -> str:
        title = self.word("title")
        parts = [self._heads(), self._total(), self._about(), self._lines(), self._taxes(), self._notes(), self._rules()]
        return (
            f'<!doctype html>\n<html lang="{self.language}">\n<head>\n<meta charset="utf-8">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{title} {escape(self.bill['number'])}</title>\n<style>{STYLE}</style>\n</head>\n"
            f"<body>\n{''.join(part for part in parts if part)}</body>\n</html>\n"
        )

    def _heads(self) -> str:
        bill, issuer = self.bill, self.bill.get("issuer")
        qualified = f" <small>{self.word('qualified')}</small>" if issuer else ""
        name = bill.get("recipient")
        to = self.word("honorific", name=name) if name else self.word("nobody")
        return (
            f'<header>\n<h1>{self.word("title")}{qualified}</h1>\n<p class="kind">{self.word(bill["kind"], "kinds")}</p>\n'
            f'<div class="heads">\n<p class="recipient">{to}</p>\n{self._issuer(issuer)}</div>\n</header>\n'
        )

    def _issuer(self, issuer: Json | None) -> str:
        if not issuer:
            return ""
        ways = [escape(str(issuer[way])) for way in ("address", "phone", "email", "web") if issuer.get(way)]
        ask = f"<br>{self.word('ask')}:<br>{'<br>'.join(ways)}" if ways else ""
        return (
            f'<p class="issuer">{self.word("issuer")}: <b>{escape(issuer["name"])}</b><br>'
            f"{self.word('registration_number')}: {escape(issuer['registration_number'])}{ask}</p>\n"
        )

    def _total(self) -> str:
        bill = self.bill
        name = "total_included" if bill["tax"] else "total"
        state = "nothing" if bill["status"] != "void" and bill["total"] <= 0 else bill["status"]
        rest = ""
        if bill["paid"] and bill["status"] not in ("void", "paid"):
            rest = f"<p>{self.word('paid')}: {self.yen(bill['paid'])}</p>\n"
            rest += f"<p>{self.word('rest')}: <b>{self.yen(bill['total'] - bill['paid'])}</b></p>\n"
        css = "state void" if state == "void" else "state"
        return (
            f'<section class="total">\n<p>{self.word(name)}: <strong>{self.yen(bill["total"])}</strong></p>\n{rest}'
            f'<p class="{css}">{self.word(state, "status")}</p>\n</section>\n'
        )

    def _about(self) -> str:
        bill = self.bill
        period = f"{self.day(bill['period']['from'])} – {self.day(bill['period']['to'])}"
        due = "due_card" if bill["paid_by"] in ("card", "account_transfer") else "due_on"
        known = self.book["paid_by"]
        rows = [
            ("service", self.said(bill["service_title"]) or escape(bill["service"])),
            ("contract", escape(bill["contract"])),
            ("number", escape(bill["number"])),
            ("issued_on", self.day(bill["issued_on"])),
            ("period", period),
        ]
        if bill["status"] != "void" and bill["total"] > 0:
            rows.append((due, self.day(bill["due_on"])))
            rows.append(("paid_by", self.word(bill["paid_by"], "paid_by") if bill["paid_by"] in known else ""))
        shown = "".join(f"<dt>{self.word(name)}</dt><dd>{value}</dd>\n" for name, value in rows if value)
        return f"<dl>\n{shown}</dl>\n"

    def _lines(self) -> str:
        head = f"<h2>{self.word('lines')}</h2>\n"
        if not self.bill["lines"]:
            return f"{head}<p>{self.word('no_lines')}</p>\n"
        rows = "".join(self._line(line) for line in self.bill["lines"])
        columns = f'<tr><th scope="col">{self.word("content")}</th><th scope="col" class="sum">{self.word("amount")}</th></tr>'
        return f"{head}<table>\n<thead>{columns}</thead>\n<tbody>\n{rows}</tbody>\n</table>\n"

    def _line(self, line: Json) -> str:
        formula = f'<br><span class="formula">{escape(line["formula"])}</span>' if line["formula"] else ""
        marks = {"excluded": self.word("excluded"), "none": self.word("untaxed")}
        mark = marks.get(line["tax"], "")
        ids = ", ".join(escape(rule["id"]) for rule in line["rules"])
        why = f'<span class="id">{ids}</span>' if ids else ""
        return (
            f'<tr><td><b>{self.said(line["label"])}</b><span class="how">{self.said(line["explanation"])}{formula}{why}</span>'
            f'</td><td class="sum">{_number(line["amount"])}{f"<br><span class=mark>{mark}</span>" if mark else ""}</td></tr>\n'
        )

    def _taxes(self) -> str:
        rows: list[tuple[str, int]] = []
        for rate in self.bill["taxes"]:
            rows.append((self.word("rate_line", percent=rate["percent"]), rate["total"]))
            rows.append((self.word("rate_tax", percent=rate["percent"]), rate["tax"]))
        if self.bill["untaxed"]:
            rows.append((self.word("untaxed_line"), self.bill["untaxed"]))
        rows.append((f"<b>{self.word('total')}</b>", self.bill["total"]))
        shown = "".join(f'<tr><td>{name}</td><td class="sum">{_number(amount)}</td></tr>\n' for name, amount in rows)
        return f"<h2>{self.word('breakdown')}</h2>\n<table>\n<tbody>\n{shown}</tbody>\n</table>\n"

    def _notes(self) -> str:
        return self._list("notes", self.bill["notes"])

    def _rules(self) -> str:
        """The wording of every rule that a line rests on, once."""
        rules = {rule["id"]: rule for line in self.bill["lines"] for rule in line["rules"]}
        return self._list("rules", rules.values(), heading="why")

    def _list(self, css: str, rules: Iterable[Json], heading: str = "notes") -> str:
        shown = "".join(f'<li>{self.said(rule)} <span class="id">({escape(rule["id"])})</span></li>\n' for rule in rules)
        return f'<h2>{self.word(heading)}</h2>\n<ul class="{css}">\n{shown}</ul>\n' if shown else ""


def page(bill: Json, book: Json, language: str) -> str:
    """The whole document. `bill` as `flows.bills.explained` gives it, `book` its texts, `language` ja or en."""
    return _Page(bill, book, language).html()


def _number(amount: int) -> str:
    return f"{amount:,}".replace("-", "−")


__all__ = ["POLICY", "page"]
