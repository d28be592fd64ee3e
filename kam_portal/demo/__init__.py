"""The demo portfolio: the sales history of AdventureWorks resellers, with generated work, costs and ratings.

`files.write` puts it into a folder as import files; `note.DEMO_NOTE` says what is taken over, and what not.
"""
