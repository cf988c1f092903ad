"""Alerts between meetings: when sales rejects more than both teams agreed to live with."""
