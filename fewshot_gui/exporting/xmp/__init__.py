"""What is said of a photo inside XMP, the metadata that photo programs share (ISO 16684-1)."""
