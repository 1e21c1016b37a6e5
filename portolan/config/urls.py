"""The map of the site. Everything under `<organization_slug>/` belongs to one organization."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def healthz(request: HttpRequest) -> HttpResponse:
    """Answers supervisors and load balancers without touching anything."""
    return HttpResponse("ok", content_type="text/plain")


handler400 = "portolan.config.problems.bad_request"
handler403 = "portolan.config.problems.permission_denied"
handler404 = "portolan.config.problems.not_found"
handler500 = "portolan.config.problems.server_error"

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("api/", include("portolan.config.api")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("portolan.accounts.urls")),
    path("<slug:organization_slug>/", include("portolan.portfolio.urls")),
    path("<slug:organization_slug>/", include("portolan.insights.urls")),
    path("<slug:organization_slug>/", include("portolan.integrations.urls")),
]
