"""The use cases as plain functions over the rooms below; the window and the command line call the same ones."""
