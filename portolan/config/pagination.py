"""How the API cuts long lists."""

from typing import Any

from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """Pages by the key, which rises with time: stable while rows are added, and never a count over the whole table."""

    ordering = "-id"
    page_size_query_param = "page_size"
    max_page_size = 200
    invalid_cursor_message = "This cursor cannot be read. Follow the links `next` and `previous` of an answer."

    def decode_cursor(self, request: Any) -> Any:
        try:
            return super().decode_cursor(request)
        except NotFound as error:
            # The list is there; what was sent with the request is wrong.
            raise ValidationError({"cursor": [self.invalid_cursor_message]}) from error
