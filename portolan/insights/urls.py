"""The addresses of the pages that read several rooms; the first is the home of an organization."""

from django.urls import path

from portolan.insights.views import delivery, numbers, overview

app_name = "insights"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("numbers/<slug:key>/", numbers.number, name="number"),
    path("products/<slug:slug>/numbers/<slug:key>/", numbers.product_number, name="product-number"),
    path("products/<slug:slug>/delivery/", delivery.delivery, name="product-delivery"),
    path("products/<slug:slug>/delivery/finished/", delivery.finished, name="product-finished"),
    path("products/<slug:slug>/delivery/items/<uuid:work_item_id>/", delivery.items, name="work-item"),
    path("products/<slug:slug>/delivery/items/<uuid:work_item_id>/forecast/", delivery.forecast, name="forecast"),
]
