"""Adding products to the portfolio, and putting them away."""

from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from portolan.accounts.models import Membership
from portolan.portfolio.domain import lifecycle
from portolan.portfolio.models import Archival, Product, Stage

HUES = 12


@transaction.atomic
def add(
    product: Product, *, by: Membership | None, at: datetime, stage: Stage | str = Stage.IDEA, why: str = ""
) -> Product:
    """This function will save a new product with an address, a colour of its own and the first record of its stage.

    Raises ValidationError naming the fields that cannot be used.
    """
    product.slug = product.slug or free_slug(product.name)
    product.stage = Stage(stage)
    product.hue = Product.objects.count() % HUES
    product.full_clean()
    product.save(force_insert=True)
    lifecycle.enter(product, stage=stage, by=by, at=at, why=why)
    return product


def free_slug(name: str) -> str:
    """This function will return an address made of the name that no product of the organization uses."""
    stem = slugify(name)[:50] or "product"
    taken = set(Product.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)


@transaction.atomic
def archive(product: Product, *, by: Membership, at: datetime, why: str = "") -> Archival:
    """This function will put a product away, or return the record of having done so already."""
    archival, _ = Archival.objects.get_or_create(product=product, defaults={"by": by, "at": at, "why": why})
    return archival


@transaction.atomic
def restore(product: Product) -> None:
    """This function will take a product back out of the archive; a product that is not there stays as it is."""
    Archival.objects.filter(product=product).delete()
