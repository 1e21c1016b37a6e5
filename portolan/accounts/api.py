"""People over the API: the organization, its members, its invitations, and the keys to this API."""

from typing import Any, ClassVar

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from portolan.accounts import permissions
from portolan.accounts.domain import api_tokens, invitations, members
from portolan.accounts.models import ApiToken, Invitation, Membership, Organization
from portolan.accounts.resources import Creates, Edits, Removes, Resource


class OrganizationFacts(serializers.ModelSerializer[Organization]):
    class Meta:
        model = Organization
        fields = ["id", "name", "slug", "currency", "time_zone", "fiscal_year_start_month", "founded_at"]


class OrganizationResource(APIView):
    """The organization that the token belongs to."""

    @extend_schema(operation_id="organization", responses=OrganizationFacts)
    def get(self, request: Request) -> Response:
        return Response(OrganizationFacts(request._request.organization).data)


class MemberFacts(serializers.ModelSerializer[Membership]):
    name = serializers.CharField(source="user.name", read_only=True)
    email = serializers.EmailField(source="user.email", read_only=True)

    class Meta:
        model = Membership
        fields = ["id", "name", "email", "role", "joined_at"]
        read_only_fields = ["joined_at"]


class MemberResource(Edits, Removes, Resource):
    """The people of the organization. They arrive by invitation; their role changes here, and here they leave."""

    queryset = Membership.objects.select_related("user")
    serializer_class = MemberFacts
    filterset_fields = ["role"]
    may: ClassVar = {
        "list": "people.view",
        "retrieve": "people.view",
        "partial_update": "people.edit",
        "destroy": "people.edit",
    }

    def edit(self, row: Membership, **facts: Any) -> Membership:
        return members.assign(row, role=facts.get("role", row.role), by=self.member)

    def remove(self, row: Membership) -> None:
        members.remove(row, by=self.member)


class InvitationFacts(serializers.ModelSerializer[Invitation]):
    class Meta:
        model = Invitation
        fields = ["id", "email", "role", "invited_at", "expires_at", "accepted_at", "withdrawn_at"]
        read_only_fields = ["invited_at", "expires_at", "accepted_at", "withdrawn_at"]
        extra_kwargs: ClassVar = {"role": {"required": True}}


class NewInvitation(InvitationFacts):
    """An invitation on the day it is made: the only answer that carries its key."""

    key = serializers.CharField(read_only=True, help_text="Opens /<organization>/join/<key>/. It is never shown again.")

    class Meta(InvitationFacts.Meta):
        fields = [*InvitationFacts.Meta.fields, "key"]


class InvitationResource(Creates, Removes, Resource):
    """Open, accepted and withdrawn invitations. Deleting an open one withdraws it."""

    queryset = Invitation.objects.all()
    may: ClassVar = {
        "list": "people.invite",
        "retrieve": "people.invite",
        "create": "people.invite",
        "destroy": "people.invite",
    }

    def get_serializer_class(self) -> type[InvitationFacts]:
        return NewInvitation if self.action == "create" else InvitationFacts

    def add(self, **facts: Any) -> Invitation:
        invitation, invitation.key = invitations.invite(by=self.member, at=timezone.now(), **facts)
        return invitation

    def remove(self, row: Invitation) -> None:
        invitations.withdraw(row, at=timezone.now())


class ApiTokenFacts(serializers.ModelSerializer[ApiToken]):
    class Meta:
        model = ApiToken
        fields = ["id", "name", "hint", "member", "created_at", "last_used_on", "revoked_at"]


class ApiTokenResource(Removes, Resource):
    """Keys to this API. They are made in the browser, so that a lost key cannot make more keys; deleting revokes one."""

    queryset = ApiToken.objects.all()
    serializer_class = ApiTokenFacts
    may: ClassVar = {"list": "tokens.create", "retrieve": "tokens.create", "destroy": "tokens.create"}

    def get_queryset(self) -> Any:
        everybody = super().get_queryset()
        return everybody if permissions.may(self.member, "tokens.edit_all") else everybody.filter(member=self.member)

    def remove(self, row: ApiToken) -> None:
        api_tokens.revoke(row, at=timezone.now())


RESOURCES = {"members": MemberResource, "invitations": InvitationResource, "tokens": ApiTokenResource}
