"""Where the time goes between the steps of the path: each seam once.

steps      the seams by name, and what each means
path       what is told of one path: how long each seam took, and the whole wait
counting   the lengths of many hand-overs, read once and ranked
standing   who is in a seam now, and who passed one

A seam ends with a step and begins with the last step before it that is known, so that every second
of the wait lies in one seam and in no other. Whoever answered a lead has seen it by then, and has
been told. What has not passed a seam counts for nothing in it; it stands in the one that it is in.
The database works the lengths out when a step is made and keeps them in `leads_promise`, on the
wall and in working time.
"""
