"""The learning lab: comparing methods, teaching starting points, keeping them."""
