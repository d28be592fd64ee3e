"""How many decimals a currency has."""

# Decimals of the minor unit where they are not two (ISO 4217).
DIGITS = dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW"), 0)
DIGITS |= dict.fromkeys(("PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0)
DIGITS |= dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)
DIGITS |= dict.fromkeys(("CLF", "UYW"), 4)


def currency_digits(currency: str) -> int:
    """Decimals of a currency's minor unit (ISO 4217): 0 for JPY, 3 for KWD, 2 for most."""
    return DIGITS.get(currency, 2)
