"""The HTTP shell: it carries what the rooms answer, and knows nothing of what that means."""
