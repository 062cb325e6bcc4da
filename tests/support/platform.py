"""The platform that embeds the server under test, and signs its users' tokens."""

ISSUER = "https://platform.example"
AUDIENCE = "carelay"
