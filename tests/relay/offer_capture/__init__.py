"""Real browsers' offers: `python -m tests.relay.offer_capture` writes them to
tests/vectors/offers.
"""
