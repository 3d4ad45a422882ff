"""The second half of the demonstration: a short life with each of the other four services, in the same three months."""

from datetime import date, timedelta

from fleet.story import Story, last_day, show_bill
from fleet.visitor import Json, Place, eventually, expect

# What each of them needs to be agreed to.
CONSENTS = {
    "allwatch": ["order_acceptance", "m2m_terms"],
    "liferhythm-home": ["terms", "privacy", "no_antisocial_forces", "building_owner", "watched_person", "residents"],
    "omron-remote": ["terms"],
    "and-market-mobile": ["terms", "electronic_documents", "receivable_assignment"],
}
# What the printed terms say (yen), so that bills are checked against paper and not against the program.
ALLWATCH_PRICES = {"monthly_fee": 1_100, "registration_fee": 3_300, "device": {"motion-sensor": 22_000}}
LIFERHYTHM_FIRST = [("initial_fee", 10_000), ("monthly_fee", 5_980)]
CALLS = [{"to": "mobile", "seconds": 61}, {"to": "ip_same_service", "seconds": 600}, {"to": "fixed", "seconds": 600}]
# 3 and 20 started half minutes at 8 yen, none within the service; 100 yen are free; 10 % tax on the rest.
CALL_LINES, CALL_TOTAL = [("call_charges", 184), ("free_call_credit", -100)], 92


class FourMore(Story):
    """ALLwatch, LifeRhythm Navi + HOME, OMRON remote monitoring and the IP phone of AND market mobile."""

    def __init__(self, place: Place, step: int) -> None:
        super().__init__(place, step)
        self.ids: dict[str, str] = {}
        self.today = date.min

    def play(self) -> None:
        self.family, self.operator = self.place.sign_in("family"), self.place.sign_in("operator")
        self.today = self.operator.clock().date()
        self.allwatch()
        self.liferhythm()
        self.omron()
        self.mobile()
        self.nights()
        self.bills()
        self.calendar()
        self.goodbyes()

    def allwatch(self) -> None:
        self.title("ALLwatch: the company sets its price list, the family orders a sensor")
        self.operator.post("/v1/services/allwatch/commands/set_price_list", {"prices": ALLWATCH_PRICES})
        order = {"plan": "half_year", "payment_method": "bank_transfer", "devices": [{"sku": "motion-sensor", "quantity": 1}]}
        contract = self.apply("allwatch", order)
        self.tell(f"{contract['id']}: {contract['state']}, ships on {contract['ships_on']} by the shipping calendar.")

    def liferhythm(self) -> None:
        self.title("LifeRhythm Navi + HOME: first what the first year will cost, then the contract on paper")
        application = {"plan": "standard", "payment_method": "card", "site": {"prefecture": "Tokyo", "country": "JP"}}
        year = (self.today + timedelta(days=366)).isoformat()
        quoted = self.family.post("/v1/quotes", {"service": "liferhythm-home", **application, "until": year})
        self.tell(f"The first year would cost {sum(bill['total'] for bill in quoted['invoices']):,} yen, all bills added up.")
        contract = self.apply("liferhythm-home", application)
        for step in ("sign", "install", "complete_processing"):
            contract = self.operator.post(f"/v1/contracts/{contract['id']}/commands/{step}", {})
        following = last_day(self.today) + timedelta(days=1)
        self.same("the start of billing, after the free month", contract["billing_starts_on"], following.isoformat())
        self.tell(f"Signed, installed, paperwork done: {contract['state']}; free until {last_day(self.today)}.")

    def omron(self) -> None:
        self.title("OMRON remote monitoring: a free account, a gateway, and a consent for the maintainer")
        contract = self.apply("omron-remote", {"plan": "standard", "payment_method": "none"})
        path = f"/v1/contracts/{contract['id']}/commands"
        contract = self.operator.post(f"{path}/install", {"sku": "gateway", "outcome": "done"})
        self.same("the state once the gateway is linked", contract["state"], "active")
        self.family.post(f"{path}/consent", {"to": "maintainer", "purpose": "data"})
        self.tell("The maintainer may see the data until the family takes its word back.")

    def mobile(self) -> None:
        self.title("AND market mobile: its lines ended in 2018, its IP phone goes on")
        wish = {"service": "and-market-mobile", "plan": "data", "payment_method": "card"}
        line = self.family.post("/v1/contracts", {**wish, "consents": CONSENTS["and-market-mobile"]})
        self.same(
            "the answer to an application for a line", (line["state"], line["refusal_reasons"]), ("refused", ["abolished"])
        )
        contract = self.apply("and-market-mobile", {"plan": "ip_phone", "payment_method": "card"})
        self.operator.post(f"/v1/contracts/{contract['id']}/commands/record_usage", {"calls": CALLS})
        self.tell(f"{contract['id']}: {contract['state']} at once; three calls recorded, 184 yen, of which 100 are free.")

    def apply(self, service: str, application: Json) -> Json:
        contract: Json = self.family.post("/v1/contracts", {"service": service, "consents": CONSENTS[service], **application})
        expect(contract["state"] in ("accepted", "active"), f"{service}: {contract['state']}: {contract['refusal_reasons']}")
        self.ids[service] = contract["id"]
        return contract

    def nights(self) -> None:
        following = last_day(self.today) + timedelta(days=1)
        two_months = last_day(following) + timedelta(days=1)
        self.title(f"Nights pass until {two_months}: everything that is due happens by itself")
        self.move_clock(self.today + timedelta(days=9), hour=10)
        self.operator.post(f"/v1/contracts/{self.ids['allwatch']}/commands/deliver", {})
        self.move_clock(two_months, hour=9)
        self.tell("The sensor of ALLwatch came after nine days and started its service.")

    def bills(self) -> None:
        self.title("The bills of the three that cost something, each against its terms")
        (first,) = self.bills_of("liferhythm-home", 1)
        self.same("LifeRhythm's first bill", [(x["item"], x["amount"]) for x in first["lines"]], LIFERHYTHM_FIRST)
        show_bill(first)
        (calls,) = self.bills_of("and-market-mobile", 1)
        self.same("the calls' bill", [(x["item"], x["amount"]) for x in calls["lines"]], CALL_LINES)
        self.same("the calls' total: 84 yen and 10 % tax, rounded down", calls["total"], CALL_TOTAL)
        show_bill(calls)
        explained = self.family.get(f"/v1/contracts/{self.ids['liferhythm-home']}/invoices/{quoted(first['key'])}")
        for line in explained["lines"]:
            self.tell(f"In words: {line['label']['en']}. {line['explanation']['en']}")

    def bills_of(self, service: str, count: int) -> list[Json]:
        path = f"/v1/contracts/{self.ids[service]}/invoices"
        return eventually(
            lambda: found if len(found := self.family.items(path)) == count else None, f"{service}: {count} bills are expected"
        )

    def calendar(self) -> None:
        self.title("What comes next for ALLwatch, as its calendar says")
        until = (self.operator.clock().date() + timedelta(days=120)).isoformat()
        entries = self.family.get(f"/v1/contracts/{self.ids['allwatch']}/calendar?until={until}")["items"]
        expect(bool(entries), "the calendar is empty")
        for entry in entries[-6:]:
            self.tell(f"{entry['on']}  {entry['en']}")

    def goodbyes(self) -> None:
        self.title("The family leaves OMRON: the account ends at once, without a bill")
        contract = self.family.post(f"/v1/contracts/{self.ids['omron-remote']}/commands/request_cancellation", {})
        self.same("the account", (contract["state"], contract["ended_because"]), ("ended", "cancelled"))
        self.same("its bills", self.family.items(f"/v1/contracts/{contract['id']}/invoices"), [])
        self.tell("Consents, link and data are gone with it.")


def quoted(key: str) -> str:
    """An invoice's key as a part of an address."""
    return key.replace("#", "%23")
