"""Files that people in a call send each other in its chat, kept with the visit."""
