"""What happened in the systems we read, for the rooms above."""

from django.dispatch import Signal

# connection (Connection), product_ids (frozenset[UUID]): their work changed and their rollups are up to date.
# Sent inside the organization's scope and transaction.
work_synced = Signal()
