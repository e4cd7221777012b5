"""``billing``: customers, plans, invoices and what is on them."""

from __future__ import annotations

import random
from datetime import date, timedelta

import apsw

from turso_tui.local.seed.people import COMPANIES, PEOPLE

_SCHEMA = """
CREATE TABLE customers (
    id INTEGER PRIMARY KEY,
    company TEXT NOT NULL UNIQUE,
    contact TEXT NOT NULL,
    email TEXT NOT NULL,
    country TEXT NOT NULL
);
CREATE TABLE invoices (
    id INTEGER PRIMARY KEY,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    number TEXT NOT NULL UNIQUE,
    issued DATE NOT NULL,
    due DATE NOT NULL,
    paid DATE,
    status TEXT NOT NULL CHECK (status IN ('open', 'paid', 'overdue', 'void'))
);
CREATE TABLE invoice_lines (
    invoice_id INTEGER NOT NULL REFERENCES invoices (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    description TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    unit_price DECIMAL(10, 2) NOT NULL,
    PRIMARY KEY (invoice_id, position)
) WITHOUT ROWID;
CREATE INDEX invoices_by_customer ON invoices (customer_id, issued);
CREATE VIEW revenue AS
    SELECT strftime('%Y-%m', issued) AS month, round(sum(quantity * unit_price), 2) AS revenue
    FROM invoices JOIN invoice_lines ON invoice_id = id WHERE status <> 'void' GROUP BY month;
"""

_PRODUCTS = [
    ("Agent seats", 39.0),
    ("Tool calls, per 1 000", 0.8),
    ("Memory storage, per GB", 0.75),
    ("Priority support", 250.0),
    ("Onboarding workshop", 1200.0),
    ("Audit log retention", 49.5),
]
_COUNTRIES = ["DE", "FR", "GB", "IN", "JP", "NL", "SE", "US", "BR", "CA"]
_LAST_DAY = date(2026, 6, 30)


def fill(connection: apsw.Connection, choice: random.Random) -> None:
    connection.execute(_SCHEMA)
    for customer, company in enumerate(COMPANIES, start=1):
        contact = choice.choice(PEOPLE)
        domain = company.split()[0].lower()
        email = f"{contact.split()[0].lower()}@{domain}.example"
        connection.execute(
            "INSERT INTO customers VALUES (?, ?, ?, ?, ?)",
            (customer, company, contact, email, choice.choice(_COUNTRIES)),
        )
    for invoice in range(1, 481):
        _add_invoice(connection, choice, invoice)


def _add_invoice(connection: apsw.Connection, choice: random.Random, invoice: int) -> None:
    issued = date(2025, 1, 3) + timedelta(days=invoice * 542 // 480)
    due = issued + timedelta(days=30)
    status = "void" if choice.random() < 0.02 else "paid"
    paid: date | None = None
    if status == "paid":
        paid = issued + timedelta(days=choice.randint(2, 45))
        if paid > _LAST_DAY:
            paid, status = None, "overdue" if due < _LAST_DAY else "open"
    connection.execute(
        "INSERT INTO invoices VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            invoice,
            choice.randint(1, len(COMPANIES)),
            f"{issued.year}-{invoice:05}",
            issued.isoformat(),
            due.isoformat(),
            paid.isoformat() if paid else None,
            status,
        ),
    )
    products = choice.sample(_PRODUCTS, choice.randint(1, 4))
    connection.executemany(
        "INSERT INTO invoice_lines VALUES (?, ?, ?, ?, ?)",
        [
            (invoice, position, description, choice.randint(1, 40), price)
            for position, (description, price) in enumerate(products, start=1)
        ],
    )
