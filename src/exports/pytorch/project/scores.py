"""Scores: log π of every token of the answers, at the temperature they are sampled at."""

import math
from dataclasses import dataclass

import torch

from credit import Answer, Try
from episodes import padded


@dataclass
class Sequence:
    """Tokens that are read in one pass, and the answers that stand in them, each with where it begins."""

    ids: list[int]
    answers: list[tuple[Answer, int]]


def sequences_of(tries: list[Try]) -> list[Sequence]:
    """A later answer stands in the sequence of the one before, where what it had read goes on from there."""
    found: list[Sequence] = []
    for t in tries:
        own: list[Sequence] = []
        for answer in t.answers:
            if not own or answer.context[: len(own[-1].ids)] != own[-1].ids:
                own.append(Sequence([], []))
            own[-1].ids = answer.context + answer.ids
            own[-1].answers.append((answer, len(answer.context)))
        found += own
    return found


def token_stats(model, sequences: list[Sequence], form, temperature: float) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Of each token of the answers, in their order: log π (with its gradient), entropy, Σ p² over the vocabulary. `form`: prompts.py."""
    batch = padded([sequence.ids for sequence in sequences], form.pad, False, next(model.parameters()).device)
    logits = model(**batch).logits
    places = [
        (row, start + n, answer.ids[n])
        for row, sequence in enumerate(sequences)
        for answer, start in sequence.answers
        for n in range(len(answer.ids))
    ]
    rows, columns, targets = torch.tensor(places, device=logits.device).reshape(-1, 3).unbind(1)
    scores = logits[rows, columns - 1].float() / temperature
    scores[:, form.never] = -math.inf  # as in sampling
    logp = scores.log_softmax(-1)
    with torch.no_grad():
        p = logp.exp()
        entropy = -(p * logp.masked_fill(p == 0, 0)).sum(-1)
        sum_sq = p.square().sum(-1)
    return logp.gather(1, targets[:, None])[:, 0], entropy, sum_sq


@torch.no_grad()
def log_probs(model, tries: list[Try], form, temperature: float, batch_size: int) -> dict[int, list[float]]:
    """log π of the tokens of each answer, by id(answer)."""
    found = {}
    for batch in batches(sequences_of(tries), batch_size):
        logp = iter(token_stats(model, batch, form, temperature)[0].tolist())
        for answer in (answer for sequence in batch for answer, _ in sequence.answers):
            found[id(answer)] = [next(logp) for _ in answer.ids]
    return found


def batches(items: list, size: int) -> list[list]:
    return [items[first : first + size] for first in range(0, len(items), size)]
