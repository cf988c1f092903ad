"""Campaigns, offers, personas, briefs and texts: described by marketing, read by sales."""
