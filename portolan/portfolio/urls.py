from django.urls import path

from portolan.portfolio import views

app_name = "portfolio"
urlpatterns = [
    path("products/", views.product_list, name="product-list"),
    path("products/<slug:slug>/", views.product, name="product"),
]
