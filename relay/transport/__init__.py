"""One UDP port for all peers: connectivity checks, DTLS, and the sorting of datagrams."""
