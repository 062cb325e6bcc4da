"""Private notes of providers: psychotherapy notes (45 CFR 164.501), read by their author alone."""
