"""How letters leave this server."""
