"""Pages of the catalogue: items and versions, responsibility lists, powers handed down, admissions."""
