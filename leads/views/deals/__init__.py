"""Opportunities: listed, opened by hand, kept up, closed with the reasons."""
