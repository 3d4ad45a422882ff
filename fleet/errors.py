"""What can stop a device: one sentence of what is wrong, one of how to cure it."""


class FleetError(Exception):
    """`str()` is the whole message for the person at the terminal; `exit_code` is the process's answer."""

    exit_code = 1

    def __init__(self, what: str, cure: str) -> None:
        super().__init__(f"{what} {cure}")
        self.what = what
        self.cure = cure


class BadIdentity(FleetError):
    """The provisioning file, or a file it names, is missing, open to others or wrong."""

    exit_code = 2


class BadRecording(FleetError):
    """The recording, or what was asked of it, cannot be read."""

    exit_code = 2


class BufferFailed(FleetError):
    """The disk buffer cannot be used: damaged, not writable, in use, of another device."""

    exit_code = 3


class BufferFull(BufferFailed):
    """No room for new readings now; room comes back when waiting ones are delivered."""


class Refused(FleetError):
    """The broker does not want this device: its certificate, its policy or its name."""

    exit_code = 4
