"""What happened to products, for the rooms above."""

from django.dispatch import Signal

# product (Product), change (StageChange). Sent inside the organization's scope and transaction.
product_stage_changed = Signal()
