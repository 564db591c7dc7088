"""The catalogue of items: versions, responsibility lists, powers handed down, admission of new duties."""
