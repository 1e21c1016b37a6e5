"""Portfolios, and the tree of product lines inside them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from portolan.portfolio.domain import catalogue
from portolan.portfolio.models import Portfolio, Product, ProductLine

SEPARATOR = " › "


class Circle(ValidationError):
    """A line was to be moved below itself."""

    def __init__(self, path: Iterable[ProductLine]) -> None:
        names = [line.name for line in path]
        super().__init__(
            {"parent": ValidationError(f"{names[0]} cannot move below itself: {SEPARATOR.join(names)}.", code="circle")}
        )


@dataclass(frozen=True)
class Branch:
    """A line in its place: how deep, under which names, and how many unarchived products in it and below it."""

    line: ProductLine
    path: str
    depth: int
    products: int
    children: list["Branch"] = field(default_factory=list)

    @property
    def products_below(self) -> int:
        return self.products + sum(child.products_below for child in self.children)

    def walk(self) -> Iterator["Branch"]:
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class Tree:
    """A portfolio with its lines, and its products that stand in no line."""

    portfolio: Portfolio
    branches: list[Branch]
    products_without_line: int

    @property
    def products(self) -> int:
        return self.products_without_line + sum(branch.products_below for branch in self.branches)

    def walk(self) -> Iterator[Branch]:
        for branch in self.branches:
            yield from branch.walk()


def forest() -> list[Tree]:
    """This function will read every portfolio with its tree of lines and its numbers of products, in three queries."""
    portfolios, lines = list(Portfolio.objects.all()), list(ProductLine.objects.all())
    places = Product.objects.unarchived().order_by().values_list("portfolio_id", "line_id")
    counted = Counter[tuple[UUID, UUID | None]](places)
    in_line = Counter[UUID | None]()
    for (_, line_id), products in counted.items():
        in_line[line_id] += products
    return [
        Tree(portfolio, list(_branches(lines, in_line, portfolio)), counted[portfolio.id, None])
        for portfolio in portfolios
    ]


def _branches(lines: list[ProductLine], in_line: Counter[UUID | None], portfolio: Portfolio) -> Iterator[Branch]:
    below = defaultdict(list)
    for line in lines:
        if line.portfolio_id == portfolio.id:
            line.portfolio = portfolio
            below[line.parent_id].append(line)

    def grow(parent: UUID | None, path: str, depth: int) -> Iterator[Branch]:
        for line in below[parent]:
            own_path = f"{path}{SEPARATOR}{line.name}" if path else line.name
            yield Branch(line, own_path, depth, in_line[line.id], list(grow(line.id, own_path, depth + 1)))

    return grow(None, "", 0)


def paths() -> dict[UUID, str]:
    """This function will return the full path of every line (Instruments › Compasses), in the order of the tree."""
    lines = list(ProductLine.objects.select_related("portfolio"))
    portfolios = sorted({line.portfolio for line in lines}, key=lambda portfolio: portfolio.name)
    return {
        branch.line.id: branch.path
        for portfolio in portfolios
        for top in _branches(lines, Counter(), portfolio)
        for branch in top.walk()
    }


def places() -> list[tuple[str, str]]:
    """This function will return everything that a line may hang under, as (key, path), in the order of the tree."""
    return [
        pair
        for tree in forest()
        for pair in (
            (f"portfolio:{tree.portfolio.id}", tree.portfolio.name),
            *((f"line:{b.line.id}", f"{tree.portfolio.name}{SEPARATOR}{b.path}") for b in tree.walk()),
        )
    ]


def place(line: ProductLine) -> str:
    """This function will return the key, as `places` writes it, of what a line hangs under."""
    return f"line:{line.parent_id}" if line.parent_id else f"portfolio:{line.portfolio_id}"


def family(line: ProductLine) -> set[UUID]:
    """This function will return the ids of a line and of every line below it."""
    parents = dict(ProductLine.objects.order_by().values_list("id", "parent_id"))
    found, front = set[UUID](), {line.id}
    while front:
        found |= front
        front = {child for child, parent in parents.items() if parent in front} - found
    return found


@transaction.atomic
def add_portfolio(*, name: str) -> Portfolio:
    """This function will save a new portfolio. Raises ValidationError when the name cannot be used."""
    portfolio = Portfolio(name=name, slug=catalogue.free_address(name, among=Portfolio, otherwise="portfolio"))
    portfolio.full_clean()
    portfolio.save(force_insert=True)
    return portfolio


@transaction.atomic
def rename_portfolio(portfolio: Portfolio, *, to: str) -> Portfolio:
    """This function will give a portfolio another name; its address stays. Raises ValidationError when it cannot."""
    portfolio.name = to
    portfolio.full_clean()
    portfolio.save(update_fields=["name"])
    return portfolio


@transaction.atomic
def remove_portfolio(portfolio: Portfolio) -> None:
    """This function will delete an empty portfolio.

    Raises ValidationError while it has products (archived ones too) or lines, and for the only portfolio there is.
    """
    # Locked, so that two people who each delete one of the last two portfolios do not leave none.
    portfolios = list(Portfolio.objects.select_for_update().order_by("id"))
    products, branches = Product.objects.filter(portfolio=portfolio).count(), portfolio.lines.count()
    if products or branches:
        raise ValidationError(
            f"{portfolio} still has {_counted(products, 'product')} and {_counted(branches, 'line')}. Move them first."
        )
    if [p.id for p in portfolios] == [portfolio.id]:
        raise ValidationError("This is the only portfolio: products need one. Rename it instead.")
    Portfolio.objects.filter(pk=portfolio.pk).delete()


@transaction.atomic
def add(*, name: str, portfolio: Portfolio, parent: ProductLine | None = None) -> ProductLine:
    """This function will save a new line below its parent, or at the top. Raises ValidationError naming what cannot be used."""
    line = ProductLine(name=name, portfolio=parent.portfolio if parent else portfolio, parent=parent)
    line.full_clean()
    line.save(force_insert=True)
    return line


@transaction.atomic
def rename(line: ProductLine, *, to: str) -> ProductLine:
    """This function will give a line another name. Raises ValidationError when a sibling has it."""
    line.name = to
    line.full_clean()
    line.save(update_fields=["name"])
    return line


@transaction.atomic
def move(line: ProductLine, *, portfolio: Portfolio, parent: ProductLine | None = None) -> ProductLine:
    """This function will hang a line, with everything below it, under another line or at the top of a portfolio.

    In another portfolio the lines and products of the whole branch go along. Raises Circle with the path when the new
    parent is the line itself or below it, and ValidationError when a sibling there has its name.
    """
    # Every line locked: two moves at once could close a circle that neither of them sees.
    by_id = {one.id: one for one in ProductLine.objects.select_for_update().order_by("id")}
    path, above = list[ProductLine](), parent
    while above is not None:
        path.insert(0, above)
        if above.id == line.id:
            raise Circle(path)
        above = by_id.get(above.parent_id) if above.parent_id else None
    line.portfolio, line.parent = parent.portfolio if parent else portfolio, parent
    line.full_clean()
    branch = family(line)
    ProductLine.objects.filter(id__in=branch).update(portfolio=line.portfolio)
    Product.objects.filter(line__in=branch).update(portfolio=line.portfolio)
    line.save(update_fields=["portfolio", "parent"])
    return line


@transaction.atomic
def remove(line: ProductLine) -> None:
    """This function will delete a line; its products and its lines move one level up.

    Raises ValidationError when one of its lines has the name of a line that is there already.
    """
    for child in line.children.select_for_update().order_by("id"):
        move(child, portfolio=line.portfolio, parent=line.parent)
    Product.objects.filter(line=line).update(line=line.parent)
    ProductLine.objects.filter(pk=line.pk).delete()


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count or 'no'} {noun}s"
