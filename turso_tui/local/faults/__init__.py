"""Faults on purpose: what a network, a gateway, a quota or another writer does to a client, when asked to."""

from turso_tui.local.faults.book import Faults, Hit
from turso_tui.local.faults.fault import (
    Access,
    Cut,
    Fault,
    Form,
    Garbage,
    Latency,
    Moment,
    SqlError,
    Stall,
    Status,
    Trouble,
)
from turso_tui.local.faults.grammar import MANUAL, format_fault, parse_fault

__all__ = [
    "MANUAL",
    "Access",
    "Cut",
    "Fault",
    "Faults",
    "Form",
    "Garbage",
    "Hit",
    "Latency",
    "Moment",
    "SqlError",
    "Stall",
    "Status",
    "Trouble",
    "format_fault",
    "parse_fault",
]
