"""Each figure, once: what it counts, and how sure it is."""
