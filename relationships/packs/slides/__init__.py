"""A pack as slides with charts that can be edited, on a plain master of our own. python-pptx is loaded only here."""

from relationships.packs.blocks import Deck


def slides(deck: Deck) -> bytes:
    """The file."""
    from relationships.packs.slides.show import show  # here: a web process starts without it

    return show(deck)
