"""What the log leaves out."""

import logging


class RefusalsInOneLine(logging.Filter):
    """A page that a role does not include is refused by the policy, not by a fault: its log line needs no traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", None) == 403:
            record.exc_info = None
        return True
