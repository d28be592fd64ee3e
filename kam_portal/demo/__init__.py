"""The demo portfolio: a real sales history (AdventureWorks resellers), and generated work, costs and ratings.

`files.write` puts it into a folder as import files; `note.DEMO_NOTE` says what is real and what is generated.
"""
