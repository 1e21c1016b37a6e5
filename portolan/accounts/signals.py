"""What happened among people and organizations, for the rooms above."""

from django.dispatch import Signal

# organization, owner (Membership), at (datetime). Sent inside the organization's scope and transaction.
organization_founded = Signal()
# organization. Its days begin at other moments now. Sent inside the transaction, and inside a scope only if one is open.
time_zone_changed = Signal()
