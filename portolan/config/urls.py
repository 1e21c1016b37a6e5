"""The map of the site. Everything under `<organization_slug>/` belongs to one organization."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def healthz(request: HttpRequest) -> HttpResponse:
    """Answers supervisors and load balancers without touching anything."""
    return HttpResponse("ok", content_type="text/plain")


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("portolan.accounts.urls")),
    path("<slug:organization_slug>/", include("portolan.portfolio.urls")),
]
