"""The application form of a service, in words: what can be chosen at which price, what is asked, what is agreed to.

What there is comes from `contracts/form.py`, which reads the terms as they stand today; here are the words, in both languages,
so that the answer can be kept whichever language the page is in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from chalicelib.contracts import form as asking
from chalicelib.contracts import wording
from chalicelib.contracts.fields import SITE, Field
from chalicelib.contracts.form import Choice, Consent, Form, Price
from chalicelib.contracts.terms import Terms
from chalicelib.dates import japan_day
from chalicelib.flows import bills, names, rules, texts
from chalicelib.store.transact import Store

Json = dict[str, Any]
NO_PLAN = "none"  # the words of a sale of equipment alone


def shown(store: Store, now: datetime, service: str) -> Json:
    """The forms of all plans of a service, as of today. Raises NotFound for an unknown service."""
    found = rules.of(store, service)
    return form_json(found, max(japan_day(now), found.data["from"]))


def form_json(found: Terms, day: date) -> Json:
    """The same for terms at hand, on a day that they cover."""
    forms, mixed = asking.forms(found, day), "parts" in found.data
    return {
        "service": found.service,
        "title": dict(found.data.get("title", {})),
        "today": day.isoformat(),
        "edition": found.edition_on(day),
        "open": any(not one.closed for one in forms),
        "plans": [_plan(found.part(one.plan), one, day, mixed) for one in forms],
    }


def _plan(found: Terms, form: Form, day: date, mixed: bool) -> Json:
    words = names.entry(found.service, "plan", form.plan or NO_PLAN)
    return {
        "plan": form.plan,
        "label": names.name(found.service, "plan", form.plan or NO_PLAN),
        "summary": words.get("about"),
        "open": not form.closed,
        "closed": _closed(found, form.closed, form.rule, day) if form.closed else None,
        "rule": form.rule,
        "prices": [price_json(found, price) for price in form.prices],
        "options": [_option(found, option, day) for option in form.options],
        "options_most": form.options_most,
        "devices": [_device(found, device) for device in form.devices],
        "devices_least": form.devices_least,
        "payment_methods": [_method(found, method, form) for method in form.payment_methods],
        "documents": [_document(found, document) for document in form.documents],
        "consents": [_consent(found, consent, day) for consent in form.consents],
        "fields": [_field(found, field, day) for field in form.fields],
        "hangs_on": list(form.hangs_on),
        "comes_with": [{"sku": s, "label": names.name(found.service, "device", s), "quantity": n} for s, n in form.comes_with],
        "typical": [{"command": c, "label": names.name(found.service, "step", c), "days": days} for c, days in form.typical],
        "texts": _texts(found, day, mixed),
    }


def _closed(found: Terms, reason: str, rule: str, day: date) -> Json:
    """Why something cannot be had: the rule in our words, or the house's sentence where no rule says it."""
    own = names.texts()["closed"].get(reason)
    said = own or bills.rule_json(found, rule, day) or {}
    return {"reason": reason, "rule": rule, **{language: said.get(language, "") for language in names.LANGUAGES}}


def price_json(found: Terms, price: Price) -> Json:
    """A price with what it is for and per what."""
    per = names.name(found.service, "per", price.per) if price.per else None
    return {
        "item": price.item,
        "label": bills.label(price.item, found),
        "yen": price.yen,
        "tax": price.tax,
        "how": price.how,
        "per": per,
        "billed_in": list(price.billed_in),
        "rule": price.rule,
    }


def _option(found: Terms, option: Choice, day: date) -> Json:
    brings = option.brings and {"sku": option.brings, "label": names.name(found.service, "device", option.brings)}
    return {
        "option": option.key,
        "label": names.option(found, option.key),
        "summary": names.entry(found.service, "option", option.key).get("about"),
        "price": price_json(found, option.price) if option.price else None,
        "once": price_json(found, option.once) if option.once else None,
        "required": option.required,
        "most": option.most,
        "needs": option.needs,
        "not_with": list(option.not_with),
        "brings": brings or None,
        "closed": _closed(found, option.closed, option.rule, day) if option.closed else None,
        "rule": option.rule,
    }


def _device(found: Terms, device: Choice) -> Json:
    price = price_json(found, device.price) if device.price else None
    return {"sku": device.key, "label": names.name(found.service, "device", device.key), "price": price, "most": device.most}


def _method(found: Terms, method: str, form: Form) -> Json:
    """A way to pay. `begins_with` is another one that has to be used at first."""
    first = form.first_payment_method
    begins = first if first and first != method else ""
    return {"payment_method": method, "label": names.payment_method(method), "begins_with": begins}


def _document(found: Terms, document: Choice) -> Json:
    label = names.name(found.service, "document", document.key)
    return {"document": document.key, "label": label, "required": document.required, "when": document.needs}


def _consent(found: Terms, consent: Consent, day: date) -> Json:
    return {
        **consent_words(found, consent.key, day),
        "when": consent.when,
        "option": consent.option,
        "rule": consent.rule,
        "edition": found.edition_on(day),
    }


def consent_words(found: Terms, key: str, day: date) -> Json:
    """What a consent is called, what it means, and the rules that say more, in words."""
    words = names.entry(found.service, "consent", key)
    return {
        "consent": key,
        "label": names.name(found.service, "consent", key),
        "means": words.get("means"),
        "texts": _said(found, words.get("rules", ()), day),
    }


def _field(found: Terms, field: Field, day: date) -> Json:
    shown: Json = {
        "name": field.name,
        "label": names.name(found.service, "field", field.name),
        "asked": field.asked,
        "looked_at": field.looked_at,
        "texts": _said(found, field.rules, day),
    }
    if field.name == "site.prefecture":
        shown["choices"] = list(_prefectures(field))
    elif field.allowed is not None:
        shown["allowed"] = list(field.allowed)
    if field.latest is not None:
        shown["latest"] = field.latest.isoformat()
    return shown | {name: value for name, value in (("unless", field.unless), ("same_as", field.same_as)) if value}


def address_json(found: Terms, day: date) -> list[Json]:
    """The parts of a home's address, as an application asks for them."""
    return [_field(found, Field(name, "wanted"), day) for name in SITE]


def _prefectures(field: Field) -> Iterator[Json]:
    for ja, en in names.texts()["prefectures"].items():
        allowed = field.allowed is None or bool({ja, en} & set(field.allowed))
        yield {"value": ja, "label": {"ja": ja, "en": en}, "allowed": allowed}


def _texts(found: Terms, day: date, mixed: bool) -> list[Json]:
    """What is shown before applying. Of several sets of terms in one file those that the plan lies under."""
    own = {check["rule"][:3] for check in found.section("application")["checks"]}
    own |= {rule[:3] for rule in found.section("sale").get("cites", ())}
    ids = texts.at(found.service, wording.PLACES[0])
    said = _said(found, [rule for rule in ids if not mixed or rule[:3] in own], day)
    subjects = list(names.texts()["subject"])
    told = [{**rule, "subject": _subject(rule["id"])} for rule in said]
    return sorted(told, key=lambda rule: subjects.index(rule["subject"]["subject"]))


def _subject(rule: str) -> Json:
    """What a rule is about, in words: people look for their question, not for a clause."""
    known: Json = names.texts()["subject"]
    key = next((name for name, one in known.items() if rule.split("-")[1] in one["of"]), "other")
    return {"subject": key, "label": known[key]["name"]}


def _said(found: Terms, ids: Iterable[str], day: date) -> list[Json]:
    return [said for rule in ids if (said := bills.rule_json(found, rule, day))]
