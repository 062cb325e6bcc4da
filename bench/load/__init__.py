"""A load generator: real SRTP clients in numbers."""
