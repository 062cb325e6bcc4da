"""Users, how they are known again, and what they hold: sign-ins, devices, playback grants."""
