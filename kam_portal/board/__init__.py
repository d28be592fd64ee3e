"""The first page of senior management: the portfolio, what waits for a decision, the programme, and two dates beside
each other."""
