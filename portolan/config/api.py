"""The addresses of the API. Each room lists its resources in its own `api.py`; a new room is one more word in ROOMS."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny
from rest_framework.routers import SimpleRouter

from portolan.accounts import api as accounts
from portolan.config import problems
from portolan.insights import api as insights
from portolan.integrations import api as integrations
from portolan.portfolio import api as portfolio

ROOMS = (accounts, portfolio, integrations)

router = SimpleRouter(use_regex_path=False)
for room in ROOMS:
    for address, resource in room.RESOURCES.items():
        router.register(address, resource, basename=address)


@csrf_exempt
def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answers every address below /api/ that no resource has, so that a client reads a problem and not a page."""
    return problems.respond(404, problems.NOTHING_HERE)


app_name = "api"
urlpatterns = [
    path(
        "v1/openapi.json",
        SpectacularJSONAPIView.as_view(permission_classes=[AllowAny], authentication_classes=[]),
        name="schema",
    ),
    path("v1/docs/", TemplateView.as_view(template_name="api/docs.html"), name="docs"),
    path("v1/organization/", accounts.OrganizationResource.as_view(), name="organization"),
    path("v1/overview/", insights.OverviewResource.as_view(), name="overview"),
    path("v1/products/<uuid:product_id>/delivery/", insights.DeliveryResource.as_view(), name="product-delivery"),
    path("v1/", include(router.urls)),
    path("", nothing_here),
    path("<path:rest>", nothing_here),
]
