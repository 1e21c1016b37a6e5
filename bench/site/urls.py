"""The real map of the site, and one page more."""

from django.urls import path

from bench.site import pages
from portolan.config import urls

handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
urlpatterns = [path("one-query-one-template", pages.minimal), *urls.urlpatterns]
