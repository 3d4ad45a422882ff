"""A few households, so that the local world is not empty. Everything goes through the API, as it would from outside.

Two months pass on the movable clock, from their applications until today, so that there are bills to look at, and in one
family's three homes five weeks of living. Names and addresses are made up. Every request has a fixed Idempotency-Key: a
seeding that was cut short goes on.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from local import homes, lived
from local.client import Answered, Api
from local.supervisor import JAPAN, Supervisor
from local.trouble import Trouble
from local.world import World

_NIGHT_S = 120.0
_NIGHT_AGAIN_S = 15.0
_DAYS = 35  # of living
_SINGLE_DAYS, _SINGLE_DAYS_OF_ALERTS = 3, 10  # of which single readings go in, and are judged
_CLOSED_BY = 6  # o'clock: by then yesterday's days have been closed
_SITE = {"prefecture": "Tokyo", "country": "JP"}
_CONTACT = {"name": "佐藤 春香", "email": "haruka@mimamori.example", "language": "ja"}
_SOTTONET = {
    "service": "sottonet",
    "plan": "standard",
    "payment_method": "card",
    "consents": ["terms", "notes", "resident", "building_owner", "no_antisocial_forces", "claim_assignment", "privacy"],
    "site": _SITE,
}
_WITH_OPTION = {
    **_SOTTONET,
    "contact": _CONTACT,
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
_LIFERHYTHM = {
    "service": "liferhythm-home",
    "plan": "standard",
    "payment_method": "card",
    "consents": ["terms", "privacy", "no_antisocial_forces", "building_owner", "watched_person", "residents"],
    "site": _SITE,
    "contact": _CONTACT,
}
_OMRON = {
    "service": "omron-remote",
    "plan": "standard",
    "payment_method": "none",
    "consents": ["terms"],
    "contact": _CONTACT,
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
        self.here = here
        self.operator, self.haruka, self.kenji = (Api(here.api, here.token(who)) for who in ("operator", "haruka", "kenji"))
        self.supervisor = Supervisor(here)
        self.daughter = here.users["daughter"]["email"]
        self.now = datetime.now(JAPAN).replace(microsecond=0)
        today = self.now.replace(hour=10, minute=0, second=0)
        self.began = (today.replace(day=1) - timedelta(days=45)).replace(day=3)
        # An evening whose night has closed its days by now.
        self.eve = (self.now - timedelta(hours=_CLOSED_BY)).replace(hour=22, minute=0, second=0) - timedelta(days=1)
        self.story = lived.Story(self.now)

    def run(self) -> None:
        self._clock(self.began)
        self._company()
        sotto = self._apply(self.haruka, _WITH_OPTION, "haruka")
        rhythm = self._apply(self.haruka, _LIFERHYTHM, "haruka-rhythm")
        sun = self._apply(self.haruka, _OMRON, "haruka-sun")
        all_ = self._apply(self.kenji, _ALLWATCH, "kenji")
        self._clock(self.began + timedelta(days=7))
        self._installed(sotto, rhythm, sun, all_)
        at_home = {sotto: homes.SOTTONET, rhythm: homes.LIFERHYTHM, sun: homes.OMRON}
        self._devices(at_home)
        self._told(sotto)
        self._clock(self.eve)
        self._lived(at_home)
        self._clock(self.now)
        self._lately()
        self._invited(sotto, rhythm)
        self._wait_for_a_bill(sotto)
        self._command(sotto, "pay", {})
        self._apply(self.kenji, _SOTTONET, "kenji-second")

    def _company(self) -> None:
        self.operator.post("/v1/services/allwatch/commands/set_price_list", {"prices": _ALLWATCH_PRICES}, "seed-prices")
        for service in _PAID:
            self.operator.post(f"/v1/services/{service}/commands/set_issuer", _ISSUER, f"seed-issuer-{service}")
        self.operator.post("/v1/operator/stock", {"csv": homes.stock_file()}, "seed-stock")

    def _installed(self, sotto: str, rhythm: str, sun: str, all_: str) -> None:
        self._command(sotto, "install", {"outcome": "done"})
        for step in ("sign", "install", "complete_processing"):
            self._command(rhythm, step, {})
        for sku in ("blood-pressure-meter", "thermometer"):
            self._command(rhythm, "install", {"sku": sku, "outcome": "done"})
        self._command(sun, "install", {"sku": "gateway", "outcome": "done"})
        self._command(all_, "deliver", {})

    def _devices(self, at_home: Mapping[str, Sequence[homes.Piece]]) -> None:
        """Each is claimed with the code on its label, which sets the watches that its model offers, and gets a name.

        One after the other within a home, since all of them stand in one row.
        """

        def claim(home: tuple[str, Sequence[homes.Piece]]) -> None:
            contract, pieces = home
            for piece in pieces:
                body = {"serial_number": piece.serial, "proof": piece.proof}
                self.haruka.post(f"/v1/contracts/{contract}/devices", body, f"seed-{piece.serial}")
                self.haruka.put(f"/v1/contracts/{contract}/devices/{piece.device}", {"label": piece.label})

        with ThreadPoolExecutor(3) as workers:
            list(workers.map(claim, at_home.items()))

    def _lived(self, at_home: Mapping[str, Sequence[homes.Piece]]) -> None:
        """Weeks of living: of the last days as single readings, of those before as the summaries made of them."""
        midnight = self.eve.replace(hour=0)

        def one(job: tuple[str, homes.Piece]) -> None:
            contract, piece = job
            singles = _SINGLE_DAYS_OF_ALERTS if piece.cold else _SINGLE_DAYS
            # What is measured after two o'clock makes no day before it due for closing.
            begin = midnight - timedelta(days=singles) + timedelta(hours=2)
            lived.hand_in(self.here.stack, list(lived.messages(piece, self.story, begin, self.eve, 5)), wait=True)
            older = [(midnight - timedelta(days=back)).date() for back in range(_DAYS, singles, -1)]
            lived.summed_up(self.here.stack, piece, contract, self.story, older)

        with ThreadPoolExecutor(2) as workers:
            list(workers.map(one, [(contract, piece) for contract, pieces in at_home.items() for piece in pieces]))

    def _lately(self) -> None:
        """From then until now; from here on the supervisor lets life go on."""
        records = [r for piece in homes.ALL for r in lived.messages(piece, self.story, self.eve, self.now, 5)]
        lived.hand_in(self.here.stack, records, wait=True)
        lived.GoingOn(self.here.stack).begin(self.now)

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

    def _told(self, sotto: str) -> None:
        """The daughter is told of alerts from the beginning."""
        told = {"person": "daughter", "name": "さくら", "role": "family", "channels": ["mail"], "email": self.daughter}
        self.haruka.post(f"/v1/contracts/{sotto}/people", told, "seed-daughter")

    def _invited(self, sotto: str, rhythm: str) -> None:
        """She is asked to join just now: an invitation is good for some days only (LRH-MEM-3: before she is told)."""
        asked = {"person": "さくら", "role": "family", "relation": "child", "email": self.daughter}
        for contract, key in ((sotto, "seed-invitation"), (rhythm, "seed-invitation-rhythm")):
            self.haruka.post(f"/v1/contracts/{contract}/invitations", asked, key)
