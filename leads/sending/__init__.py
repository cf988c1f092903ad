"""Posting what the outbox holds: at least once, later each time it fails, never for ever.

letters     mail to people
composing   a message as mail
quiet       until when a reader wants to hear nothing
gathering   what was held, as one message
hooks       webhooks and chat channels, side by side
posting     one POST, to where it may go
chat        what happened, as a chat shows it
schedule    when what failed is tried again
"""

from .hooks import post_due, try_chat
from .letters import send_due
from .schedule import send_again

__all__ = ["post_due", "send_again", "send_due", "try_chat"]
