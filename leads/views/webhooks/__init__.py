"""Webhooks, chat channels, and what could not be sent: pages of the administrators."""
