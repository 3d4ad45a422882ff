"""What AWS does by itself and the embedded one cannot: start nights by Japan's clock, which is movable here, and tick.

The embedded scheduler knows neither time zones nor `<aws.scheduler.scheduled-time>`. Here the day of a night comes from
the local stage's own clock, asked through the API, and the functions are invoked as the schedules would.
"""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta, timezone

from local.client import Answered, Api
from local.lived import GoingOn
from local.logs import Logs
from local.trouble import Trouble
from local.world import World

JAPAN = timezone(timedelta(hours=9))
NIGHT_BEGINS = timedelta(minutes=10)  # after midnight, as infra/functions.yaml says
_LOOK_S = 1.0
_TICK_S = 15.0  # oftener than on AWS: whoever tries it out does not wait five minutes
_TOKEN_S = 45 * 60.0


class Supervisor:
    """Watches one world until it is interrupted."""

    def __init__(self, here: World) -> None:
        self._world = here
        self._night = ""
        self._token = ""
        self._signed_in = 0.0
        self.logs = Logs(here.stack)
        self._life = GoingOn(here.stack)

    def watch(self) -> None:
        """Returns never; raises Trouble when the embedded AWS stops by itself."""
        ticked = 0.0
        while True:
            if not self._world.stack.alive():
                raise Trouble("The embedded AWS stopped by itself.", f"See {self._world.stack.places.log}; then `make run`.")
            if time.monotonic() - ticked >= _TICK_S:
                ticked = time.monotonic()
                self.beat()
            self.logs.gather()
            time.sleep(_LOOK_S)

    def beat(self) -> None:
        """One look: the night when one is due, and a tick."""
        try:
            now = self._now()
            if night_of(now) != self._night:
                self.start_night()
            self._life.go_on(now)
            self._invoke("tick", {})
        except (Answered, OSError) as fault:
            print(f"{datetime.now(JAPAN):%H:%M:%S} the local stage did not answer: {fault}", flush=True)

    def start_night(self) -> None:
        """The newest night that has begun, and the statistics of its day. A repeat finds nothing left to do."""
        self._night = night_of(self._now())
        self._invoke("night", {"day": self._night})
        sqs = self._world.stack.client("sqs")
        work = json.dumps({"kind": "statistics", "day": self._night})
        sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="mimamori-local-night")["QueueUrl"], MessageBody=work)

    def _now(self) -> datetime:
        return datetime.fromisoformat(self._api().get("/v1/local/clock")["at"])

    def _invoke(self, function: str, event: dict[str, str]) -> None:
        self._world.stack.client("lambda").invoke(
            FunctionName=f"mimamori-local-{function}", InvocationType="Event", Payload=json.dumps(event)
        )

    def _api(self) -> Api:
        if not self._token or time.monotonic() - self._signed_in > _TOKEN_S:
            self._token = self._world.token("operator")
            self._signed_in = time.monotonic()
        return Api(self._world.api, self._token)


def night_of(now: datetime) -> str:
    """The day of the newest night that has begun by then, as `YYYY-MM-DD` in Japan."""
    return (now.astimezone(JAPAN) - NIGHT_BEGINS).date().isoformat()
