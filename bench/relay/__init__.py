"""The relay beside Janus and beside the bare loop, on one load generator:
`python -m bench.relay`.
"""
