"""Initial contact and toe-off, and the steps between them."""
