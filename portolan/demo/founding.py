"""Founding the demonstration company: the tables of `company`, written as its people would have written them."""

from datetime import UTC, date, datetime, time, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from portolan.accounts.domain import organizations
from portolan.accounts.models import Membership, Organization, Role, User
from portolan.demo import company
from portolan.demo.company import Entered, ProductSketch
from portolan.portfolio.domain import catalogue, lifecycle, lines, milestones, teams
from portolan.portfolio.models import Portfolio, Product, ProductLine, Team
from portolan.tenancy.scope import organization_scope, person_scope

DAYS_A_MONTH = 30.4375


def find() -> Organization | None:
    """This function will return the demonstration company, or None where it has not been founded."""
    return Organization.objects.filter(slug=company.SLUG).first()


@transaction.atomic
def found(*, as_of: date) -> Organization:
    """This function will found the company as if it had grown up to the day `as_of`, or return it when it exists."""
    if existing := find():
        return existing
    users = _users()
    owner = next(person for person in company.PEOPLE if person.role is Role.OWNER)
    founder = organizations.found(
        name=company.NAME,
        slug=company.SLUG,
        by=users[owner.key],
        at=months_before(as_of, company.AGE_MONTHS),
        currency=company.CURRENCY,
        time_zone=company.TIME_ZONE,
        fiscal_year_start_month=company.FISCAL_YEAR_START_MONTH,
    )
    with organization_scope(founder.organization_id):
        members = {owner.key: founder}
        for person in company.PEOPLE:
            if person is not owner:
                members[person.key] = Membership.objects.create(user=users[person.key], role=person.role)
        _Shelves(members=members, as_of=as_of).fill()
    return founder.organization


@transaction.atomic
def dissolve() -> None:
    """This function will delete the company with everything in it, and those of its people who belong nowhere else."""
    Organization.objects.filter(slug=company.SLUG).delete()
    for user in User.objects.filter(email__in=[person.email for person in company.PEOPLE]):
        # Only inside a person's own scope can the other organizations be seen that somebody may have joined since.
        with person_scope(user.pk):
            is_elsewhere = Membership.across_organizations.filter(user=user).exists()
        if not is_elsewhere:
            user.delete()


def months_before(as_of: date, months: float) -> datetime:
    """This function will return ten in the morning (UTC) of a working day about so many months before `as_of`."""
    day = as_of - timedelta(days=round(months * DAYS_A_MONTH))
    day -= timedelta(days=max(0, day.weekday() - 4))
    return datetime.combine(day, time(10), UTC)


def _users() -> dict[str, User]:
    # One hash for all: hashing slowly protects secrets, and this password is printed by `make up`.
    password = make_password(company.PASSWORD)
    users: dict[str, User] = {}
    for person in company.PEOPLE:
        user = User.objects.filter(email=person.email).first()
        if user is None:
            user = User.objects.create_user(person.email, name=person.name)
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        users[person.key] = user
    User.objects.filter(pk__in=[user.pk for user in users.values()]).update(password=password)
    return users


class _Shelves:
    """Writes teams, lines and products into the company whose scope is open."""

    def __init__(self, *, members: dict[str, Membership], as_of: date) -> None:
        self.members, self.as_of = members, as_of
        self.portfolio = Portfolio.objects.earliest("id")
        self.teams: dict[str, Team] = {}
        self.lines: dict[str, ProductLine] = {}

    def fill(self) -> None:
        for name in company.TEAMS:
            self.teams[name] = teams.add(name=name)
        for name, above in company.LINES.items():
            parent = self.lines[above] if above else None
            self.lines[name] = lines.add(name=name, portfolio=self.portfolio, parent=parent)
        for sketch in company.PRODUCTS:
            self.add(sketch)

    def add(self, sketch: ProductSketch) -> None:
        first, *later = sketch.life
        product = Product(
            portfolio=self.portfolio,
            line=self.lines[sketch.line],
            name=sketch.name,
            role=sketch.role or "",
            horizon=sketch.horizon,
            thesis=sketch.thesis,
            owner=self.members[sketch.owner],
            sponsor=self.members[sketch.sponsor],
            team=self.teams[sketch.team],
            starts_on=self.at(first).date(),
            retires_on=self.retirement(sketch),
            tags=list(sketch.tags),
        )
        catalogue.add(product, by=self.members[first.by], at=self.at(first), stage=first.stage, why=first.why)
        for entered in later:
            by = self.members[entered.by]
            lifecycle.enter(product, stage=entered.stage, by=by, at=self.at(entered), why=entered.why)
        for planned in sketch.milestones:
            due_on = self.monday() + timedelta(weeks=planned.due_in_weeks, days=3)
            milestone = milestones.add(product, title=planned.title, due_on=due_on)
            if planned.reached_days_late is not None:
                reached_on = due_on + timedelta(days=planned.reached_days_late)
                milestones.reach(milestone, on=reached_on, today=self.as_of)
        if away := sketch.archived:
            catalogue.archive(product, by=self.members[away.by], at=self.at(away), why=away.why)

    def at(self, entered: Entered) -> datetime:
        return months_before(self.as_of, entered.months_ago)

    def retirement(self, sketch: ProductSketch) -> date | None:
        months = sketch.retires_in_months
        return None if months is None else months_before(self.as_of, -months).date()

    def monday(self) -> date:
        return self.as_of - timedelta(days=self.as_of.weekday())
