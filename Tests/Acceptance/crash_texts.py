"""Sequences of memories, the same for the same name: about 1 KB of text each, with names, relations, dates and things said outright."""

from __future__ import annotations

import json
import random
from typing import Any

FIRST = ["Ada", "Boris", "Clara", "Dmitri", "Elena", "Felix", "Greta", "Hugo", "Irene", "Jonas", "Klara", "Leon", "Maria", "Nora", "Oscar", "Paula"]
LAST = ["Miller", "Novak", "Fischer", "Keller", "Moreau", "Rossi", "Hansen", "Weber"]
ORGANIZATIONS = ["Globex Corporation", "Initech Ltd", "Acme Industries", "Umbra University", "Hooli Inc", "Vandelay Industries"]
PLACES = ["Berlin", "Paris", "London", "Madrid", "Vienna", "Lisbon", "Oslo"]
DATES = ["7 May 2023", "12 June 2022", "3 March 2021"]
FILLER = [
    "The afternoon was long and the talk went on about nothing in particular.", "It rained for most of the day, and nobody minded very much.",
    "There was coffee, and there were some papers on the table.", "Nothing else of note happened after that.",
]


def memory(sequence: str, index: int, project: str) -> bytes:
    """The body of the request that creates memory number `index` of a sequence: always the same bytes."""
    chance = random.Random(f"{sequence}/{index}")
    # Circles of acquaintances, so that there are communities to be found.
    circle = chance.randrange(4)
    people = [f"{FIRST[circle * 4 + offset]} {LAST[(circle * 3 + offset) % len(LAST)]}" for offset in range(4)]
    organization = ORGANIZATIONS[circle] if chance.random() < 0.8 else chance.choice(ORGANIZATIONS)
    place = PLACES[circle] if chance.random() < 0.7 else chance.choice(PLACES)
    if chance.random() < 0.2:
        people[3] = f"{chance.choice(FIRST)} {chance.choice(LAST[:2])}"
    one, other, third, fourth = chance.sample(people, 4)
    sentences = [
        f"{one} works at {organization}.", f"{other} lives in {place}.", f"{one} met {other} in {place}.", f"{third} knows {fourth}.",
        f"On {chance.choice(DATES)}, {third} visited {chance.choice(PLACES)}.", f"{fourth} joined {organization}.",
        f"{organization} is based in {place}.", f"{one.split()[0]} is friends with {third}.",
    ]
    chance.shuffle(sentences)
    text = f"Note {index} of {sequence.lower()}. "
    while len(text) < 1000:
        text += (sentences.pop() if sentences else chance.choice(FILLER)) + " "
    body: dict[str, Any] = {"project_id": project, "title": f"{index}", "content": text.strip()}
    if chance.random() < 0.3:
        body["entities"] = [{"name": one, "type": "Person"}, {"name": f"Project {chance.choice(LAST)}", "type": "Project"}]
        body["relationships"] = [{"source": one, "target": body["entities"][1]["name"], "type": "LEADS"}]
    if chance.random() < 0.3:
        body["occurred_at"] = f"2024-0{chance.randrange(1, 9)}-11T10:00:00Z"
    return json.dumps(body).encode()
