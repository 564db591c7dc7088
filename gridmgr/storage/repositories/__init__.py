"""One repository an aggregate; domain objects in, domain objects out."""
