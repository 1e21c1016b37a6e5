"""The wall between organizations. Knows no business: scope, rows that are owned, and the checks that prove it."""
