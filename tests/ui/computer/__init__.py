"""The page on this computer."""
