"""Examples: scripts that make input files for real places."""
