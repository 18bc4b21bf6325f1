"""Label folders of photos from a handful of examples per class."""

__version__ = "0.1.0"
