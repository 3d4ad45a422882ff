"""The words and limits of watching that an app may use. Apart from what works with them, since every cold start reads these."""

from __future__ import annotations

WATCHES = ("threshold", "rate", "event", "silence", "no_activity")  # kinds; `conditions.KINDS` says how each behaves
LEVELS = ("info", "warning", "critical")
CHANNELS = ("mail", "push", "line", "sms")
CLOSED_FOR = ("false_alarm", "visited", "called", "device_problem", "other")  # why somebody closed an alert
LEFT = "device_left"  # the house's own reason: the device was given back, let go or replaced
PEOPLE_MAX = 10  # of one contract
STEPS_MAX = 10  # of telling one after the other
DAILY_MAX_MOST = 100  # messages of one person
TEXT_MAX = 256  # characters of a reading
