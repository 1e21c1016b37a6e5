"""How Larkspan's products have been built over three years, as tables: how much work, how fast, by whom, about what.

A `Curve` is a list of (months ago, value), read in straight lines between its points and flat beyond them. `history`
turns these tables into single days of single issues.
"""

from dataclasses import dataclass

type Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Seat:
    """Somebody's place in a team, from so many months ago until so many."""

    name: str
    since: float = 60
    until: float = -12


CREWS: dict[str, tuple[Seat, ...]] = {
    "Field": (
        Seat("Joana Brandt"), Seat("Mikkel Osei"), Seat("Amira Novak", 31), Seat("Pavel Okonkwo", 26),
        Seat("Ilse Marchetti", 22), Seat("Teo Lindgren", 14), Seat("Greta Almeida", 10), Seat("Bram Iyer", 10),
        Seat("Solveig Duarte", 5),
    ),
    "Crew": (Seat("Anouk Petrov"), Seat("Dario Nyberg"), Seat("Leila Strand", 60, 16), Seat("Jonas Farouk", 15)),
    # Greta and Bram moved to Field ten months ago; so did the money.
    "Books": (
        Seat("Henrik Sousa"), Seat("Marta Eide"), Seat("Greta Almeida", 60, 10), Seat("Bram Iyer", 60, 10),
        Seat("Olof Tanaka", 60, 19), Seat("Nadia Kowal", 60, 25),
    ),
    "Supply": (Seat("Ines Halloran"), Seat("Rafiq Jensen"), Seat("Nadia Kowal", 24), Seat("Milan Reyes", 12)),
    "Permits": (Seat("Caro Lemaire", 26), Seat("Anders Mbeki", 26), Seat("Olof Tanaka", 18), Seat("Yara Stein", 9)),
    "Residents": (Seat("Leila Strand", 15), Seat("Kofi Bergman", 13), Seat("Zofia Grant", 13), Seat("Luis Aalto", 6)),
    "Carbon": (Seat("Petra Vance", 11), Seat("Hugo Adeyemi", 10), Seat("Mina Lauritzen", 7)),
    "Foresight": (
        Seat("Viktor Saldanha", 24), Seat("Aiko Brennan", 21), Seat("Selma Dragan", 20), Seat("Idris Falk", 14),
        Seat("Nora Quist", 14, 3), Seat("Emil Castro", 8),
    ),
    "Heritage": (Seat("Gustav Amsel"), Seat("Rosa Ekberg"), Seat("Tariq Holm", 60, 14)),
    "Foundation": (
        Seat("Linnea Costa"), Seat("Matthis Obi"), Seat("Ewa Sandoval"), Seat("Jakub Hansen"), Seat("Tariq Holm", 14),
    ),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Delivery:
    product: str
    team: str
    project: str
    component: str | None = None
    """Set where several products share one Jira project, and each has a component of it."""
    is_scrum: bool = True
    began: float = 36
    ended: float | None = None
    pace: Curve
    """Pieces of work begun in an ordinary week."""
    cycle_days: Curve
    """Median from begin to end."""
    waiting_days: Curve
    """Median from being written down to being begun."""
    bugs: Curve
    """Share of the work that is a bug."""
    estimated: float = 0.8
    reopened: float = 0.03
    forgotten: float = 0.002
    """Begun, never finished."""
    epic_size: tuple[int, int] = (9, 18)
    parts: tuple[str, ...]
    """Components of the product."""
    ambitions: tuple[str, ...]
    """Initiatives, one for every half-year or so, oldest first."""
    areas: tuple[str, ...]
    """What epics are about."""
    things: tuple[str, ...]
    """What stories are about."""


STEADY: Curve = ((36, 38), (0, 38))

DELIVERIES = (
    # The rising star: four times the work of three years ago, as fast as ever.
    Delivery(
        product="Fieldhand",
        team="Field",
        project="FIELD",
        pace=((36, 2.2), (27, 3.6), (18, 5.2), (10, 7.0), (0, 10.0)),
        cycle_days=((36, 7.0), (24, 5.5), (0, 4.5)),
        waiting_days=((36, 30), (0, 34)),
        bugs=((36, 0.24), (24, 0.18), (0, 0.15)),
        estimated=0.9,
        parts=("Phone", "Offline", "Reports", "Routes"),
        ambitions=(
            "Work without a network", "Proof of work done", "Crews, not lone technicians", "The van as a warehouse",
            "Routes that hold", "Supervisors on tablets", "Open to contractors",
        ),
        areas=(
            "Offline jobs", "Signatures", "Job photos", "Checklists", "Route of the day", "Crew hand-over",
            "Parts on the job", "Safety stop", "Voice notes", "Supervisor's day", "Arrival times", "Job templates",
        ),
        things=(
            "job sheets", "photos", "signatures", "travel times", "checklists", "crew changes", "parts used",
            "safety questions", "customer remarks", "job durations", "site plans", "unsent changes",
        ),
    ),
    # The declining cow: its people and its work move to the star; what remains gets slower.
    Delivery(
        product="Ledgerstone",
        team="Books",
        project="LEDG",
        is_scrum=False,
        pace=((36, 11.0), (26, 9.2), (18, 7.0), (10, 5.0), (0, 3.1)),
        cycle_days=((36, 5.0), (12, 6.5), (0, 7.5)),
        waiting_days=((36, 28), (0, 45)),
        bugs=((36, 0.26), (0, 0.36)),
        estimated=0.55,
        parts=("Ledger", "Invoices", "Close", "Archive"),
        ambitions=(
            "Close in five days", "Every invoice electronic", "Auditors help themselves", "Leaner upgrades",
            "Year-end without night shift", "Keep it safe", "Keep it safe",
        ),
        areas=(
            "Year-end close", "E-invoices", "Payment runs", "Cost centres", "Audit trail", "Dunning letters",
            "Bank statements", "Tax tables", "Budget lines", "Posting rules", "Archive",
        ),
        things=(
            "posting lines", "invoices", "tax codes", "cost centres", "payment files", "opening balances", "credit notes",
            "bank statements", "closing entries", "audit exports", "reminders",
        ),
    ),
    Delivery(
        product="Rosterbell",
        team="Crew",
        project="ROST",
        pace=((36, 4.8), (0, 4.8)),
        cycle_days=((36, 5.0), (0, 5.0)),
        waiting_days=STEADY,
        bugs=((36, 0.2), (0, 0.2)),
        estimated=0.85,
        parts=("Planner", "Swaps", "Rules"),
        ambitions=(
            "Plan a month in an hour", "Rules of nine countries", "Swaps without the planner", "Overtime under control",
            "Crews see it in Fieldhand", "Planning for contractors", "Fewer gaps",
        ),
        areas=(
            "Month view", "Public holidays", "Shift swaps", "Overtime rules", "On-call rota", "Absences", "Rest periods",
            "Crew calendar", "Shift templates", "Gaps and cover",
        ),
        things=(
            "shifts", "absences", "public holidays", "rest periods", "swaps", "overtime hours", "on-call weeks",
            "crew names", "shift patterns", "coverage gaps",
        ),
    ),
    Delivery(
        product="Permitgate",
        team="Permits",
        project="PERM",
        began=26,
        pace=((26, 2.4), (16, 3.8), (0, 6.0)),
        cycle_days=((26, 6.0), (0, 5.0)),
        waiting_days=((26, 18), (0, 36)),
        bugs=((26, 0.12), (0, 0.18)),
        estimated=0.85,
        parts=("Permits", "Contractors", "Evidence"),
        ambitions=(
            "One permit end to end", "Contractors at the gate", "Evidence that convinces insurers", "A third country",
            "Twenty enterprise sites",
        ),
        areas=(
            "Hot work", "Confined spaces", "Contractor passports", "Approval chain", "Audit evidence", "Site induction",
            "Work at height", "Isolation points", "Country rules", "Permit board",
        ),
        things=(
            "permits", "approvals", "contractor passports", "isolation points", "gas readings", "inductions",
            "risk assessments", "expiry dates", "evidence files", "site rules",
        ),
    ),
    Delivery(
        product="Partsbay",
        team="Supply",
        project="PARTS",
        pace=((36, 3.6), (20, 4.4), (0, 5.0)),
        cycle_days=((36, 5.5), (0, 5.5)),
        waiting_days=((36, 28), (0, 40)),
        bugs=((36, 0.2), (0, 0.22)),
        parts=("Stock", "Orders", "Suppliers"),
        ambitions=(
            "Know what lies in every van", "Order before it is missing", "First suppliers connected", "Returns that pay",
            "Ten suppliers orderable", "Thirty suppliers orderable", "A catalogue of our own",
        ),
        areas=(
            "Van stock", "Barcode counts", "Reorder points", "Supplier catalogue", "Purchase orders", "Returns",
            "Warranty claims", "Price lists", "Goods receipt", "Substitutes",
        ),
        things=(
            "stock levels", "purchase orders", "price lists", "barcodes", "reorder points", "returns", "delivery notes",
            "part numbers", "suppliers", "substitutes", "warranty dates",
        ),
    ),
    Delivery(
        product="Hallway",
        team="Residents",
        project="HALL",
        began=13,
        pace=((13, 3.0), (6, 5.5), (0, 6.8)),
        cycle_days=((13, 4.5), (0, 4.0)),
        waiting_days=((13, 12), (0, 26)),
        bugs=((13, 0.1), (4, 0.18), (0, 0.26)),
        estimated=0.9,
        parts=("Requests", "Tower", "Sign-in"),
        ambitions=("Report what is broken", "Open the first towers", "Fifty buildings without a call"),
        areas=(
            "Request in thirty seconds", "Status without calling", "Landlord's view", "Visitor sign-in", "Tower map",
            "Announcements", "Directory sign-in", "Room booking",
        ),
        things=(
            "requests", "photos of damage", "status messages", "floor plans", "visitors", "announcements", "ratings",
            "room names", "landlord reports", "push messages",
        ),
    ),
    Delivery(
        product="Meterlight",
        team="Carbon",
        project="METER",
        began=10.5,
        pace=((10.5, 2.0), (4, 4.2), (0, 5.0)),
        cycle_days=((10.5, 5.5), (0, 5.0)),
        waiting_days=((10.5, 14), (0, 30)),
        bugs=((10.5, 0.06), (0, 0.12)),
        parts=("Readings", "Report"),
        ambitions=("A report that an auditor accepts", "Ten paying customers"),
        areas=("Meter readings", "Estimates for gaps", "Audit report", "Emission factors", "Building register", "Tariffs"),
        things=(
            "meter readings", "gaps in readings", "emission factors", "building areas", "reporting periods", "tariffs",
            "auditor remarks", "meter serial numbers",
        ),
    ),
    # The failing bet: more is begun every month, each piece takes longer, a growing part is repair, the list only grows.
    Delivery(
        product="Weathervane",
        team="Foresight",
        project="SIGHT",
        component="Weathervane",
        began=20,
        pace=((20, 3.0), (12, 5.0), (6, 5.6), (0, 6.4)),
        cycle_days=((20, 6.0), (12, 11.0), (6, 22.0), (0, 46.0)),
        waiting_days=((20, 14), (10, 34), (0, 80)),
        bugs=((20, 0.1), (10, 0.26), (4, 0.4), (0, 0.52)),
        estimated=0.45,
        reopened=0.12,
        forgotten=0.05,
        epic_size=(26, 44),
        parts=("Model", "Warnings", "Ingest"),
        ambitions=("Predict lifts", "A pilot with three hospitals", "Warnings that people act on", "One model for all"),
        areas=(
            "Lift failure model", "Warnings as work orders", "Sensor ingest", "Explain the warning", "Hospital pilot",
            "False alarms", "Boiler model", "Training data",
        ),
        things=(
            "sensor readings", "warnings", "false alarms", "training runs", "lift models", "feature tables", "pilot sites",
            "thresholds", "vibration data", "confidence bands",
        ),
    ),
    Delivery(
        product="Sensorloft",
        team="Foresight",
        project="SIGHT",
        component="Sensorloft",
        began=4,
        pace=((4, 1.2), (0, 1.8)),
        cycle_days=((4, 6.0), (0, 6.0)),
        waiting_days=((4, 8), (0, 12)),
        bugs=((4, 0.05), (0, 0.08)),
        estimated=0.3,
        parts=("Gateway",),
        ambitions=("A gateway in a fuse box",),
        areas=("Gateway board", "Lift bus", "First readings", "Enclosure"),
        things=("bus messages", "gateway firmware", "enclosures", "power budgets", "first readings", "pairing"),
    ),
    Delivery(
        product="Clipboard Desktop",
        team="Heritage",
        project="CLIP",
        is_scrum=False,
        pace=((36, 4.6), (28, 3.6), (12, 2.4), (0, 1.0)),
        cycle_days=((36, 6.0), (0, 6.0)),
        waiting_days=((36, 25), (0, 18)),
        bugs=((36, 0.34), (0, 0.42)),
        estimated=0.3,
        parts=("Forms", "Printing", "Export"),
        ambitions=(
            "One more Windows", "Forms that match Fieldhand", "Safe to run until the end", "Move everybody",
            "Move everybody", "Switch it off", "Switch it off",
        ),
        areas=("Inspection forms", "Printing", "Importer to Fieldhand", "Licences", "Security updates", "Data export"),
        things=("forms", "printouts", "licence keys", "exports", "old databases", "field labels", "installers"),
    ),
    Delivery(
        product="Dispatch One",
        team="Heritage",
        project="DISP",
        is_scrum=False,
        ended=14,
        pace=((36, 3.2), (30, 2.0), (20, 1.1), (14, 0.3)),
        cycle_days=((36, 6.0), (14, 5.0)),
        waiting_days=((36, 15), (14, 8)),
        bugs=((36, 0.4), (14, 0.3)),
        estimated=0.2,
        parts=("Console", "Radio"),
        ambitions=("Quiet operation", "Hand back the data", "Switch off the last console"),
        areas=("Radio console", "Call log", "Licence end", "Data hand-back"),
        things=("radio calls", "call logs", "consoles", "licences", "hand-back files"),
    ),
    Delivery(
        product="Groundwork",
        team="Foundation",
        project="GRND",
        is_scrum=False,
        pace=((36, 6.4), (18, 6.0), (0, 5.8)),
        cycle_days=((36, 4.5), (0, 4.0)),
        waiting_days=STEADY,
        bugs=((36, 0.14), (0, 0.12)),
        estimated=0.6,
        parts=("Sign-in", "Billing", "API", "Documents"),
        ambitions=(
            "One sign-in", "Two products on one bill", "One bill for all", "Documents once", "API version two",
            "A second region", "Cheaper to run",
        ),
        areas=(
            "Single sign-on", "Invoices", "Public API", "Document store", "Tenant moves", "Rate limits", "Usage metering",
            "Search", "Mail delivery", "Backups", "Observability",
        ),
        things=(
            "sessions", "access tokens", "invoices", "webhooks", "documents", "rate limits", "usage records", "mail bounces",
            "search indexes", "backups", "audit events",
        ),
    ),
)  # fmt: skip

PROJECT_NAMES = {
    "FIELD": "Fieldhand",
    "LEDG": "Ledgerstone",
    "ROST": "Rosterbell",
    "PERM": "Permitgate",
    "PARTS": "Partsbay",
    "HALL": "Hallway",
    "METER": "Meterlight",
    "SIGHT": "Foresight",
    "CLIP": "Clipboard Desktop",
    "DISP": "Dispatch One",
    "GRND": "Groundwork",
}

# How an epic comes back to an area that has been worked on before.
RETURNS = (
    "{}", "{}: second release", "{}: for large customers", "{}: faster", "{}: in three more languages",
    "{}: what customers asked for", "{}: less clicking", "{}: ready for the suite",
)  # fmt: skip
STORY_VERBS = (
    "Show", "Filter", "Export", "Remember", "Warn about", "Explain", "Print", "Share", "Archive", "Sort", "Import",
    "Compare", "Search in", "Edit many", "Undo changes to", "Confirm",
)  # fmt: skip
STORY_TAILS = (
    "", "", "", "on small screens", "for large sites", "in the weekly summary", "by site", "for supervisors", "per month",
    "with one hand", "for read-only guests",
)  # fmt: skip
BUGS = (
    "{} are empty after midnight", "{} show twice", "{} lose the last line", "{} ignore the time zone",
    "{} cannot be saved", "{} are slow with 5,000 rows", "{} jump to the top", "{} of archived sites still appear",
    "{} print in the wrong order", "{} forget the filter",
)  # fmt: skip
CHORES = (
    "Measure how often {} are used", "Write the runbook for {}", "Remove the old code for {}", "Move {} to the new store",
    "Test {} with a year of data", "Upgrade the library behind {}", "Document {} for support",
)  # fmt: skip
STEPS = ("Design", "Build", "Test on site", "Write the help page", "Translate", "Review with support")
LABELS = ("customer-request", "security", "quick-win", "accessibility", "tech-debt")
