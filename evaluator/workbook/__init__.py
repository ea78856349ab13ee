"""A run written down: workbook, CSV, JSON lines, HTML."""
