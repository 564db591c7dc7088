"""Bringing matters to whoever has to deal with them: what repeats, who is right for it."""
