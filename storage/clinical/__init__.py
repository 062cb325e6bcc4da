"""What is written beside calls, encrypted: a data key for each record, and what it seals."""
