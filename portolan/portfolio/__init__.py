"""Products and what is decided about them."""
