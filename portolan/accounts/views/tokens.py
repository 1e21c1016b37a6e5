"""Keys to the API: made here, shown once, revoked here."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from portolan.accounts import permissions
from portolan.accounts.domain import api_tokens
from portolan.accounts.forms import ApiTokenForm
from portolan.accounts.models import ApiToken
from portolan.ui import htmx, tables

COLUMNS = [
    tables.Column(key="name", label="Token", is_sortable=False),
    tables.Column(key="member", label="Acts as", is_sortable=False),
    tables.Column(key="used", label="Last used", is_sortable=False),
    tables.Column(key="actions", label="", is_sortable=False),
]


@require_http_methods(["GET", "HEAD", "POST"])
def token_list(request: HttpRequest) -> HttpResponse:
    """Lists the living tokens, and makes one, whose full text is in this one answer and nowhere else."""
    permissions.require(request.member, "tokens.create")
    if request.method != "POST":
        return _tokens(request)
    form = ApiTokenForm(request.POST)
    if not form.is_valid():
        return _tokens(request, form=form, status=422)
    token, text = api_tokens.issue(member=request.member, name=form.cleaned_data["name"], at=timezone.now())
    response = _tokens(request, fresh=token, text=text)
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["DELETE"])
def token(request: HttpRequest, token_id: object) -> HttpResponse:
    permissions.require(request.member, "tokens.create")
    ended = api_tokens.revoke(get_object_or_404(_visible(request), pk=token_id), at=timezone.now())
    return _tokens(request, said=f"The token “{ended.name}” is revoked.")


def _visible(request: HttpRequest) -> QuerySet[ApiToken]:
    everybodys = ApiToken.objects.select_related("member__user")
    return (
        everybodys if permissions.may(request.member, "tokens.edit_all") else everybodys.filter(member=request.member)
    )


def _tokens(
    request: HttpRequest, *, form: ApiTokenForm | None = None, status: int = 200, **more: object
) -> HttpResponse:
    living = _visible(request).filter(revoked_at=None).order_by("-created_at")
    context = {"tokens": living, "columns": COLUMNS, "form": form or ApiTokenForm(), **more}
    return htmx.answer(request, "accounts/tokens.html", context, partial="tokens", status=status)
