"""What every resource of the API has in common: whose rows it shows, who may, and that a write is a domain function.

A room's `api.py` declares one class per model and lists them in `RESOURCES`; `config/api.py` gives them addresses. Writing
is added by rest_framework's mixins (`CreateModelMixin`, `UpdateModelMixin`, `DestroyModelMixin`) and one method each.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

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

    @property
    def member(self) -> Membership:
        """The caller, as a member of the organization that the token names."""
        member: Membership = self.request._request.member
        return member

    def product_of(self, subject: Any) -> Owned | None:
        """This function will name the product whose owner has a say: of a row, or of the validated facts of a new one."""
        return None

    def add(self, **facts: Any) -> Any:
        """This function will make a row by the domain's words and return it."""
        raise NotImplementedError

    def edit(self, row: Any, **facts: Any) -> Any:
        """This function will change a row by the domain's words and return it."""
        raise NotImplementedError

    def remove(self, row: Any) -> None:
        """This function will take a row away by the domain's words."""
        raise NotImplementedError

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        # No action: the method does not exist here, which is said next. "metadata" is OPTIONS.
        if self.action not in (None, "metadata") and not permissions.may_somewhere(self.member, self.may[self.action]):
            permissions.refuse()

    def check_object_permissions(self, request: Request, row: Any) -> None:
        super().check_object_permissions(request, row)
        permissions.require(self.member, self.may[self.action], product=self.product_of(row))

    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        permissions.require(self.member, self.may["create"], product=self.product_of(serializer.validated_data))
        serializer.instance = self.add(**serializer.validated_data)

    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        serializer.instance = self.edit(serializer.instance, **serializer.validated_data)

    def perform_destroy(self, row: Any) -> None:
        self.remove(row)
