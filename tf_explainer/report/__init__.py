"""What a person opens: one self-contained HTML page."""
