"""Intake: what patients answered in questionnaires before a visit."""
