"""Who is asking: passwords, bearer tokens, cookies, and the pages that may use them. permissions.py says what for."""
