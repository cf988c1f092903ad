"""A lead's story in plain words, drawn from what is stored; no request, no clock.

pages    what a page is called, from its address
deeds    what they did: repeats told once, returns, time on pricing, what started the hand-over
rounds   earlier hand-overs, and the sentence of somebody who comes back
lede     who this is and what they asked, in a sentence or two
fading   what the intent is worth later, and what changed it
company  what is being sold to their company, and what they use today
"""
