"""Everything that leaves the program: a dialog that asks, and flows that answer."""
