"""The funnel from received to won, and how each week came along it."""
