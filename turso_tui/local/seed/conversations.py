"""What agents and their users talk about. Braces are filled in for each conversation."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from turso_tui.local.seed.people import CITIES, COMPANIES, PEOPLE


@dataclass(frozen=True, slots=True)
class Topic:
    """``exchanges`` are (user, assistant) pairs in order; the tool is what the assistant may call on the way."""

    title: str
    tool: str
    arguments: Mapping[str, str]
    exchanges: tuple[tuple[str, str], ...]

    def turns(self, choice: random.Random) -> Iterator[tuple[str, str]]:
        """Role and text: the first exchange, some of the next ones, and a farewell."""
        following = [pair for pair in self.exchanges[1:] if choice.random() < 0.8]
        for question, reply in (self.exchanges[0], *following, choice.choice(FAREWELLS)):
            yield "user", question
            yield "assistant", reply


class Filler:
    """One conversation's people, places and numbers."""

    def __init__(self, choice: random.Random) -> None:
        self.name = choice.choice(PEOPLE)
        self._values = {
            "name": self.name,
            "first": self.name.split()[0],
            "company": choice.choice(COMPANIES),
            "city": choice.choice(CITIES),
            "other_city": choice.choice(CITIES),
            "order": f"{choice.randint(10000, 99999)}",
            "amount": f"{choice.randint(9, 980)}.{choice.choice(['00', '50', '90', '99'])}",
            "count": str(choice.randint(2, 48)),
            "day": choice.choice(["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]),
            "hour": f"{choice.randint(8, 18)}:{choice.choice(['00', '15', '30', '45'])}",
            "product": choice.choice(PRODUCTS),
            "table": choice.choice(["orders", "sessions", "invoices", "events", "profiles"]),
        }

    def fill(self, text: str) -> str:
        return text.format_map(self._values)


PRODUCTS = ["the oak desk", "the blue kettle", "a trail jacket", "the espresso grinder", "noise-cancelling headphones",
            "the folding bike", "a wool blanket", "the standing lamp", "the 27-inch monitor"]  # fmt: skip

FAREWELLS = [
    ("Perfect, thank you!", "Happy to help, {first}. I’ll be here if anything else comes up."),
    ("ok thanks", "You’re welcome!"),
    ("That’s all for today.", "Good. I’ve noted where we stopped, so we can pick it up on {day}."),
    ("👍", "👍"),
    ("Great — can you remember this for next time?", "Done, it’s in my notes for {company}."),
]

MEMORIES = [
    ("fact", "{name} works at {company} and is the one who signs off on purchases."),
    ("fact", "{company} ships from {city}; the warehouse closes at {hour}."),
    ("fact", "{first}’s account has {count} seats."),
    ("preference", "{first} prefers short answers without bullet points."),
    ("preference", "Write to {first} in the morning; {day} afternoons are for the team meeting."),
    ("preference", "Prices in euros, dates as day and month."),
    ("event", "Order {order} arrived late and {first} was refunded {amount}."),
    ("event", "{first} moved from {other_city} to {city}."),
    ("event", "Demo with {company} went well; follow up on {day} at {hour}."),
]

TOPICS = [
    Topic(
        "Where is order {order}?",
        "track_shipment",
        {"order": "{order}"},
        (
            ("Hi, where is my order {order}? It was supposed to be here on {day}.",
             "Hello {first}! Order {order} left {city} yesterday and is out for delivery. Expect it by {hour}."),
            ("The tracking page says something else.",
             "You’re right, the page is a few hours behind the carrier. Their last scan was in {city} this morning."),
            ("Can they leave it with a neighbour?",
             "Yes. I’ve told the carrier to leave {product} with a neighbour or behind the door if nobody answers."),
        ),
    ),
    Topic(
        "Refund for {product}",
        "issue_refund",
        {"order": "{order}", "amount": "{amount}"},
        (
            ("I’d like to return {product}. It isn’t what I expected.",
             "I’m sorry to hear that, {first}. Is something wrong with {product}, or is it simply not the right one?"),
            ("It’s scratched on one side.",
             "Thank you. In that case you don’t have to pay for the return; I’ve sent a label to your e-mail address."),
            ("How long does the refund take?",
             "The {amount} will be back on your card three to five working days after the parcel has arrived."),
        ),
    ),
    Topic(
        "Trip from {city} to {other_city}",
        "search_trains",
        {"from": "{city}", "to": "{other_city}", "day": "{day}"},
        (
            ("I need to be in {other_city} on {day} before {hour}. Starting in {city}.",
             "There are {count} connections that day. The one with a single change leaves you forty minutes."),
            ("Window seat, quiet coach if there is one.",
             "Booked: quiet coach, window, facing forward. The ticket was {amount}."),
            ("What if the first train is late?",
             "Then the ticket is valid on the next one. I’ll write to you if it slips by more than ten minutes."),
        ),
    ),
    Topic(
        "Slow query on {table}",
        "run_sql",
        {"sql": "EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE customer_id = ?"},
        (
            ("Our query on {table} takes {count} seconds. It filters by customer_id.",
             "The plan says SCAN {table}: there is no index that starts with customer_id, so every row is read."),
            ("Would an index slow down writes?",
             "A little: each insert into {table} updates one more b-tree. You read it far more often than that."),
            ("ok do it on staging first",
             "Created on staging. The same query reads {count} rows now instead of all, in under a millisecond."),
            ("Why does ORDER BY created_at still use a temp b-tree?",
             "Because the index ends at customer_id. With (customer_id, created_at) the rows already come in order."),
        ),
    ),
    Topic(
        "Meeting with {company}",
        "create_event",
        {"title": "{company}", "day": "{day}", "at": "{hour}"},
        (
            ("Find me half an hour with {name} from {company} this week.",
             "You are both free on {day} at {hour}. Shall I send the invitation?"),
            ("Yes. Put the agenda from last time in.",
             "Sent. I copied the three open points from last time and left the pricing one out, as it is settled."),
            ("Actually can we move it to the afternoon?",
             "Moved to the afternoon; {first} has already accepted."),
        ),
    ),
    Topic(
        "Summary of the {company} contract",
        "read_document",
        {"document": "{company}, framework agreement"},
        (
            ("Summarise the {company} contract. Only what we owe them.",
             "Three duties: delivery within {count} days, support on working days, and a yearly review in {city}."),
            ("What happens if we are late?",
             "Clause 8: a credit of {amount} for each started week, at most ten percent of the order."),
            ("Is there anything unusual in it?",
             "One thing: it renews by itself unless someone cancels in writing by the last {day} of the quarter."),
        ),
    ),
    Topic(
        "Draft: apology to {name}",
        "send_email",
        {"to": "{name}", "subject": "About order {order}"},
        (
            ("Write to {name}: we shipped the wrong item twice. Be honest, no marketing talk.",
             "“Dear {first}, we sent you the wrong item, and then again. {product} leaves {city} today, by courier.”"),
            ("Add that we refund the shipping.",
             "Added: “We have refunded the {amount} you paid for shipping; there is nothing you need to do.”"),
            ("Shorter.", "“Dear {first}, twice wrong, now right: {product} is on its way, shipping on us. Sorry.”"),
        ),
    ),
    Topic(
        "Numbers for {company}, week of {day}",
        "query_metrics",
        {"account": "{company}", "window": "7d"},
        (
            ("How did {company} do last week?",
             "{count} active seats, up from the week before. Tool calls grew faster than messages: more automation."),
            ("Which tool?", "Mostly search_documents. Three of {first}’s colleagues use it for nearly everything."),
            ("Any failures?",
             "A handful of time-outs on {day} around {hour}, all within the same five minutes. Nothing since."),
        ),
    ),
    Topic(
        "Dinner in {city}",
        "search_places",
        {"city": "{city}", "party": "{count}"},
        (
            ("Somewhere nice to eat in {city} for {count} people, {day} evening, two of us are vegetarian.",
             "Two places have a table that large: a Lebanese one near the river and a small trattoria with a garden."),
            ("The garden one. Can they do {hour}?",
             "Not at {hour}, but half an hour later they can. I held the table until tomorrow noon."),
        ),
    ),
    Topic(
        "Invoice {order} does not match",
        "find_invoice",
        {"number": "{order}"},
        (
            ("Invoice {order} says {amount}, our order says something else.",
             "I see it. The difference is one line: onboarding was billed although it is part of your plan."),
            ("Please correct it and send a new one.",
             "The corrected invoice is on its way to accounts at {company}; the old one is void."),
            ("Does this change when it is due?", "Yes, thirty days from today instead."),
        ),
    ),
]  # fmt: skip
