"""Adding products to the portfolio, and putting them away."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from portolan.accounts.models import Membership
from portolan.portfolio.domain import lifecycle
from portolan.portfolio.models import HUES, Archival, Portfolio, Product, Stage


class PutAway(ValidationError):
    """An archived product was to be changed."""

    def __init__(self, product: Product) -> None:
        super().__init__(f"{product} is archived. Restore it before you change it.", code="archived")


@transaction.atomic
def add(
    product: Product, *, by: Membership | None, at: datetime, stage: Stage | str = Stage.IDEA, why: str = ""
) -> Product:
    """This function will save a new product with an address, a colour of its own and the first record of its stage.

    A product with a line belongs to the line's portfolio. Raises ValidationError naming the fields that cannot be used.
    """
    product.slug = product.slug or free_address(product.name, among=Product, otherwise="product")
    product.stage = stage
    product.hue = Product.objects.count() % HUES + 1
    if product.line is not None:
        product.portfolio = product.line.portfolio
    product.full_clean()
    product.save(force_insert=True)
    lifecycle.enter(product, stage=stage, by=by, at=at, why=why)
    return product


def free_address(name: str, *, among: type[Product] | type[Portfolio], otherwise: str) -> str:
    """This function will return an address made of the name that nothing of its kind uses in the organization.

    `otherwise` stands for a name that has no letter an address may carry (製品).
    """
    # `products/new/` is a page of its own.
    reserved = {"new"}
    stem = slugify(name).replace("_", "-")[:50].strip("-") or otherwise
    taken = reserved | set(among.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)


def refuse_if_put_away(product: Product) -> None:
    """This function will raise PutAway for an archived product: what is in the archive does not change."""
    if Archival.objects.filter(product=product, restored_at=None).exists():
        raise PutAway(product)


@transaction.atomic
def archive(product: Product, *, by: Membership | None, at: datetime, why: str = "") -> Archival:
    """This function will put a product away, or return the record of its lying in the archive already."""
    archival, _ = Archival.objects.get_or_create(
        product=product, restored_at=None, defaults={"by": by, "at": at, "why": why}
    )
    return archival


@transaction.atomic
def restore(product: Product, *, by: Membership | None, at: datetime, why: str = "") -> Archival | None:
    """This function will take a product back out of the archive, or return the newest record of having done so.

    A product that was never put away stays as it is, and there is no record to return.
    """
    # One conditional update: of two people who restore at once, the first one's name stays on the record.
    Archival.objects.filter(product=product, restored_at=None).update(restored_by=by, restored_at=at, restored_why=why)
    return Archival.objects.filter(product=product).order_by("-restored_at").first()
