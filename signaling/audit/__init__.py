"""The audit log as compliance looks through it, and whether it is still what was signed."""
