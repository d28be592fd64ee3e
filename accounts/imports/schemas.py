"""What files of master data hold, by kind; apart from what loads them, for web processes that only show the columns."""

from accounts.permissions import Role
from accounts.tables import Column, Schema

TEAMS = Schema(
    "teams",
    (
        Column("code", "code", required=True),
        Column("name", "text", required=True, max_length=200),
    ),
    key=("code",),
)

USERS = Schema(
    "users",
    (
        Column("email", "email", required=True),
        Column("name", "text", required=True, max_length=200),
        Column("role", "code", required=True, choices=tuple(Role)),
        Column("team_code", "code"),
    ),
    key=("email", "team_code"),
)

ACCOUNTS = Schema(
    "accounts",
    (
        Column("code", "code", required=True),
        Column("name", "text", required=True, max_length=200),
        Column("parent_code", "code"),
        Column("segment", "text", max_length=100),
        Column("industry", "text", max_length=100),
        Column("country", "text", max_length=100),
        Column("region", "text", max_length=100),
        Column("city", "text", max_length=100),
        Column("opened_on", "date"),
        Column("team_code", "code"),
        Column("manager_email", "email"),
        Column("sponsor_email", "email"),
        Column("process_complexity", "integer", minimum=0, maximum=10),
        Column("product_complexity", "integer", minimum=0, maximum=10),
        Column("annual_potential", "amount", minimum=0),
    ),
    key=("code",),
)
