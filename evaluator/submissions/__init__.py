"""Submissions: what candidates handed in, read from spreadsheets, streams and folders."""
