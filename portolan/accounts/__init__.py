"""People and their organizations: who is here, in which role, through which door, and what they may do."""
