"""What-if scenarios between the database and the core: the window of a run is read, never written.

numpy is loaded with this package, so pages import it when they are asked for.
"""

from profitability.scenarios.kept import NotPrepared, prepare
from profitability.scenarios.minimum import Minimum, minimum_of
from profitability.scenarios.places import Standing, standing_of
from profitability.scenarios.rates import NoRate, charged, held
from profitability.scenarios.selection import Chosen, chosen, outcome_of

__all__ = [
    "Chosen",
    "Minimum",
    "NoRate",
    "NotPrepared",
    "Standing",
    "charged",
    "chosen",
    "held",
    "minimum_of",
    "outcome_of",
    "prepare",
    "standing_of",
]
