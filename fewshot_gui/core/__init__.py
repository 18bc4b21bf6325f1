"""Types and rules that every room shares; standard library and numpy only."""
