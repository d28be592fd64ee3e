"""Contracts with what was promised in them against what came, and what customers did for us with others."""
