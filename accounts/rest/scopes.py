"""What a token may be good for. A token's scopes narrow what its user may do; they never widen it."""

from enum import StrEnum


class Scope(StrEnum):
    ANY = ""  # every token will do: the description of the API itself
    READ_ACCOUNTS = "accounts:read"
    READ_SCORES = "scores:read"
    READ_PROFITABILITY = "profitability:read"
    READ_RANKINGS = "rankings:read"
    READ_CONTACTS = "contacts:read"
    WRITE_CONTACTS = "contacts:write"
    READ_PLANS = "plans:read"
    WRITE_PLANS = "plans:write"
    READ_TOUCHPOINTS = "touchpoints:read"
    WRITE_TOUCHPOINTS = "touchpoints:write"
    READ_COMPLAINTS = "complaints:read"
    WRITE_COMPLAINTS = "complaints:write"
    READ_CONTRACTS = "contracts:read"
    READ_SURVEYS = "surveys:read"
    READ_RUNS = "runs:read"
    WRITE_RUNS = "runs:write"
    READ_IMPORTS = "imports:read"
    WRITE_IMPORTS = "imports:write"
    READ_SCENARIOS = "scenarios:read"
    WRITE_SCENARIOS = "scenarios:write"
    READ_RATINGS = "ratings:read"
    WRITE_RATINGS = "ratings:write"
    READ_DECISIONS = "decisions:read"
    WRITE_DECISIONS = "decisions:write"
    READ_SIGNALS = "signals:read"
    READ_WEBHOOKS = "webhooks:read"
    WRITE_WEBHOOKS = "webhooks:write"


SCOPES = [scope.value for scope in Scope if scope]
READ_SCOPES = [scope for scope in SCOPES if scope.endswith(":read")]
