"""Judge against people."""
