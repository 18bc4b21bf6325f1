"""This computer: what labels photos here, how fast, and what is kept of them."""
