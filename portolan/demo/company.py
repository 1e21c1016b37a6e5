"""Larkspan, the demonstration company: who works there, what it sells, and how each product came to where it stands.

An invented firm that makes software for people who keep buildings running. Everything here is a table to be read;
`founding` writes it through the same domain functions as a person's clicks. Times are relative to the day on which the
company is founded (`as_of`), so that the demonstration is never out of date: stages in months ago, milestones in weeks.
"""

from dataclasses import dataclass

from portolan.accounts.models import Role
from portolan.portfolio.models import Horizon, PortfolioRole, Stage

NAME, SLUG = "Larkspan", "larkspan"
CURRENCY, TIME_ZONE, FISCAL_YEAR_START_MONTH = "EUR", "Europe/Lisbon", 1
AGE_MONTHS = 140
# Everybody's, printed by `make up`. The company exists in demo mode only, and its addresses lead nowhere.
PASSWORD = "chart-room-demo"  # noqa: S105


@dataclass(frozen=True)
class Person:
    key: str
    name: str
    role: Role
    does: str

    @property
    def email(self) -> str:
        return f"{self.key}@{SLUG}.example"


PEOPLE = (
    Person("margit", "Margit Olander", Role.OWNER, "founder and chief executive"),
    Person("noor", "Noor Haddad", Role.PORTFOLIO_MANAGER, "head of the product portfolio"),
    Person("tobias", "Tobias Renner", Role.PRODUCT_MANAGER, "Fieldhand, Rosterbell"),
    Person("lucia", "Lucia Ferrante", Role.PRODUCT_MANAGER, "Ledgerstone, Partsbay, Permitgate"),
    Person("kwame", "Kwame Asante", Role.PRODUCT_MANAGER, "Weathervane, Sensorloft, Meterlight"),
    Person("hana", "Hana Sugimoto", Role.PRODUCT_MANAGER, "Hallway, Groundwork, Clipboard Desktop"),
    Person("elif", "Elif Aydin", Role.EXECUTIVE, "chief financial officer"),
    Person("desmond", "Desmond Achterberg", Role.EXECUTIVE, "chief technology officer"),
    Person("ruben", "Ruben Lindqvist", Role.ADMIN, "keeps the accounts and connections"),
    Person("sana", "Sana Whitlock", Role.CONTRIBUTOR, "engineering lead"),
    Person("vera", "Vera Castellanos", Role.VIEWER, "customer success"),
)

# Line -> the line above it.
LINES: dict[str, str | None] = {
    "Operations": None,
    "Field work": "Operations",
    "Compliance": "Operations",
    "Finance and supply": None,
    "Occupants": None,
    "Insight": None,
    "Energy": "Insight",
    "Prediction": "Insight",
    "Platform": None,
}

TEAMS = (
    "Field", "Crew", "Books", "Supply", "Permits", "Residents", "Carbon", "Foresight", "Heritage", "Foundation",
)  # fmt: skip


@dataclass(frozen=True)
class Entered:
    """A product entered a stage: so many months ago, moved by a person, for a reason."""

    stage: Stage
    months_ago: float
    by: str
    why: str


@dataclass(frozen=True)
class Milestone:
    """Due in so many weeks (negative: in the past), and reached that many days after it was due (None: not yet)."""

    title: str
    due_in_weeks: int
    reached_days_late: int | None = None


@dataclass(frozen=True, kw_only=True)
class ProductSketch:
    name: str
    line: str
    team: str
    owner: str
    sponsor: str
    thesis: str
    life: tuple[Entered, ...]
    role: PortfolioRole | None = None
    horizon: Horizon | None = None
    tags: tuple[str, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    retires_in_months: float | None = None
    archived: Entered | None = None


FIELDHAND = ProductSketch(
    name="Fieldhand",
    line="Field work",
    team="Field",
    owner="tobias",
    sponsor="margit",
    role=PortfolioRole.STAR,
    horizon=Horizon.CORE,
    tags=("mobile", "growth engine"),
    thesis=(
        "Technicians decide with their thumbs. If a job can be opened, done, photographed and signed on a phone without a "
        "network, they pull the rest of our suite in behind them. Two in three new customers now start here. We keep moving "
        "engineers to it until a competitor's price, not our capacity, limits how fast it grows. We would slow down if "
        "fewer than half of new customers buy a second product within a year."
    ),
    life=(
        Entered(Stage.IDEA, 47, "noor", "Every lost deal of the year named the missing mobile app."),
        Entered(Stage.DISCOVERY, 45, "tobias", "Eleven ride-alongs booked with technicians of four customers."),
        Entered(Stage.BUILD, 41, "margit", "Nine of eleven technicians asked to keep the prototype."),
        Entered(Stage.LAUNCH, 33, "tobias", "Works a whole shift in a basement without a network."),
        Entered(Stage.GROWTH, 27, "noor", "Month-on-month active technicians up 9 % for two quarters running."),
    ),
    milestones=(
        Milestone("Offline jobs for every customer", -64, 4),
        Milestone("Signature and photo proof", -38, -3),
        Milestone("Spare parts from Partsbay inside a job", -11, 9),
        Milestone("Route planning, first hundred crews", 5),
        Milestone("Second platform: tablets for supervisors", 19),
    ),
)

LEDGERSTONE = ProductSketch(
    name="Ledgerstone",
    line="Finance and supply",
    team="Books",
    owner="lucia",
    sponsor="elif",
    role=PortfolioRole.CASH_COW,
    horizon=Horizon.CORE,
    tags=("on-premises", "pays the bills"),
    thesis=(
        "Maintenance accounting that finance departments trust and rarely love. It pays for everything else and its market "
        "no longer grows. We harvest: keep the auditors happy, fix what breaks at year-end, answer renewals in a day, and "
        "start nothing that does not pay back within twelve months. Every engineer who can be spared moves to Fieldhand. "
        "We would reconsider if renewals fell below 92 %."
    ),
    life=(
        Entered(Stage.BUILD, 138, "margit", "Our first customer asked for an invoice that matches the work order."),
        Entered(Stage.LAUNCH, 128, "margit", "Three utilities closed their books with it."),
        Entered(Stage.GROWTH, 117, "margit", "Sells without us being in the room."),
        Entered(Stage.MATURE, 49, "noor", "Growth below the market for a year; renewals at 97 %."),
    ),
    milestones=(
        Milestone("Year-end close without night shift", -46, 0),
        Milestone("E-invoicing for public customers", -20, 18),
        Milestone("Read-only archive for auditors", 9),
        Milestone("Renewal price review", 15),
    ),
)

ROSTERBELL = ProductSketch(
    name="Rosterbell",
    line="Field work",
    team="Crew",
    owner="tobias",
    sponsor="desmond",
    role=PortfolioRole.CASH_COW,
    horizon=Horizon.CORE,
    tags=("suite",),
    thesis=(
        "Shift planning is bought with Fieldhand and kept for years. It should stay boring: quick, correct on public "
        "holidays, and never the reason why a crew stands at a locked door. Steady investment, no new segments; its growth "
        "is Fieldhand's growth."
    ),
    life=(
        Entered(Stage.DISCOVERY, 92, "margit", "Customers plan shifts on paper next to our work orders."),
        Entered(Stage.BUILD, 88, "margit", "A planner rebuilt her week with it in twenty minutes."),
        Entered(Stage.LAUNCH, 78, "margit", "Holidays of nine countries are right."),
        Entered(Stage.GROWTH, 70, "margit", "Attached to every second sale."),
        Entered(Stage.MATURE, 22, "noor", "Four in five customers have it; the rest will not."),
    ),
    milestones=(
        Milestone("Swaps agreed among technicians", -29, 2),
        Milestone("Overtime rules by country", -6, 0),
        Milestone("Crew calendar in Fieldhand", 8),
    ),
)

PERMITGATE = ProductSketch(
    name="Permitgate",
    line="Compliance",
    team="Permits",
    owner="lucia",
    sponsor="noor",
    role=PortfolioRole.STAR,
    horizon=Horizon.EMERGING,
    tags=("regulated", "enterprise"),
    thesis=(
        "Hot work, height and confined space need a permit, and a paper permit is a fine waiting to happen. Regulation grows "
        "faster than any of our markets. Whoever holds the permits holds the contractors. We invest ahead of revenue until "
        "twenty enterprise sites run on it, and stop broadening if the third country takes longer than the second."
    ),
    life=(
        Entered(Stage.IDEA, 34, "lucia", "An insurer asked whether we could prove who had allowed what."),
        Entered(Stage.DISCOVERY, 31, "lucia", "Six safety officers showed us their binders."),
        Entered(Stage.BUILD, 26, "noor", "Two customers signed a letter of intent."),
        Entered(Stage.LAUNCH, 16, "lucia", "First inspection passed without a binder on the table."),
        Entered(Stage.GROWTH, 9, "noor", "Eight sites live, none lost, waiting list for the autumn."),
    ),
    milestones=(
        Milestone("Contractor passports", -17, 6),
        Milestone("Audit trail accepted by the insurer", -3, 1),
        Milestone("Third country: rules and wording", 11),
        Milestone("Twenty enterprise sites", 24),
    ),
)

PARTSBAY = ProductSketch(
    name="Partsbay",
    line="Finance and supply",
    team="Supply",
    owner="lucia",
    sponsor="elif",
    role=PortfolioRole.QUESTION_MARK,
    horizon=Horizon.EMERGING,
    tags=("suite", "marketplace"),
    thesis=(
        "A technician without the part drives twice. Partsbay knows what lies in which van and orders what is missing. The "
        "bet is the second step: suppliers pay us for being orderable. If fewer than thirty suppliers are connected by the "
        "end of next year, it remains a good inventory module and gets the budget of one."
    ),
    life=(
        Entered(Stage.DISCOVERY, 58, "lucia", "One visit in six ends without the part."),
        Entered(Stage.BUILD, 53, "margit", "Van stock counted by barcode in two pilots."),
        Entered(Stage.LAUNCH, 43, "lucia", "Pilots renewed before we asked."),
        Entered(Stage.GROWTH, 30, "noor", "Second product of choice for Fieldhand customers."),
    ),
    milestones=(
        Milestone("Van stock on the technician's phone", -25, 5),
        Milestone("Ten suppliers orderable", -8, 12),
        Milestone("Returns and warranty", 4),
        Milestone("Thirty suppliers orderable", 40),
    ),
)

HALLWAY = ProductSketch(
    name="Hallway",
    line="Occupants",
    team="Residents",
    owner="hana",
    sponsor="noor",
    role=PortfolioRole.QUESTION_MARK,
    horizon=Horizon.EMERGING,
    tags=("new buyer", "mobile"),
    thesis=(
        "People who sit in the building report what is broken, see when it is repaired and stop calling. It opens a second "
        "buyer, the landlord, who never bought from us. Cheap to run, viral in an office tower. We give it four quarters "
        "from launch to reach fifty buildings without a sales call."
    ),
    life=(
        Entered(Stage.IDEA, 19, "hana", "Half of all work orders begin with a phone call that nobody writes down."),
        Entered(Stage.DISCOVERY, 17, "hana", "Receptionists of five towers keep a diary for us."),
        Entered(Stage.BUILD, 13, "noor", "Landlords would pay by square metre."),
        Entered(Stage.LAUNCH, 3, "hana", "First three towers are open to everybody who works there."),
    ),
    milestones=(
        Milestone("Private pilot in one tower", -22, 8),
        Milestone("Public launch, three towers", -13, 3),
        Milestone("Sign-in with the landlord's directory", 3),
        Milestone("Fifty buildings", 36),
    ),
)

METERLIGHT = ProductSketch(
    name="Meterlight",
    line="Energy",
    team="Carbon",
    owner="kwame",
    sponsor="elif",
    role=PortfolioRole.QUESTION_MARK,
    horizon=Horizon.EMERGING,
    tags=("regulated", "data"),
    thesis=(
        "From next year our larger customers must report the energy of every building, and they hold the meters we already "
        "maintain. We sell the report that an auditor accepts, not another dashboard. Small team, one regulation, one "
        "country, then repeat. No second country before ten paying customers."
    ),
    life=(
        Entered(Stage.IDEA, 15, "noor", "Four customers forwarded us the same letter from their regulator."),
        Entered(Stage.DISCOVERY, 13, "kwame", "Two auditors read our sample report and sent it back with corrections."),
        Entered(Stage.BUILD, 10, "noor", "Ten customers will pay for a report that passes the audit."),
    ),
    milestones=(
        Milestone("Meter readings from three vendors", -15, 2),
        Milestone("Report accepted by an auditor", 2),
        Milestone("Ten paying customers", 21),
    ),
)

WEATHERVANE = ProductSketch(
    name="Weathervane",
    line="Prediction",
    team="Foresight",
    owner="kwame",
    sponsor="desmond",
    role=PortfolioRole.QUESTION_MARK,
    horizon=Horizon.EXPLORE,
    tags=("machine learning", "bet"),
    thesis=(
        "Predict the failure before the lift stops, and sell the avoided visit. We believed that two years of work orders "
        "would be enough to learn from; they say what was repaired and not what was about to break. The bet stands only if "
        "sensor data closes the gap: three hospitals must act on its warnings by spring, or the team goes to Meterlight."
    ),
    life=(
        Entered(Stage.IDEA, 26, "desmond", "Work orders of eleven years, and nobody has learnt from them yet."),
        Entered(Stage.DISCOVERY, 24, "kwame", "A model finds three in ten lift failures a week ahead."),
        Entered(Stage.BUILD, 20, "margit", "A hospital group offers its data and a pilot."),
    ),
    milestones=(
        Milestone("Model beats the service interval", -34, 46),
        Milestone("Pilot with three hospitals", -7),
        Milestone("Warning accepted as a work order", -2),
        Milestone("Decision: scale, merge into Meterlight, or stop", 13),
    ),
)

SENSORLOFT = ProductSketch(
    name="Sensorloft",
    line="Prediction",
    team="Foresight",
    owner="kwame",
    sponsor="desmond",
    horizon=Horizon.EXPLORE,
    tags=("hardware", "option"),
    thesis=(
        "An option on data: a gateway that fits in a fuse box and speaks to the sensors that buildings already have. Worth "
        "keeping alive with two people until we know whether Weathervane needs it. If it does not, we sell the drawings."
    ),
    life=(
        Entered(Stage.IDEA, 7, "desmond", "Weathervane starves for readings that the building already produces."),
        Entered(Stage.DISCOVERY, 4, "noor", "Two engineers for two quarters, no promise to anybody."),
    ),
    milestones=(Milestone("Gateway reads lifts of two makers", 7),),
)

CLIPBOARD_DESKTOP = ProductSketch(
    name="Clipboard Desktop",
    line="Field work",
    team="Heritage",
    owner="hana",
    sponsor="elif",
    role=PortfolioRole.DOG,
    horizon=Horizon.CORE,
    tags=("on-premises", "migrating"),
    thesis=(
        "Inspections on the office PC, as they were done fifteen years ago. Fieldhand does all of it. We keep it safe, move "
        "the last hundred customers by hand, and switch it off on the date we promised, not a quarter later."
    ),
    life=(
        Entered(Stage.BUILD, 136, "margit", "The second thing that our first customer asked for."),
        Entered(Stage.GROWTH, 120, "margit", "Sold with every Ledgerstone."),
        Entered(Stage.MATURE, 84, "margit", "Nobody new buys a desktop program."),
        Entered(Stage.SUSTAIN, 29, "noor", "Fieldhand covers nine in ten of its forms."),
        Entered(Stage.SUNSET, 8, "noor", "Fieldhand covers all of them; notice of thirteen months given to customers."),
    ),
    retires_in_months=5,
    milestones=(
        Milestone("Notice sent to every customer", -34, 0),
        Milestone("Importer from Clipboard to Fieldhand", -16, 10),
        Milestone("Half of the customers moved", -4, 6),
        Milestone("Last customer moved", 14),
        Milestone("Switched off", 21),
    ),
)

DISPATCH_ONE = ProductSketch(
    name="Dispatch One",
    line="Field work",
    team="Heritage",
    owner="tobias",
    sponsor="margit",
    role=PortfolioRole.DOG,
    tags=("radio",),
    thesis=(
        "The radio console that began the company. Its customers have moved to Rosterbell and Fieldhand; its code has moved "
        "to a shelf. Kept here so that its decisions can be read."
    ),
    life=(
        Entered(Stage.LAUNCH, 139, "margit", "The tool that the founders wrote for themselves."),
        Entered(Stage.MATURE, 96, "margit", "Every regional dispatcher who wants one has one."),
        Entered(Stage.SUNSET, 30, "noor", "Radio licences end in two countries."),
        Entered(Stage.RETIRED, 14, "noor", "The last console was switched off, a week early."),
    ),
    retires_in_months=-14,
    archived=Entered(Stage.RETIRED, 12, "noor", "Contracts closed and data handed back to the customers."),
    milestones=(Milestone("Last console switched off", -60, -7),),
)

GROUNDWORK = ProductSketch(
    name="Groundwork",
    line="Platform",
    team="Foundation",
    owner="hana",
    sponsor="desmond",
    horizon=Horizon.CORE,
    tags=("platform", "shared"),
    thesis=(
        "Sign-in, billing, documents and the public API, built once for eleven products. It earns nothing and makes "
        "everything else cheaper: its measure is the weeks a new product needs to its first invoice, eleven for Permitgate "
        "and five for Hallway. When a product builds its own, Groundwork has failed."
    ),
    life=(
        Entered(Stage.BUILD, 80, "desmond", "Three products had written three sign-ins."),
        Entered(Stage.GROWTH, 61, "desmond", "Five products stand on it."),
        Entered(Stage.SUSTAIN, 18, "noor", "All products stand on it; new wishes are weighed like anybody's."),
    ),
    milestones=(
        Milestone("One bill for all products", -27, 11),
        Milestone("Public API, version two", 6),
        Milestone("Data residency in a second region", 28),
    ),
)

PRODUCTS = (
    FIELDHAND,
    LEDGERSTONE,
    ROSTERBELL,
    PERMITGATE,
    PARTSBAY,
    HALLWAY,
    METERLIGHT,
    WEATHERVANE,
    SENSORLOFT,
    CLIPBOARD_DESKTOP,
    DISPATCH_ONE,
    GROUNDWORK,
)
