"""What every room stands on: time, background work, identifiers, errors,
and the words of the domain.
"""
