"""Qt item models: thin adapters over plain arrays."""
