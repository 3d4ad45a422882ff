"""A few households, so that the local world is not empty. Everything goes through the API, as it would from outside.

Two months pass on the movable clock, from their applications until today, so that there are bills to look at. Names and
addresses are made up. Every request has a fixed Idempotency-Key: a seeding that was cut short goes on.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from local.client import Answered, Api
from local.supervisor import JAPAN, Supervisor
from local.trouble import Trouble
from local.world import World

_NIGHT_S = 120.0
_NIGHT_AGAIN_S = 15.0
_SITE = {"prefecture": "Tokyo", "country": "JP"}
_SOTTONET = {
    "service": "sottonet",
    "plan": "standard",
    "payment_method": "card",
    "consents": ["terms", "notes", "resident", "building_owner", "no_antisocial_forces", "claim_assignment", "privacy"],
    "site": _SITE,
}
_WITH_OPTION = {
    **_SOTTONET,
    "options": [{"option": "wifi-3gb", "quantity": 1}],
    "consents": [*_SOTTONET["consents"], "option_terms"],
}
_ALLWATCH = {
    "service": "allwatch",
    "plan": "half_year",
    "payment_method": "bank_transfer",
    "consents": ["order_acceptance", "m2m_terms"],
    "documents": ["device_order", "service_application"],
    "devices": [{"sku": "motion-sensor", "quantity": 1}],
    "site": _SITE,
}
_ALLWATCH_PRICES = {"monthly_fee": 1100, "registration_fee": 3300, "device": {"motion-sensor": 22000}}
_ISSUER = {"name": "みまもり商事(見本)", "registration_number": "T1234567890123", "email": "desk@mimamori.example"}
_PAID = ("sottonet", "allwatch", "liferhythm-home", "and-market-mobile")


def seed(here: World) -> None:
    """Lets the households move in. Raises Trouble when the API does not do what it should."""
    try:
        _Seeding(here).run()
    except Answered as no:
        raise Trouble(f"The households could not move in: {no}", f"See {here.stack.places.folder / 'functions.log'}.") from no


class _Seeding:
    def __init__(self, here: World) -> None:
        self.operator, self.haruka, self.kenji = (Api(here.api, here.token(who)) for who in ("operator", "haruka", "kenji"))
        self.supervisor = Supervisor(here)
        self.daughter = here.users["daughter"]["email"]
        today = datetime.now(JAPAN).replace(hour=10, minute=0, second=0, microsecond=0)
        self.began = (today.replace(day=1) - timedelta(days=45)).replace(day=3)

    def run(self) -> None:
        self._clock(self.began)
        self.operator.post("/v1/services/allwatch/commands/set_price_list", {"prices": _ALLWATCH_PRICES}, "seed-prices")
        for service in _PAID:
            self.operator.post(f"/v1/services/{service}/commands/set_issuer", _ISSUER, f"seed-issuer-{service}")
        sotto = self._apply(self.haruka, _WITH_OPTION, "haruka")
        all_ = self._apply(self.kenji, _ALLWATCH, "kenji")
        self._clock(self.began + timedelta(days=7))
        self._command(sotto, "install", {"outcome": "done"})
        self._command(all_, "deliver", {})
        self._clock(datetime.now(JAPAN))
        self._wait_for_a_bill(sotto)
        self._command(sotto, "pay", {})
        self._invite(sotto)
        self._meter(sotto)
        self._apply(self.kenji, _SOTTONET, "kenji-second")

    def _clock(self, at: datetime) -> None:
        """Forward only: when a seeding goes on after it was cut short, the clock has been there already."""
        try:
            self.operator.post("/v1/local/clock", {"at": at.isoformat()}, f"seed-clock-{at:%Y-%m-%dT%H%M%S}")
        except Answered as no:
            if no.status not in (400, 422):
                raise

    def _apply(self, who: Api, application: dict[str, Any], name: str) -> str:
        return str(who.post("/v1/contracts", application, f"seed-{name}")["id"])

    def _command(self, contract: str, command: str, arguments: dict[str, Any]) -> None:
        key = f"seed-{command}-{arguments.get('sku', '')}"
        self.operator.post(f"/v1/contracts/{contract}/commands/{command}", arguments, key)

    def _wait_for_a_bill(self, contract: str) -> None:
        """Nights run behind the queue. One that was cut short by a stop is hidden there for minutes, so start it again."""
        until = time.monotonic() + _NIGHT_S
        again = time.monotonic() + _NIGHT_AGAIN_S
        while time.monotonic() < until:
            if self.haruka.get(f"/v1/contracts/{contract}/invoices")["items"]:
                return
            if time.monotonic() > again:
                again += _NIGHT_AGAIN_S
                self.supervisor.start_night()
            time.sleep(0.5)
        raise Trouble("The first bill did not come within two minutes.", "See .local/functions.log.")

    def _invite(self, contract: str) -> None:
        self.haruka.post(
            f"/v1/contracts/{contract}/people",
            {"person": "daughter", "role": "family", "channels": ["mail"], "email": self.daughter},
            "seed-daughter",
        )
        invitation = {"person": "daughter", "role": "family", "relation": "child", "email": self.daughter}
        self.haruka.post(f"/v1/contracts/{contract}/invitations", invitation, "seed-invitation")

    def _meter(self, contract: str) -> None:
        self.haruka.post(
            f"/v1/contracts/{contract}/devices", {"device": "haruka-meter", "model": "energy-sensor"}, "seed-meter"
        )
        self.haruka.put(
            f"/v1/contracts/{contract}/devices/haruka-meter/watches/quiet",
            {"kind": "silence", "after_minutes": 180, "level": "warning"},
        )
