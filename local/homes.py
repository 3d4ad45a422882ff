"""The homes of the local world in which somebody lives: their devices, and what is told of them. All made up.

A device's `life` is whose days it measures: the same life gives the same days, always (`fleet/behaviour`).
"""

from __future__ import annotations

from dataclasses import dataclass

MOTHER, GRANDMOTHER, ROOF = "mother", "grandmother", "roof"


@dataclass(frozen=True, slots=True)
class Piece:
    """A device of the stock: the code on its label, what the family calls it, and whether its room gets too cold."""

    serial: str
    model: str
    label: str
    life: str
    cold: bool = False

    @property
    def device(self) -> str:
        return f"sn-{self.serial}"

    @property
    def proof(self) -> str:
        return f"SEED-{self.serial}-LABEL"


SOTTONET = (
    Piece("POWER-0101", "energy-sensor", "分電盤", MOTHER),
    Piece("MOVE-0102", "motion-sensor", "居間の動き", MOTHER),
    Piece("ROOM-0103", "climate-sensor", "居間", MOTHER),
    Piece("ROOM-0104", "climate-sensor", "脱衣所", MOTHER, cold=True),
)
LIFERHYTHM = (
    Piece("BED-0201", "bed-mat", "寝室のベッド", GRANDMOTHER),
    Piece("ROOM-0202", "climate-sensor", "寝室", GRANDMOTHER),
    Piece("PRESS-0203", "blood-pressure-meter", "血圧計", GRANDMOTHER),
    Piece("WARM-0204", "thermometer", "体温計", GRANDMOTHER),
)
OMRON = (
    Piece("SUN-0301", "pv-gateway", "屋根の太陽光", ROOF),
    Piece("STORE-0302", "battery", "蓄電池", ROOF),
)
ALL = (*SOTTONET, *LIFERHYTHM, *OMRON)


def stock_file() -> str:
    """The delivery as an operator takes it in."""
    lines = (f"{piece.serial},{piece.model},R2,1.0.0,{piece.proof}" for piece in ALL)
    return "\n".join(("serial_number,model,hardware,firmware,proof", *lines)) + "\n"
