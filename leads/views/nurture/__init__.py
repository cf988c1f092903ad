"""Nurture tracks and the leads on them."""
