"""Joint reviews, from the series to the minutes.

dates        when a series meets: weeks, holidays, changes of the clocks; pure
planning     series and their next meetings; moving and cancelling one
invitations  the letters and the calendar file of a meeting
running      the one door of a meeting: begun, item by item, taken over, ended
noting       decisions, actions and notes
remembering  reminders of votes and actions
performance  item 1: both halves of the agreement
trends       item 2: how hand-overs were answered
changing     item 3: drafts and trials, and what the last change did
minutes      what was said and shown, as a page, a file and a letter
"""
