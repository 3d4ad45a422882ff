"""People, households, contracts in the states that a test needs, readings, bills, alerts; everything through the API.

Readings go to their worker as the IoT rule hands them over, with the times they would have had: a fortnight takes a second.
"""

from __future__ import annotations

import base64
import itertools
import json
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from fleet.behaviour import sensors
from fleet.demo import code_in
from local import people, world
from local.client import Answered, Api
from local.supervisor import JAPAN, Supervisor
from tests.stack.conftest import House

T = TypeVar("T")
Json = dict[str, Any]
BEGAN = datetime(2026, 3, 2, 10, tzinfo=JAPAN)  # where the clock of a fresh world is put
_MESSAGE_MAX = 900  # readings; the door takes 1,000
_SITE = {"prefecture": "Tokyo", "country": "JP"}
# What the company has to say before its services can be applied for.
ALLWATCH_PRICES = {"monthly_fee": 1100, "registration_fee": 3300, "device": {"motion-sensor": 22000}}
ISSUER = {"name": "みまもり商事(見本)", "registration_number": "T1234567890123", "email": "desk@mimamori.example"}
PAID = ("sottonet", "allwatch", "liferhythm-home", "and-market-mobile")
# An application of each service that is accepted, and the operators' steps until it is served.
APPLICATIONS: Mapping[str, Json] = {
    "sottonet": {
        "plan": "standard",
        "payment_method": "card",
        "consents": ["terms", "notes", "resident", "building_owner", "no_antisocial_forces", "claim_assignment", "privacy"],
        "site": _SITE,
    },
    "allwatch": {
        "plan": "half_year",
        "payment_method": "bank_transfer",
        "consents": ["order_acceptance", "m2m_terms"],
        "documents": ["device_order", "service_application"],
        "devices": [{"sku": "motion-sensor", "quantity": 1}],
        "site": _SITE,
    },
    "liferhythm-home": {
        "plan": "standard",
        "payment_method": "card",
        "consents": ["terms", "privacy", "no_antisocial_forces", "building_owner", "watched_person", "residents"],
        "site": _SITE,
    },
    "omron-remote": {"plan": "standard", "payment_method": "none", "consents": ["terms"]},
    "and-market-mobile": {"plan": "ip_phone", "payment_method": "card"},
}
STEPS: Mapping[str, Sequence[tuple[str, Json]]] = {
    "sottonet": [("install", {"outcome": "done"})],
    "allwatch": [("deliver", {})],
    "liferhythm-home": [("sign", {}), ("install", {}), ("complete_processing", {})],
    "omron-remote": [("install", {"sku": "gateway", "outcome": "done"})],
    "and-market-mobile": [],
}
SHIPPED = ("allwatch",)  # delivered only when it was shipped, some days later


def soon(look: Callable[[], T], seconds: float = 30) -> T:
    """The first thing that `look` finds; what runs behind a queue takes a moment."""
    until = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.1)
    return found


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in, and their view of the API."""

    email: str
    password: str
    api: Api = field(repr=False)


class Town:
    """One world, and ways to fill it."""

    def __init__(self, house: House, began: datetime = BEGAN) -> None:
        self.house = house
        self._world = house.world
        self._numbers = itertools.count(1)
        self._supervisor = Supervisor(self._world)
        self.operator = self._known("operator")
        self._keep_everything()
        self.clock(began)
        api = self.operator.api
        api.post("/v1/services/allwatch/commands/set_price_list", {"prices": ALLWATCH_PRICES}, "town-prices")
        for service in PAID:
            api.post(f"/v1/services/{service}/commands/set_issuer", ISSUER, f"town-issuer-{service}")

    def _keep_everything(self) -> None:
        """By the wall's clock the town's days are long past keeping, and the embedded DynamoDB would sweep them away."""
        dynamo = self._world.stack.client("dynamodb")
        for table in dynamo.list_tables()["TableNames"]:
            kept = dynamo.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
            if kept["TimeToLiveStatus"] == "ENABLED":
                off = {"Enabled": False, "AttributeName": kept["AttributeName"]}
                dynamo.update_time_to_live(TableName=table, TimeToLiveSpecification=off)

    @property
    def web(self) -> str:
        """The address of the app."""
        return self._world.web

    def _known(self, who: str) -> Person:
        user = self._world.users[who]
        return Person(user["email"], user["password"], Api(self._world.api, self._world.token(who)))

    def person(self, name: str = "someone") -> Person:
        """Somebody new, with an account and a password, and nothing else."""
        email, password = f"{name}-{next(self._numbers)}@example.com", f"Mi-{secrets.token_urlsafe(12)}-7a"
        pool, cognito = self._world.outputs["UserPoolId"], self._world.stack.client("cognito-idp")
        attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
        cognito.admin_create_user(UserPoolId=pool, Username=email, MessageAction="SUPPRESS", UserAttributes=attributes)
        cognito.admin_set_user_password(UserPoolId=pool, Username=email, Password=password, Permanent=True)
        client = world.clients(self._world.outputs)["web"]
        return Person(email, password, Api(self._world.api, people.sign_in(cognito, client, email, password)))

    # time

    def now(self) -> datetime:
        return datetime.fromisoformat(self.operator.api.get("/v1/local/clock")["at"])

    def clock(self, at: datetime | timedelta) -> datetime:
        """Moves the clock forward, to an instant or by so much, and lets the nights in between happen. Back is not possible."""
        to = self.now() + at if isinstance(at, timedelta) else at
        self.operator.api.post("/v1/local/clock", {"at": to.isoformat()}, f"town-clock-{next(self._numbers)}")
        return to

    def tick(self) -> None:
        """What happens every five minutes: silence is noticed, the next person is told."""
        self._supervisor.beat()

    # households

    def household(
        self, service: str = "sottonet", *, by: Person | None = None, until: str = "served", **application: Any
    ) -> Household:
        """A contract of somebody new, or of `by`. `application` replaces parts of what is applied with (`plan`, `site`, …).

        until: "applied"; "served": installed or signed, as far as that needs no time; "active": the clock goes on until the
        service has started, some days for the services that ship or wait.
        """
        person = by or self.person(service.split("-")[0])
        contact = {"name": "見守 花子", "email": person.email, "language": "ja"}
        body = {"service": service, "contact": contact, **APPLICATIONS[service], **application}
        contract = person.api.post("/v1/contracts", body, self.key())
        assert contract["state"] in ("accepted", "active"), contract["state"]
        home = Household(self, person, str(contract["id"]), service)
        ships = contract.get("ships_on") if until == "active" else None
        if ships:
            self.until(ships)
        for command, arguments in STEPS[service] if until != "applied" and (ships or service not in SHIPPED) else ():
            home.command(command, **arguments)
        if until == "active":
            self.until(home.get().get("service_starts_on"))
            soon(lambda: home.get()["state"] == "active")
        return home

    def until(self, day: str | None) -> None:
        """Moves the clock to ten o'clock of a day, if that is still to come."""
        to = datetime.fromisoformat(f"{day}T10:00:00+09:00") if day else self.now()
        if to > self.now():
            self.clock(to)

    def key(self) -> str:
        return f"town-{next(self._numbers)}"

    def take_in(self, envelopes: Iterable[Json]) -> None:
        """Hands messages to the readings worker, as its queue would."""
        records = [{"messageId": f"m{n}", "body": json.dumps(body)} for n, body in enumerate(envelopes)]
        aws = self._world.stack.client("lambda")
        for start in range(0, len(records), 10):
            payload = json.dumps({"Records": records[start : start + 10]})
            answer = aws.invoke(FunctionName=f"mimamori-{world.STAGE}-readings-worker", Payload=payload)
            said = json.loads(answer["Payload"].read())
            assert said.get("batchItemFailures") == [], said

    def mails(self, to: str) -> list[Json]:
        """What was sent to an address, oldest first."""
        return [mail for mail in self._world.stack.sent_mail() if to in json.dumps(mail)]


@dataclass(frozen=True)
class Household:
    """One contract, and the person who made it."""

    town: Town
    person: Person
    id: str
    service: str

    @property
    def path(self) -> str:
        return f"/v1/contracts/{self.id}"

    def get(self, path: str = "") -> Any:
        return self.person.api.get(self.path + path)

    def post(self, path: str, **body: Any) -> Any:
        return self.person.api.post(self.path + path, body, self.town.key())

    def put(self, path: str, **body: Any) -> Any:
        return self.person.api.put(self.path + path, body)

    def command(self, name: str, **arguments: Any) -> Json:
        """As an operator."""
        answer: Json = self.town.operator.api.post(f"{self.path}/commands/{name}", arguments, self.town.key())
        return answer

    def device(self, model: str = "energy-sensor", label: str = "") -> str:
        """One more device; its id."""
        name = f"{model}-{self.id[-8:]}-{next(self.town._numbers)}".lower()
        self.post("/devices", device=name, model=model)
        if label:
            self.put(f"/devices/{name}", label=label)
        return name

    def watch(self, device: str, name: str, **settings: Any) -> None:
        self.put(f"/devices/{device}/watches/{name}", **settings)

    def family(self, name: str = "daughter", role: str = "family", relation: str = "child") -> Person:
        """Somebody who was invited and came: signs in with an own account."""
        person = self.town.person(name)
        self.post("/people", person=name, role=role, channels=["mail"], email=person.email)
        self.post("/invitations", person=name, role=role, relation=relation, email=person.email)
        code = soon(lambda: code_in([(mail["Subject"], mail["BodyText"]) for mail in self.town.mails(person.email)]))
        person.api.post("/v1/invitations/accept", {"token": code}, self.town.key())
        return person

    # readings

    def say(self, device: str, *readings: tuple[str, Any] | tuple[str, Any, datetime]) -> None:
        """Readings of now, or of when each says: `("temperature", 21.5)`, `("motion", True, at)`."""
        now = self.town.now()
        said = [(one[0], one[1], one[2] if len(one) > 2 else now) for one in readings]
        self.town.take_in(_envelopes(device, said))

    def live(self, device: str, model: str, days: float = 1, every: int = 5) -> None:
        """What a device of that model would have said in the last days until now, in steps of so many minutes."""
        now = self.town.now().replace(second=0, microsecond=0)
        at, said = now - timedelta(days=days), []
        at -= timedelta(minutes=at.minute % every)
        while at <= now:
            if sensors.READ[model][0] or sensors.speaks(model, self.id, at):
                said += [(metric, value, at) for metric, value in sensors.measure(model, self.id, at).items()]
            at += timedelta(minutes=every if sensors.READ[model][0] else 1)
        self.town.take_in(_envelopes(device, said))

    def bills(self) -> list[Json]:
        return list(self.get("/invoices")["items"])

    def alert(self, device: str, metric: str = "temperature", above: float = 28, value: float = 33.0) -> Json:
        """A watch on the device, and a reading that opens its alert."""
        self.watch(device, f"high-{metric}", kind="threshold", metric=metric, above=above, level="critical")
        self.say(device, (metric, value))
        return soon(lambda: self.get("/alerts?open=true")["items"])[0]  # type: ignore[no-any-return]


def _envelopes(device: str, said: Sequence[tuple[str, Any, datetime]]) -> list[Json]:
    """Messages as the IoT rule hands them over, each received when its last reading was measured."""
    found = []
    ordered = sorted(said, key=lambda one: one[2])
    for start in range(0, len(ordered), _MESSAGE_MAX):
        part = ordered[start : start + _MESSAGE_MAX]
        readings = [
            {"metric": metric, "value": value, "measured_at": int(at.timestamp() * 1000), "seq": start + n}
            for n, (metric, value, at) in enumerate(part)
        ]
        payload = json.dumps({"v": 1, "readings": readings}).encode()
        received = readings[-1]["measured_at"]
        found.append(
            {"payload": base64.b64encode(payload).decode(), "device": device, "received_at": received, "arrived": received}
        )
    return found


__all__ = ["Answered", "Household", "Person", "Town", "soon"]
