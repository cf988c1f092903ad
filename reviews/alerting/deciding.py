"""When an alert opens and when it closes. Pure: knows no model and no clock.

It opens where the lower end of the interval is above the threshold, so that a few rejections never
shout, and closes only where the share itself is under it: between the two nothing moves, so that
an alert does not open and close with every answer.
"""

from reviews.measures.intervals import LEAST, Share

FEW = LEAST // 2
"""Under so many answers an open alert can say nothing any more."""


def opens(share: Share, *, threshold: int) -> bool:
    """Whether more are rejected than the threshold (in hundredths), surely."""
    return share.is_enough and share.low > threshold / 100


def closes(share: Share, *, threshold: int) -> str:
    """Why an open alert closes, as `Alert.Because` names it; empty where it holds.

    A part that had enough answers to open on one day and one too few on the next does not close
    for that: it takes half of what it needs to open.
    """
    if share.n < FEW:
        return "few"
    if share.is_enough and share.count < share.n * threshold / 100:
        return "below"
    return ""
