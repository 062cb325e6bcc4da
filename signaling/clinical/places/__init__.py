"""Where a patient is at the moment of a visit, as they say themselves, for whoever treats them."""
