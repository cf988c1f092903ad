"""The sample of a joint review, the blind vote on it, and what is decided from it.

candidates   which hand-overs may be drawn, in one statement
drawing      the sample drawn, and drawn anew
clauses      what may have failed, in the words of the definition that judged
ballots      votes given and changed, until the reveal
revealing    the reveal, another round, the agreed verdict
tallying     what the room said of one lead
happened     what became of it: the verdict of sales
trend        agreement from meeting to meeting, and which clauses divide
proposing    a higher bar, from a lead that should not have passed; pure
deciding     an example, a draft of a change; and taking them back
telling_apart  which clause would have told the rejected from the accepted; pure
evidence     the hand-overs of a trend, and what a clause keeps back of them
answering    a draft that answers a trend
masking      what names somebody, taken out of a text; pure
identity     who a lead of the sample is, to be masked
"""
