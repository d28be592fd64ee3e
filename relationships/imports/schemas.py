"""What files of judgements hold, by kind; apart from what loads them, for web processes that only show the columns."""

from accounts.tables import Column, Schema
from relationships.models import Contact, Rating, Touchpoint

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

CATEGORY_POTENTIALS = Schema(
    "category_potentials",
    (
        Column("account_code", "code", required=True),
        Column("category", "text", required=True, max_length=100),
        Column("annual_spend", "amount", minimum=0),
        Column("competitor", "text", max_length=200),
        Column("source", "text", max_length=500),
        Column("stated_on", "date", required=True),
    ),
    key=("account_code", "category"),
)

CONTACTS = Schema(  # known by the e-mail, or by the name where there is none
    "contacts",
    (
        Column("account_code", "code", required=True),
        Column("name", "text", required=True, max_length=200),
        Column("email", "email"),
        Column("title", "text", max_length=200),
        Column("function", "text", max_length=100),
        Column("level", "integer", minimum=1, maximum=5),
        Column("buying_role", "code", choices=tuple(Contact.BuyingRole.values)),
        Column("support", "integer", minimum=-2, maximum=2),
        Column("influence", "integer", minimum=0, maximum=10),
        Column("reports_to", "text", max_length=254),
        Column("counterpart_email", "text", max_length=2_000),
        Column("service_email", "text", max_length=2_000),
        Column("left_on", "date"),
    ),
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
        Column("link", "text", max_length=500),
        Column("said_by", "text", max_length=200),  # the buyer who answered himself
    ),
    key=("account_code", "criterion", "perspective", "rater_email", "rated_on", "said_by"),
)

TOUCHPOINTS = Schema(  # known by the key, or by account, day, kind and subject where there is none
    "touchpoints",
    (
        Column("key", "text", max_length=200),
        Column("account_code", "code", required=True),
        Column("kind", "code", choices=tuple(Touchpoint.Kind.values)),
        Column("held_on", "date", required=True),
        Column("minutes", "integer", minimum=1, maximum=10_080),
        Column("subject", "text", max_length=300),
        Column("note", "text", max_length=10_000, multiline=True),
        Column("contact_emails", "text", max_length=4_000),
        Column("our_emails", "text", max_length=4_000),
    ),
)
