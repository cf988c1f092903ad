"""Calendars: when teams work."""
