"""Where the agreement has holes: rules nobody reaches, leads nobody serves, queues nobody opens.

finding     what a finding is, and which leads it is about
rules       rules that decided about nobody, and what fell to the last of them
segments    whom nobody serves
hours       when leads come and nobody works
load        teams that carry more than they may
standing    leads that wait unseen, and those of people who left
audit       all of it, for one person
"""
