"""`make demo`: one family's whole trip through the public doors of the local world, each step checked and told.

Everything is seen through HTTP with a token from Cognito, MQTT with the device's own certificate, and the mailbox. Days
are counted from the local clock, which the demo moves forward; so it can be played again and again.
"""

import argparse
import subprocess
import sys
import tempfile
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from fleet import identity
from fleet.lives import FourMore
from fleet.story import Story, last_day, show_bill
from fleet.visitor import Json, NotAsExpected, Place, eventually, expect
from local.stack import ROOT

JAPAN = timezone(timedelta(hours=9))
STACK = ROOT / ".local" / "stack.json"
RECORDING = ROOT / "fleet" / "recordings" / "household_power_1min.csv"
# Minute by minute. Rows 9121 to 9761: 5 August, 08:00 to 18:40, at home; the last use above 1 kW is at 18:36. Rows to 11221:
# until 6 August, 19:00, only the refrigerator.
AT_HOME, AWAY = (9121, 9761), (9762, 11221)
MINUTE = timedelta(minutes=1)
# What the printed fee table says (yen, tax included), so that the bills are checked against paper and not against the program.
SENSOR, INITIAL_FEE, MONTHLY_FEE, TAX_PERCENT = 44_000, 31_900, 1_980, 10
CONSENTS = ["terms", "notes", "resident", "building_owner", "no_antisocial_forces", "claim_assignment", "privacy"]


class Demo(Story):
    """The trip; each method is a step and leaves what the next ones need."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.contract = self.device = ""
        self.sentences: list[str] = []  # of the alert, in both languages
        self.starts_on = self.today = date.min
        self.last_bill: Json = {}
        self.replayed_to: datetime | None = None

    def play(self) -> None:
        self.sign_in()
        self.apply()
        self.install()
        self.first_bill()
        device_file = self.claim_meter()
        self.at_home(device_file)
        self.away(device_file)
        self.invite()
        self.alert()
        self.read_mail()
        self.quote()
        self.cancel()
        self.pay()
        self.goodbye()
        FourMore(self.place, self.step).play()
        print("\nThat was the whole trip. It can be played again; the clock goes on from here.")
        print(f"What the meter still holds: python -m fleet status --device {device_file}")

    def sign_in(self) -> None:
        self.title("A family and an operator sign in")
        self.family = self.place.sign_in("family")
        self.operator = self.place.sign_in("operator")
        now = self.operator.clock()
        self.today = now.date()
        self.tell(f"Both have a token of the user pool. The local clock shows {now:%Y-%m-%d %H:%M}, Japan time.")

    def apply(self) -> None:
        self.title("The family applies for Sotto-net")
        application = {
            "service": "sottonet",
            "plan": "standard",
            "payment_method": "card",
            "applicant": {"name": "Aoki Haru", "kind": "person", "birth_date": "1972-02-01", "country": "JP"},
            "site": {"prefecture": "Aomori", "island": False, "country": "JP"},
            "contact": {"name": "Aoki Haru", "email": self.place.email("family"), "language": "en"},
            "consents": CONSENTS,
        }
        contract = self.family.post("/v1/contracts", application)
        self.contract = contract["id"]
        expect(contract["state"] == "accepted", f"the application should be accepted, it is {contract['state']}")
        self.tell(f"POST /v1/contracts: contract {self.contract}, {contract['state']} on {contract['formed_on']}.")

    def install(self) -> None:
        self.title("The operator finds the contract and records the sensor's installation")
        waiting = self.operator.items("/v1/contracts?service=sottonet&state=accepted&limit=100")
        expect(self.contract in [contract["id"] for contract in waiting], "the operator does not see the new contract")
        contract = self.operator.post(f"/v1/contracts/{self.contract}/commands/install", {"outcome": "done"})
        self.starts_on = date.fromisoformat(contract["service_starts_on"])
        self.same("the start of the service, ten days after the installation", self.starts_on, self.today + timedelta(days=10))
        self.tell(f"Installed on {self.today}; the service and its billing start on {self.starts_on}.")

    def first_bill(self) -> None:
        month_end = last_day(self.starts_on)
        self.title(f"Nights pass: the clock is moved to {month_end + timedelta(days=1)}, and the first bill appears")
        self.move_clock(month_end + timedelta(days=1), hour=9)
        (bill,) = self.bills(1)
        days = (month_end - self.starts_on).days + 1
        share = MONTHLY_FEE * days // month_end.day
        expected = [("device", SENSOR), ("initial_fee", INITIAL_FEE), ("monthly_fee", share)]
        self.same("the lines of the first bill", [(line["item"], line["amount"]) for line in bill["lines"]], expected)
        self.check_sum(bill, "initial", month_end)
        show_bill(bill)
        self.tell(f"The fee of {MONTHLY_FEE:,} yen is charged for {days} of {month_end.day} days.")

    def claim_meter(self) -> Path:
        self.title("The family claims the energy meter; it gets a certificate of its own")
        claim = self.family.post(
            f"/v1/contracts/{self.contract}/devices", {"device": f"meter-{self.contract[-6:]}", "model": "energy-sensor"}
        )
        self.device = claim["device"]
        mqtt = self.place.facts["mqtt"]
        home = Path(tempfile.mkdtemp(prefix="demo-", dir=self.place.folder))
        file = identity.write(
            home,
            device=self.device,
            stage=self.place.stage,
            endpoint=mqtt["host"],
            port=mqtt["port"],
            certificate_pem=claim["certificate"],
            key_pem=claim["private_key"],
            ca_pem=self.place.ca_pem(),
        )
        again = self.family.get(f"/v1/contracts/{self.contract}/devices/{self.device}")
        expect("private_key" not in again, "the private key is shown once and never again")
        self.tell(f"Device {self.device}; its key was returned once and lies in {file.parent} (mode 600).")

        person = {"person": "daughter", "role": "family", "channels": ["mail"], "language": "en"}
        person["email"] = self.place.email("daughter")
        self.family.post(f"/v1/contracts/{self.contract}/people", person)
        watch = {"kind": "no_activity", "metric": "power_kw", "active_above": 1.0, "for_hours": 20, "level": "warning"}
        self.family.put(f"/v1/contracts/{self.contract}/devices/{self.device}/watches/nobody-home", watch)
        self.tell("A watch is set: tell the daughter when nothing above 1 kW was switched on for 20 hours.")
        return file

    def at_home(self, device_file: Path) -> None:
        self.title("Evening: the meter connects with its certificate and hands over a real family's day")
        self.replay(device_file, AT_HOME)

    def away(self, device_file: Path) -> None:
        self.title("A day later: the same family has left; nothing but the refrigerator")
        self.replay(device_file, AWAY)

    def replay(self, device_file: Path, rows: tuple[int, int]) -> None:
        """Moves the clock past the recording's part, and lets the agent send it: first row where the last part ended."""
        count = rows[1] - rows[0] + 1
        starts_at = self.replayed_to or self.operator.clock().replace(second=0, microsecond=0) + MINUTE
        ends_at = starts_at + (count - 1) * MINUTE
        self.operator.move_clock(ends_at + MINUTE)
        command = [sys.executable, "-m", "fleet", "replay", "--device", str(device_file), "--recording", str(RECORDING)]
        command += ["--metric", "power_kw=active_kw", "--rows", f"{rows[0]}:{rows[1]}", "--speed", "max"]
        command += ["--starts-at", starts_at.isoformat()]
        self.tell(
            f"$ python -m fleet replay --recording {RECORDING.name} --metric power_kw=active_kw --rows {rows[0]}:{rows[1]} ..."
        )
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)  # noqa: S603 - our own agent
        expect(done.returncode == 0, f"the device agent stopped with {done.returncode}: {done.stderr.strip()}")
        for line in done.stderr.splitlines():
            self.tell(f"  {line}")
        expect(f"Delivered {count} readings." in done.stderr, f"the agent should deliver {count} readings")
        newest = eventually(lambda: self.newest(ends_at), "the newest reading did not arrive at the API")
        self.tell(f"The API has it: {newest['value']} kW at {ends_at:%Y-%m-%d %H:%M}.")
        self.replayed_to = ends_at + MINUTE

    def newest(self, at: datetime) -> Json | None:
        path = f"/v1/contracts/{self.contract}/devices/{self.device}/readings?metric=power_kw&limit=1"
        found = self.family.items(path)
        return found[0] if found and datetime.fromisoformat(found[0]["measured_at"]) == at else None

    def invite(self) -> None:
        self.title("The family invites the daughter; she joins with the code from her e-mail")
        address = self.place.email("daughter")
        invitation = {"email": address, "role": "family", "relation": "child", "person": "daughter", "language": "en"}
        before = len(self.place.mails_to(address))
        self.family.post(f"/v1/contracts/{self.contract}/invitations", invitation)
        code = eventually(lambda: code_in(self.place.mails_to(address)[before:]), "no invitation arrived")
        joined = self.place.sign_in("daughter").post("/v1/invitations/accept", {"token": code})
        self.same("whose home she may look after", joined["contract"], self.contract)
        self.tell(f"She joined as {joined['role']}; the code is used up and worth nothing any more.")

    def alert(self) -> None:
        self.title("The next tick notices that nobody is at home; the daughter, who may only look on, sees it too")
        daughter = self.place.sign_in("daughter")
        path = f"/v1/contracts/{self.contract}/alerts"
        alert = eventually(lambda: next(iter(daughter.items(path)), None), "no alert was opened")
        told = (alert["watch"], alert["device"], alert["level"], alert["closed_at"])
        self.same("the alert", told, ("nobody-home", self.device, "warning", None))
        self.sentences = list(alert["sentence"].values())
        self.tell(self.sentences[1])
        self.tell(f"Alert '{alert['watch']}' ({alert['level']}), open since {japan(alert['opened_at']):%Y-%m-%d %H:%M}.")

    def read_mail(self) -> None:
        self.title("The daughter reads her e-mail")
        address = self.place.email("daughter")
        subject, text = eventually(lambda: self.mail_of_alert(address), "no e-mail about the alert was sent")
        self.tell(f"Subject: {subject}")
        for line in text.strip().splitlines():
            self.tell(f"  | {line}")

    def mail_of_alert(self, address: str) -> tuple[str, str] | None:
        mails = reversed(self.place.mails_to(address))
        return next(((s, t) for s, t in mails if any(sentence in t for sentence in self.sentences)), None)

    def quote(self) -> None:
        self.title("The family asks what leaving would cost, before deciding")
        quoted = self.family.post(f"/v1/contracts/{self.contract}/quotes", {"command": "request_cancellation"})
        expect(not quoted["refused"], f"a cancellation should be possible: {quoted['refused']}")
        self.today = self.operator.clock().date()
        self.same("the last day (told by the 20th: the end of this month)", quoted["ends_on"], last_day(self.today).isoformat())
        finals = [bill for bill in quoted["invoices"] if bill["kind"] == "final"]
        expect(len(finals) == 1, "the quote should show one last bill")
        self.last_bill = finals[0]
        self.tell(f"The contract would end on {quoted['ends_on']}; the last bill would be {self.last_bill['total']:,} yen.")

    def cancel(self) -> None:
        self.title("The family cancels")
        contract = self.family.post(f"/v1/contracts/{self.contract}/commands/request_cancellation", {})
        self.same("the contract's state", contract["state"], "cancelling")
        self.same("the contract's last day", contract["ends_on"], last_day(self.today).isoformat())
        self.tell(f"Notice received; the contract is {contract['state']} and ends on {contract['ends_on']}.")

    def pay(self) -> None:
        self.title("The card is charged for the first bill on the 27th")
        self.move_clock(self.today.replace(day=27), hour=12)
        self.operator.post(f"/v1/contracts/{self.contract}/commands/pay", {})
        (bill,) = self.bills(1)
        self.same("the first bill", (bill["status"], bill["paid"]), ("paid", bill["total"]))
        self.tell(f"{bill['paid']:,} yen received; the bill is {bill['status']}.")

    def goodbye(self) -> None:
        end = last_day(self.today)
        self.title(f"The month ends: the clock is moved to {end + timedelta(days=1)}; the last bill, and the contract is over")
        self.move_clock(end + timedelta(days=1), hour=9)
        _, bill = self.bills(2)
        self.same(
            "the lines of the last bill", [(x["item"], x["amount"]) for x in bill["lines"]], [("monthly_fee", MONTHLY_FEE)]
        )
        self.check_sum(bill, "final", end)
        kept = ("kind", "month", "issued_on", "due_on", "total", "tax")
        self.same("the bill and its quote", {k: bill[k] for k in kept}, {k: self.last_bill[k] for k in kept})
        show_bill(bill)
        self.operator.post(f"/v1/contracts/{self.contract}/commands/pay", {})
        contract = self.family.get(f"/v1/contracts/{self.contract}")
        told = (contract["state"], contract["ended_because"], contract["ends_on"])
        self.same("the contract", told, ("ended", "cancelled", end.isoformat()))
        self.tell(f"As quoted, to the yen. Paid. The contract {contract['state']} on {contract['ends_on']}: cancelled.")

    def bills(self, count: int) -> list[Json]:
        path = f"/v1/contracts/{self.contract}/invoices"

        def all_there() -> list[Json] | None:
            found = self.family.items(path)
            expect(len(found) <= count, f"{count} bills are expected, {len(found)} are there")
            return found if len(found) == count else None

        return eventually(all_there, f"bill number {count} did not appear after the night")

    def check_sum(self, bill: Json, kind: str, month_end: date) -> None:
        total = sum(line["amount"] for line in bill["lines"])
        self.same("the bill's kind and month", (bill["kind"], bill["month"]), (kind, f"{month_end:%Y-%m}"))
        self.same("total and tax", (bill["total"], bill["tax"]), (total, total * TAX_PERCENT // (100 + TAX_PERCENT)))
        self.same("the day of issue", bill["issued_on"], (month_end + timedelta(days=1)).isoformat())


def japan(instant: str) -> datetime:
    return datetime.fromisoformat(instant).astimezone(JAPAN)


def code_in(mails: list[tuple[str, str]]) -> str | None:
    """The code of an invitation: the one line of the letter that is a single long word."""
    for _, text in reversed(mails):
        found = [line for line in text.splitlines() if len(line) >= 20 and " " not in line.strip() and line.isascii()]
        if found:
            return found[0].strip()
    return None


def main() -> int:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--stack", type=Path, default=STACK, metavar="FILE", help="the running world's stack.json")
    asked = parser.parse_args()
    try:
        Demo(Place.find(asked.stack)).play()
    except NotAsExpected as wrong:
        print(f"\ndemo: not as expected: {wrong}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ndemo: stopped.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
