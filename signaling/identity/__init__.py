"""Who is asking. kernel/permissions.py says what for. The words of this room:

- A sign-in is an attempt: `Challenged`, then `Verified`, and it ends with a session (`signin.py`).
- A session is a browser that is signed in: a secret in its cookie and a row of `login_sessions`.
- A device is a browser that somebody has signed in with before. It opens nothing (`login_devices`).
- A request is authenticated by the cookie of a session or by a token of the host platform
  (`authentication.py`); the `Actor` is who makes it.
"""
