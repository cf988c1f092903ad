"""Which clauses of the definition go with real outcomes, how surely, and the weights that suggests.

Pure: arrays in, frozen dataclasses out. `results` holds what is found and knows no array;
`relative` compares with and without, `adjusted` holds the other clauses still, `judging` asks how
well a score tells on hand-overs it never saw, `weights` turns effects into points, and `examining`
does all of it for one outcome. The law of each is in docs/decisions/0048.
"""
