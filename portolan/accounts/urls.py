"""The addresses of the house's own doors, and below an organization those of its people."""

from django.urls import include, path

from portolan.accounts.views import joining, landing, organization, people, tokens

app_name = "accounts"

inside = [
    path("welcome/", landing.welcome, name="welcome"),
    path("settings/", organization.settings, name="settings"),
    path("people/", people.member_list, name="member-list"),
    path("people/<uuid:member_id>/", people.member, name="member"),
    path("people/<uuid:member_id>/role/", people.role, name="member-role"),
    path("invitations/", people.invitation_list, name="invitation-list"),
    path("invitations/<uuid:invitation_id>/", people.invitation_withdrawal, name="invitation-withdrawal"),
    path("invitations/<uuid:invitation_id>/link/", people.invitation_link, name="invitation-link"),
    path("join/<str:key>/", joining.invitation, name="invitation"),
    path("tokens/", tokens.token_list, name="token-list"),
    path("tokens/<uuid:token_id>/", tokens.token, name="token"),
]
urlpatterns = [
    path("", landing.home, name="home"),
    path("organizations/", landing.founding, name="founding"),
    path("<slug:organization_slug>/", include(inside)),
]
