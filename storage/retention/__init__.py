"""What is kept although its time has come, and what is erased: legal holds and erasures."""
