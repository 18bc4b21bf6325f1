"""Everything the person sees; the only room with Qt besides ``app.py``."""
