"""What is kept: tables, encrypted recordings, keys and the audit log.

Knows nothing of WebRTC or HTTP.
"""
