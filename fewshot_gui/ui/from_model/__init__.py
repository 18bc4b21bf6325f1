"""New projects from models that come in: a dialog that shows what was recognised, and the flow around it."""
