"""How the API cuts long lists."""

from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    """Pages by the key, which rises with time: stable while rows are added, and never a count over the whole table."""

    ordering = "-id"
    page_size_query_param = "page_size"
    max_page_size = 200
