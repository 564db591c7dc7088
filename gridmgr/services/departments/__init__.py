"""A county department's side of cases: its queue, its rates, its texts."""
