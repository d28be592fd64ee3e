"""Review packs: a plan as pages for paper, slides and a workbook, for ourselves or for the customer."""
