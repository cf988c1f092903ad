"""Who works, when, and how much: teams, their week, time off, pauses."""
