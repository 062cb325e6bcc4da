"""Appointments of a practice: agreed on, moved, cancelled, held or missed."""
