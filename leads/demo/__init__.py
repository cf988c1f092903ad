"""The demo: ninety days of a believable company, told by running the real journey under simulated
time.

    names       what people and companies are called
    world       companies, and what the CRM knows of them
    stories     who comes, with which history of deeds, and what is really in them
    cast        the people of both teams, and how each of them works
    desk        what they do with a lead, at which hour
    telling     the clockwork: enquiries and answers in the order of their time
    present     today's queues
    campaigns   what marketing describes: campaigns, offers, briefs, texts
    past        the ninety days before
    answer      the draft with which marketing answers a rejection
    removal     all of it goes

Nothing here writes a row that the journey would write.
"""
