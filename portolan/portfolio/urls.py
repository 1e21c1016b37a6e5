from django.urls import path

from portolan.portfolio.views import facts, lines, milestones, product, products, teams

app_name = "portfolio"
urlpatterns = [
    path("products/", products.product_list, name="product-list"),
    path("products.csv", products.product_export, name="product-export"),
    path("products/new/", products.product_new, name="product-new"),
    path("products/<slug:slug>/", product.overview, name="product"),
    path("products/<slug:slug>/stage/", product.stage, name="stage"),
    path("products/<slug:slug>/archival/", product.archival, name="archival"),
    path("products/<slug:slug>/fields/<slug:fact>/", facts.fact, name="fact"),
    path("products/<slug:slug>/milestones/", milestones.milestone_list, name="milestone-list"),
    path("products/<slug:slug>/milestones/<uuid:pk>/", milestones.milestone, name="milestone"),
    path("products/<slug:slug>/milestones/<uuid:pk>/reached/", milestones.reached, name="milestone-reached"),
    path("portfolios/", lines.portfolio_list, name="portfolio-list"),
    path("portfolios/<uuid:pk>/", lines.portfolio, name="portfolio"),
    path("lines/", lines.line_list, name="line-list"),
    path("lines/<uuid:pk>/", lines.line, name="line"),
    path("teams/", teams.team_list, name="team-list"),
    path("teams/<uuid:pk>/", teams.team, name="team"),
]
