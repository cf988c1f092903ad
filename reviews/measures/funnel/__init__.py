"""How far what came in got, from received to won, and where the rest stayed.

steps      the steps and the ways by name, and what each means
path       how many passages of one team, source, … got how far
passages   what a passage is in SQL, and the passages behind a figure
counting   the passages of a question, read once and counted

A passage is one first hand-over of marketing's, as everywhere in the measures, on the day it was
made; or a lead that was never handed over, on the day it was first received. Each is at one step,
the furthest it reached, and has reached every step before, whether or not anybody logged them; and
it is there in one way: still under way, won, or out by a named exit. So what reached a step is what
reached the next one and what stayed, and nothing is lost between.
"""
