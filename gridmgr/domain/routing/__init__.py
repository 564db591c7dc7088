"""Bringing a matter to whoever has to deal with it: reports that repeat one another, bodies that do."""
