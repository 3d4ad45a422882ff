"""What every demonstration does: count its steps, say what happens, move the local clock, hold figures against paper."""

from calendar import monthrange
from datetime import date

from fleet.visitor import Json, Place, Visitor, expect


class Story:
    """Steps through the public doors, each checked and told."""

    def __init__(self, place: Place, step: int = 0) -> None:
        self.place = place
        self.step = step
        self.family: Visitor
        self.operator: Visitor

    def move_clock(self, day: date, hour: int) -> None:
        now = self.operator.clock()
        self.operator.move_clock(now.replace(year=day.year, month=day.month, day=day.day, hour=hour, minute=0, second=0))

    def same(self, what: str, got: object, expected: object) -> None:
        expect(got == expected, f"{what}: expected {expected}, got {got}")

    def title(self, text: str) -> None:
        self.step += 1
        print(f"\n{self.step:2}. {text}", flush=True)

    def tell(self, text: str) -> None:
        print(f"    {text}", flush=True)


def last_day(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def show_bill(bill: Json) -> None:
    print(
        f"    +-- {bill['kind']} bill for {bill['month']}, sent {bill['issued_on']}, due {bill['due_on']}, by {bill['paid_by']}"
    )
    for line in bill["lines"]:
        span = f"{line['from']} to {line['to']}" if line.get("from") else ""
        print(f"    |   {line['item']:<18}{span:<26}{line['amount']:>9,} yen   {', '.join(line['cites'])}")
    print(f"    +-- {'total':<44}{bill['total']:>9,} yen   (tax contained: {bill['tax']:,} yen)", flush=True)
