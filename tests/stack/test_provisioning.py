"""An installer's day on the embedded stack: out of the stock, an identity of its own, a family, readings, broken, replaced, returned."""

import json
import stat
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from fleet import identity
from fleet.provisioning import provision
from local import claim
from local.client import Api
from tests.stack.conftest import House
from tests.stack.test_trip import APPLICATION, run_agent, soon

pytestmark = pytest.mark.stack
SERIAL, OTHER = "ROOM-0001", "ROOM-0002"
STOCK = f"serial_number,model,proof\n{SERIAL},climate-sensor,ABCD EFGH 2345\n{OTHER},climate-sensor,WXYZ 2345 ABCD"


class Unplugged(BaseException):
    """The plug is pulled: nothing of the program goes on."""


class Installer:
    """The operator's desk, a family's contract, the registry, and the folder of the device."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house, self.folder = house, folder
        here = house.world
        self.operator, self.family = (Api(here.api, here.token(who)) for who in ("operator", "haruka"))
        self.iot = here.stack.client("iot")
        self.claim = claim.place(house.places.folder)

    def provision(self, serial: str, *more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "fleet", "provision", "--claim", str(self.claim), "--serial", serial]
        command += ["--into", str(self.folder), *more]
        return subprocess.run(command, text=True, capture_output=True, timeout=60, check=False)

    def unplugged_after(self, step: str) -> None:
        def tell(text: str) -> None:
            if text.startswith(step):
                raise Unplugged

        with pytest.raises(Unplugged):
            provision(identity.load(self.claim), SERIAL, self.folder, tell)

    def certificates(self, device: str) -> set[str]:
        """Those with which somebody could speak as the device."""
        found = self.iot.list_thing_principals(thingName=device)["principals"]
        return {one.rsplit("/", 1)[1] for one in found if self.status(one.rsplit("/", 1)[1]) == "ACTIVE"}

    def status(self, certificate: str) -> str:
        return str(self.iot.describe_certificate(certificateId=certificate)["certificateDescription"]["status"])

    def now(self) -> datetime:
        return datetime.fromisoformat(self.operator.get("/v1/local/clock")["at"])


@pytest.fixture(scope="module")
def desk(house: House, tmp_path_factory: pytest.TempPathFactory) -> Installer:
    desk = Installer(house, tmp_path_factory.mktemp("device"))
    desk.operator.post("/v1/operator/stock", {"csv": STOCK}, "installer-stock")
    return desk


def test_a_device_of_the_stock_fetches_an_identity_of_its_own_however_often_it_is_unplugged(desk: Installer) -> None:
    file = desk.folder / f"sn-{SERIAL}.json"
    desk.unplugged_after("A certificate is made")
    assert desk.operator.get(f"/v1/operator/stock/{SERIAL}")["certificate_id"] is None
    desk.unplugged_after("It is registered")
    (lost,) = desk.certificates(f"sn-{SERIAL}")
    assert not file.exists()

    done = desk.provision(SERIAL.lower())
    assert (done.returncode, done.stdout) == (0, f"{file}\n"), done.stderr
    (own,) = desk.certificates(f"sn-{SERIAL}") - {lost}
    assert desk.operator.get(f"/v1/operator/stock/{SERIAL}")["certificate_id"] == own
    who = identity.load(file)
    assert (who.device, who.stage, who.port) == (f"sn-{SERIAL}", "local", desk.house.places.mqtt_port)
    for path in (file, who.key, who.certificate):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    again = desk.provision(SERIAL)
    assert (again.returncode, again.stdout) == (0, f"{file}\n")
    assert "has its identity already" in again.stderr
    assert desk.certificates(f"sn-{SERIAL}") == {lost, own}


def test_who_is_not_in_the_stock_gets_nothing(desk: Installer) -> None:
    done = desk.provision("ROOM-9999")
    assert (done.returncode, done.stdout) == (4, "")
    assert "does not take in ROOM-9999" in done.stderr
    assert not list(desk.folder.glob("*ROOM-9999*"))


def test_a_family_claims_it_hears_of_it_has_it_replaced_and_gives_it_back(desk: Installer) -> None:
    """With the code of the label: the identity that the device fetched last holds, the one it lost does not."""
    old, new = f"sn-{SERIAL}", f"sn-{OTHER}"
    desk.operator.put(f"/v1/operator/stock/{SERIAL}", {"state": "shipped"})
    contract = desk.family.post("/v1/contracts", APPLICATION, "installer-application")["id"]
    path = f"/v1/contracts/{contract}/devices"
    own = desk.operator.get(f"/v1/operator/stock/{SERIAL}")["certificate_id"]
    (lost,) = desk.certificates(old) - {own}
    claimed = desk.family.post(path, {"serial_number": SERIAL, "proof": "abcd-efgh-2345"}, "installer-claim")
    assert "private_key" not in claimed
    assert (desk.certificates(old), desk.status(lost)) == ({own}, "INACTIVE")

    sent = heat(desk, old, 21.5)
    assert sent.returncode == 0, sent.stderr
    (reading,) = soon(lambda: desk.family.get(f"{path}/{old}/readings")["items"])
    assert (reading["metric"], reading["value"]) == ("temperature", 21.5)
    refused = desk.provision(SERIAL, "--anew")
    assert refused.returncode == 4
    assert identity.load(desk.folder / f"{old}.json").device == old, "what it has it keeps"

    assert desk.provision(OTHER).returncode == 0
    other = {"serial_number": OTHER, "proof": "WXYZ 2345 ABCD"}
    desk.family.post(f"{path}/{old}/replacement", other, "installer-replacement")
    soon(lambda: desk.status(own) == "INACTIVE")
    assert heat(desk, old, 40).returncode == 4
    assert heat(desk, new, 22.5).returncode == 0
    (reading,) = soon(lambda: desk.family.get(f"{path}/{new}/readings")["items"])
    assert reading["value"] == 22.5

    desk.family.post(f"{path}/{new}/return", {}, "installer-return")
    soon(lambda: not desk.certificates(new))
    assert [desk.operator.get(f"/v1/operator/stock/{serial}")["state"] for serial in (SERIAL, OTHER)] == ["returned"] * 2


def heat(desk: Installer, device: str, value: float) -> subprocess.CompletedProcess[str]:
    return said(desk, desk.folder / f"{device}.json", value)


def said(desk: Installer, file: Path, value: float) -> subprocess.CompletedProcess[str]:
    return run_agent(file, json.dumps({"metric": "temperature", "value": value, "measured_at": desk.now().isoformat()}))


def test_the_claim_certificate_is_kept_and_opens_nothing_else(desk: Installer) -> None:
    who = identity.load(desk.claim)
    before = who.certificate.read_text()
    claim.make(desk.house.world.stack, who.stage, desk.house.world.outputs["ClaimPolicyName"])
    assert identity.load(desk.claim).certificate.read_text() == before
    assert said(desk, desk.claim, 20).returncode == 4
