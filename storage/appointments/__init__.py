"""What is agreed on: appointments, and the series that they recur in."""
