"""For whoever runs the server: metrics, readiness, live statistics and `carelay doctor`."""
