"""The pages of a connection: how it stands, what it reads, what it did."""
