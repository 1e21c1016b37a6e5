"""The addresses of the pages that read several rooms; the first is the home of an organization."""

from django.urls import path

from portolan.insights.views import numbers, overview

app_name = "insights"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("numbers/<slug:key>/", numbers.number, name="number"),
    path("products/<slug:slug>/numbers/<slug:key>/", numbers.product_number, name="product-number"),
]
