"""Episodes: a model answers a task, is asked to correct its answer, turn after turn, and unit tests grade every answer."""

import time
from dataclasses import dataclass, field

import torch

from credit import Answer, Try, reward, shared_turns, trained_on
from prompts import feedback_on


def padded(rows: list[list[int]], pad: int, left: bool, device) -> dict[str, torch.Tensor]:
    width = max(len(row) for row in rows)
    blank = [width - len(row) for row in rows]
    ids = [[pad] * n + row if left else row + [pad] * n for row, n in zip(rows, blank)]
    mask = [[0] * n + [1] * len(row) if left else [1] * len(row) + [0] * n for row, n in zip(rows, blank)]
    return {"input_ids": torch.tensor(ids, device=device), "attention_mask": torch.tensor(mask, device=device)}


@dataclass
class Player:
    """A model with all that it needs to play episodes."""

    model: torch.nn.Module
    format: object  # prompts.py
    grader: object  # grade.py
    e: object  # experiment.json
    batch_size: int  # sequences that go through the model at once
    spent: dict[str, float] = field(default_factory=dict)  # seconds, by stage

    @torch.no_grad()
    def write(self, contexts: list[list[int]], greedy: bool) -> list[list[int]]:
        """An answer to each of these, the token that ends it included if it came."""
        e, answers = self.e, []
        sampling = dict(do_sample=False) if greedy else dict(do_sample=True, temperature=e.temperature, top_p=e.top_p, top_k=0)
        for first in range(0, len(contexts), self.batch_size):
            batch = padded(contexts[first : first + self.batch_size], self.format.pad, True, self.model.device)
            written = self.model.generate(
                **batch, **sampling, max_new_tokens=e.max_new_tokens, suppress_tokens=self.format.never or None
            )
            for row in written[:, batch["input_ids"].shape[1] :].tolist():
                end = next((n for n, token in enumerate(row) if token in self.format.stop), len(row) - 1)
                answers.append(row[: end + 1])
        return answers

    def sample(self, contexts: list[list[int]], *_) -> list[list[int]]:
        return self.write(contexts, greedy=False)

    def likeliest(self, contexts: list[list[int]], *_) -> list[list[int]]:
        return self.write(contexts, greedy=True)

    def context(self, a_try: Try, turn: int) -> list[int]:
        """All that the model reads before an answer."""
        e = self.e
        if turn == 0:
            return self.format.first(a_try.task)
        last = a_try.answers[turn - 1]
        told = feedback_on(trained_on(last.tests, e)) if e.feedback == "tests" else ""
        anew = turn > 1 and e.history == "latest"  # only the latest answer stays in view
        before = self.format.first(a_try.task) if anew else last.context
        return before + last.ids + self.format.after(last.ids, told)

    def play(self, tries: list[Try], write) -> list[Try]:
        """All turns of these tries, graded. `write(contexts, turn, rows)` gives the answers of some of them."""
        for turn in range(self.e.turns):
            contexts = [self.context(t, turn) for t in tries]
            shared = turn < shared_turns(self.e)
            firsts = [i for i, t in enumerate(tries) if not shared or i == 0 or tries[i - 1].prompt != t.prompt]
            began = time.perf_counter()
            answers = dict(zip(firsts, write([contexts[i] for i in firsts], turn, firsts)))
            self.spend("sample", began)
            for i, t in enumerate(tries):
                ids = answers[max(first for first in firsts if first <= i)]
                text, truncated = self.format.program(ids), ids[-1] not in self.format.stop
                t.answers.append(Answer(contexts[i], ids, text, truncated))
            began = time.perf_counter()
            programs = [{"code": t.answers[-1].text, "setup": t.task["setup"], "tests": t.task["tests"]} for t in tries]
            for t, outcomes in zip(tries, self.grader.grade(programs)):
                t.answers[-1].tests = outcomes
                t.answers[-1].reward = reward(outcomes, self.e)
            self.spend("grade", began)
        return tries

    def spend(self, stage: str, began: float) -> None:
        self.spent[stage] = self.spent.get(stage, 0.0) + time.perf_counter() - began

    def times(self) -> dict[str, int]:
        """What was spent since it was last asked, milliseconds."""
        spent, self.spent = self.spent, {}
        return {f"time/{stage}_ms": round(1000 * seconds) for stage, seconds in spent.items()}
