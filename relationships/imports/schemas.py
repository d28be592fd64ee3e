"""What files of judgements hold, by kind; apart from what loads them, for web processes that only show the columns."""

from accounts.tables import Column, Schema
from relationships.models import Rating

ACCOUNT_CRITERIA = Schema(
    "account_criteria",
    (
        Column("account_code", "code", required=True),
        Column("criterion", "code", required=True),
        Column("weight", "score", minimum=0, maximum=100),
        Column("competitor_score", "score", minimum=0, maximum=10),
    ),
    key=("account_code", "criterion"),
)

RATINGS = Schema(
    "ratings",
    (
        Column("account_code", "code", required=True),
        Column("criterion", "code", required=True),
        Column("score", "score", required=True, minimum=0, maximum=10),
        Column("perspective", "code", choices=tuple(Rating.Perspective.values)),
        Column("status", "code", choices=tuple(Rating.Status.values)),
        Column("rater_email", "email", required=True),
        Column("rated_on", "date", required=True),
        Column("evidence", "text", max_length=10_000, multiline=True),
    ),
    key=("account_code", "criterion", "perspective", "rater_email", "rated_on"),
)
