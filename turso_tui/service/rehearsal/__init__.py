"""Statements that run in a transaction to be looked at, and then are applied or taken back."""
