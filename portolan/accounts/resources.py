"""What every resource of the API has in common: whose rows it shows, who may, and that a write is a domain function.

A room's `api.py` declares one class per model and lists them in `RESOURCES`; `config/api.py` gives them addresses. Writing
is added by `Creates`, `Edits` and `Removes`, before `Resource`, and one method each that calls the domain.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.utils import timezone
from rest_framework import mixins, viewsets
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer

from portolan.accounts import permissions
from portolan.accounts.models import Membership
from portolan.accounts.permissions import Owned


class Resource(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet):  # type: ignore[type-arg]
    """Rows of the caller's organization: a page of them, or one.

    `may` names the permission behind every method the resource has, like {"list": "products.view", "retrieve":
    "products.view", "create": "products.create", "partial_update": "products.edit", "destroy": "products.archive"}.
    """

    may: ClassVar[Mapping[str, str]]
    lookup_value_converter = "uuid"
    http_method_names: ClassVar[list[str]] = ["get", "post", "patch", "delete", "head", "options"]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if {mixins.CreateModelMixin, mixins.UpdateModelMixin, mixins.DestroyModelMixin} & set(cls.__bases__):
            raise TypeError(f"{cls.__name__} would save rows by itself. Write with Creates, Edits and Removes instead.")

    @property
    def member(self) -> Membership:
        """The caller, as a member of the organization that the token names."""
        member: Membership = self.request._request.member
        return member

    @property
    def today(self) -> date:
        """The organization's day. Moments are told in UTC, so its zone is not the current one here."""
        return timezone.localdate(timezone=ZoneInfo(self.member.organization.time_zone))

    def product_of(self, subject: Any) -> Owned | None:
        """This function will name the product whose owner has a say: of a row, or of the validated facts of a new one."""
        return None

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        # A method that does not exist here is refused right after this, by its own sentence.
        exists = self.action is not None and str(request.method).lower() in self.http_method_names
        if exists and self.action != "metadata" and not permissions.may_somewhere(self.member, self.may[self.action]):
            permissions.refuse()

    def check_object_permissions(self, request: Request, row: Any) -> None:
        super().check_object_permissions(request, row)
        permissions.require(self.member, self.may[self.action], product=self.product_of(row))


class Creates(mixins.CreateModelMixin):
    """POST of a new row."""

    def add(self, **facts: Any) -> Any:
        """This function will make a row by the domain's words and return it."""
        raise NotImplementedError

    def perform_create(self: Any, serializer: BaseSerializer[Any]) -> None:
        permissions.require(self.member, self.may["create"], product=self.product_of(serializer.validated_data))
        serializer.instance = self.add(**serializer.validated_data)


class Edits(mixins.UpdateModelMixin):
    """PATCH of a row."""

    def edit(self, row: Any, **facts: Any) -> Any:
        """This function will change a row by the domain's words and return it."""
        raise NotImplementedError

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        serializer.instance = self.edit(serializer.instance, **serializer.validated_data)


class Removes(mixins.DestroyModelMixin):
    """DELETE of a row."""

    def remove(self, row: Any) -> None:
        """This function will take a row away by the domain's words."""
        raise NotImplementedError

    def perform_destroy(self, row: Any) -> None:
        self.remove(row)
