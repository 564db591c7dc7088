"""A county department's pages."""
