"""The product list and one product's page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from portolan.portfolio.models import Product


def product_list(request: HttpRequest) -> HttpResponse:
    products = Product.objects.unarchived().select_related("line", "owner__user", "team")
    return render(request, "portfolio/product_list.html", {"products": products})


def product(request: HttpRequest, slug: str) -> HttpResponse:
    shown = get_object_or_404(Product.objects.select_related("line", "owner__user", "sponsor__user", "team"), slug=slug)
    return render(request, "portfolio/product.html", {"product": shown})
