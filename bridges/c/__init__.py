"""C libraries, bound from their headers alone."""
