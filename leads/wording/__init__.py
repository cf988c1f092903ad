"""The wording of what people are told, in one place.

kinds      every kind of letter: what it is called, for whom, over which channel, why one gets it
subjects   the line each begins with

The pages of a letter are templates/email/; a chat channel's lines stand in leads/sending/chat.py.
"""
