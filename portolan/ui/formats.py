"""Numbers, money, time and names as people read them. Pure functions; templatetags/formats.py puts filters over them."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

NOT_AVAILABLE = "n/a"
MINUS = "\u2212"
# Keeps a number and its unit on one line.
NO_BREAK = "\u00a0"

type Number = int | float | Decimal

SYMBOLS = {
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "JPY": "¥",
    "INR": "₹",
    "KRW": "₩",
    "BRL": "R$",
    "AUD": "A$",
    "CAD": "C$",
}

# The step up happens before rounding could write "1,000K".
SCALES = ((Decimal("999.5e9"), Decimal("1e12"), "T"), (Decimal("999.5e6"), Decimal("1e9"), "B"))
SCALES += ((Decimal("999.5e3"), Decimal("1e6"), "M"), (Decimal("9999.5"), Decimal("1e3"), "K"))

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def compact(value: Number | None) -> str:
    """Write a count in at most five characters and a scale: 9,999 then 12.3K, 123K, 4.2M."""
    if value is None:
        return NOT_AVAILABLE
    return _signed(_decimal(value), "")


def exact(value: int | None) -> str:
    """Write a count to the last unit, with thousands apart: 1,234,567."""
    return NOT_AVAILABLE if value is None else f"{value:,}".replace("-", MINUS)


def money(value: Number | None, currency: str) -> str:
    """Write an amount compactly with its currency (ISO 4217): $4.2M, −€950, CHF 12.3K."""
    if value is None:
        return NOT_AVAILABLE
    return _signed(_decimal(value), SYMBOLS.get(currency, currency + NO_BREAK))


def exact_money(value: Number | None, currency: str) -> str:
    """Write an amount to the last unit, for the title beside a compact one: $4,213,000."""
    if value is None:
        return NOT_AVAILABLE
    number = _decimal(value)
    digits = f"{abs(number):,.0f}" if number == number.to_integral_value() else f"{abs(number):,.2f}"
    return (MINUS if number < 0 else "") + SYMBOLS.get(currency, currency + NO_BREAK) + digits


def percent(ratio: Number | None) -> str:
    """Write a ratio (0.18) as a share (18 %), with one decimal below ten percent where it says something."""
    if ratio is None:
        return NOT_AVAILABLE
    number = _decimal(ratio) * 100
    return (MINUS if _shown(number) < 0 else "") + f"{abs(_shown(number))}{NO_BREAK}%"


def signed_percent(ratio: Number | None) -> str:
    """Write a ratio as a change with its sign: +18 %, −4.5 %, 0 %."""
    if ratio is None:
        return NOT_AVAILABLE
    return ("+" if _shown(_decimal(ratio) * 100) > 0 else "") + percent(ratio)


def signed(value: Number | None) -> str:
    """Write a count as a change with its sign: +12, −3, 0."""
    if value is None:
        return NOT_AVAILABLE
    return ("+" if value > 0 else "") + compact(value)


def days(value: Number | None) -> str:
    """Write a duration given in days: 4 hours, 1 day, 3.4 days, 41 days."""
    if value is None:
        return NOT_AVAILABLE
    number = _decimal(value)
    hours = int((number * 24).quantize(Decimal(1), ROUND_HALF_UP))
    if abs(hours) < 24:
        return _counted(hours, "hour")
    rounded = number.quantize(Decimal("0.1") if abs(number) < 10 else Decimal(1), ROUND_HALF_UP)
    if rounded == rounded.to_integral_value():
        return _counted(int(rounded), "day")
    return f"{rounded}{NO_BREAK}days".replace("-", MINUS)


def age(then: datetime | None, *, now: datetime) -> str:
    """Say how long ago (or how far ahead) a moment is: just now, 4 min ago, 3 h ago, 2 days ago, in 5 min."""
    if then is None:
        return "never"
    distance = now - then
    if abs(distance) < MINUTE:
        return "just now"
    span = span_of(abs(distance))
    return f"{span} ago" if distance > timedelta() else f"in {span}"


def per_second(rate: float | None) -> str:
    """Write how fast something goes: 120/s, 3.4/s; nothing where that is not known."""
    if rate is None:
        return ""
    return f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s"


def span_of(length: timedelta) -> str:
    """Write a length of time in its one leading unit: 40 s, 4 min, 3 h, 2 days, 5 months, 2 years."""
    if length < MINUTE:
        return f"{int(length.total_seconds())}{NO_BREAK}s"
    if length < HOUR:
        return f"{length // MINUTE}{NO_BREAK}min"
    if length < 2 * DAY:
        return f"{length // HOUR}{NO_BREAK}h"
    if length < 60 * DAY:
        return _counted(length // DAY, "day")
    if length < 730 * DAY:
        return _counted(length // timedelta(days=30.4375), "month")
    return _counted(length // timedelta(days=365.25), "year")


def initials(name: str) -> str:
    """Return the one or two letters that stand for a person or an organization."""
    words = [word for word in name.replace("@", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def _decimal(value: Number) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _signed(number: Decimal, symbol: str) -> str:
    magnitude = _magnitude(abs(number))
    return (MINUS if number < 0 and magnitude != "0" else "") + symbol + magnitude


def _magnitude(number: Decimal) -> str:
    for threshold, unit, letter in SCALES:
        if number >= threshold:
            scaled = number / unit
            # 99.95 would round to "100.0"
            places = Decimal("0.1") if scaled < Decimal("99.95") else Decimal(1)
            return f"{scaled.quantize(places, ROUND_HALF_UP):,}{letter}"
    if number == number.to_integral_value() or number >= 100:
        return f"{number.quantize(Decimal(1), ROUND_HALF_UP):,}"
    return f"{number.quantize(Decimal('0.1'), ROUND_HALF_UP)}".removesuffix(".0")


def _shown(number: Decimal) -> Decimal:
    whole = number.quantize(Decimal(1), ROUND_HALF_UP)
    if abs(number) >= Decimal("9.95") or number == whole:
        return whole
    tenth = number.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return tenth if tenth != tenth.to_integral_value() else tenth.to_integral_value()


def _counted(count: int, unit: str) -> str:
    return f"{count}{NO_BREAK}{unit}{'' if abs(count) == 1 else 's'}".replace("-", MINUS)
