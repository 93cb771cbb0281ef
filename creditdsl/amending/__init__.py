"""Law in time: the text of a policy on a day, made from its original and the amendments to it.

In: parsed modules. Out: when which text is in force (`chronology`), and such a text as one module (`consolidate`).
"""
