"""From the rewards of a batch of tries to the coefficient of every token in the loss: all that is CoCoS (arXiv 2505.23060) about it.

    r_1 … r_T  →  R  →  R' = R − β KL  →  A, compared with the other tries  →  c of every token, in the loss −Σ c·log π

Plain Python without tensors. Names after `e.` are those of experiment.json.
"""

import math
from dataclasses import dataclass, field

NAN = math.nan


@dataclass
class Answer:
    """What the model wrote at one turn. Lists of numbers have one for each of its tokens."""

    context: list[int]  # all that it had read before
    ids: list[int]  # the token that ends it included, unless it is truncated
    text: str  # the program in it
    truncated: bool
    tests: list[dict] = field(default_factory=list)  # an outcome for each unit test (grade.py)
    reward: float = NAN  # r_t; NaN where it could not be judged
    logp: list[float] = field(default_factory=list)  # log π, of the policy that wrote it
    ref_logp: list[float] = field(default_factory=list)  # log π_ref
    coefficients: list[float] = field(default_factory=list)  # c
    entropy: list[float] = field(default_factory=list)
    grad_norm: list[float] = field(default_factory=list)  # ‖∂loss/∂logits‖

    @property
    def kl(self) -> float:
        """KL(π ‖ π_ref), by the k1 estimator."""
        return sum(self.logp) - sum(self.ref_logp)


@dataclass
class Try:
    """One try at a task: its answers, in the order of their turns."""

    prompt: int  # tries at the same prompt are compared with one another
    task: dict
    answers: list[Answer] = field(default_factory=list)
    R: float = NAN


def mean(values) -> float:
    """NaN of nothing; exactly x when every value is x, so that deviations from equal values are exactly 0."""
    values = list(values)
    return values[0] + sum(x - values[0] for x in values) / len(values) if values else NAN


def std(values) -> float:
    """Divided by n - 1; 0 for one value, NaN of nothing."""
    values = list(values)
    if len(values) < 2:
        return 0.0 if values else NAN
    middle = mean(values)
    return math.sqrt(sum((x - middle) ** 2 for x in values) / (len(values) - 1))


def trained_on(tests: list, e) -> list:
    """The tests that the reward is earned on, and the feedback taken from."""
    return tests if e.train_tests == "all" else tests[: int(e.train_tests)]


def judged_on(tests: list, e) -> list:
    """Those that accuracy is measured on."""
    return tests if e.train_tests == "all" else tests[int(e.train_tests) :]


def reward(outcomes: list[dict], e) -> float:
    """r_t: the share of unit tests that pass (or their number), or whether all of them do."""
    statuses = [test["status"] for test in outcomes]
    if not statuses or "infra" in statuses:
        return NAN
    counted = trained_on(statuses, e)
    passed = counted.count("pass")
    if e.reward == "binary":
        return float(passed == len(counted))
    return float(passed) if e.reward_scale == "count" else passed / len(counted)


def same_reward(here: float, there: float | None) -> bool:
    """NaN here and null in a file are answers that could not be judged: the same only as one another."""
    if there is None or math.isnan(here):
        return there is None and math.isnan(here)
    return abs(here - there) <= 1e-9


def divide(a: float, b: float) -> float:
    """As in IEEE arithmetic, where a formula goes on after a division by 0."""
    return a / b if b else NAN if not a else math.copysign(math.inf, a) * math.copysign(1, b)


def power(a: float, b: float) -> float:
    if a == 0 and b < 0:
        return math.inf
    try:
        return math.pow(a, b)
    except ValueError:  # a root of a negative number
        return NAN
    except OverflowError:
        return math.inf


FUNCTIONS = {"min": min, "max": max, "abs": abs, "divide": divide, "power": power}


def accumulate(r: list[float], e) -> float:
    """R: from the rewards of the turns to the one reward of an episode."""
    if any(math.isnan(x) for x in r):
        return NAN
    T = len(r)
    match e.accumulate:
        case "cocos":  # the first reward, and each gain after it
            return e.gamma ** (T - 1) * r[0] + sum(e.gamma ** (T - 1 - t) * (r[t] - r[t - 1]) for t in range(1, T))
        case "last":
            return r[-1]
        case "best":
            return max(r)
        case "score":  # SCoRe, stage II (arXiv 2409.12917)
            return r[0] + r[1] + e.alpha * (r[1] - r[0])
        case "formula":  # Python that the export made of the formula; r[0] is the first turn's
            known = {"r": r, "gamma": e.gamma, "alpha": e.alpha}
            return float(eval(e.formula, {"__builtins__": {}, **FUNCTIONS}, known))
    raise ValueError(f"accumulate: there is no {e.accumulate}")


def shared_turns(e) -> int:
    """How many of the first turns the k tries at a prompt have in common. What they share is not trained."""
    return 1 if e.objective == "released-code" else 0


def earns(r: list[float], e) -> list[tuple[float, list[int]]]:
    """What a try is compared by, and the turns that each comparison pushes: one R for all of them, or one return a turn."""
    if e.returns == "accumulated":
        return [(accumulate(r, e), list(range(shared_turns(e), e.turns)))]
    G, found = 0.0, []
    for t in reversed(range(e.turns)):
        G = r[t] + (e.gamma * G if e.gamma else 0.0)  # 0·NaN is NaN, and γ = 0 does not look ahead
        found.append((G, [t]))
    return found[::-1]


def advantage(x: float, group: list[float], batch: list[float], e) -> float:
    """A: how much better a try did than its baseline. `group`, `batch`: what tries at its prompt, and all, have got; x among them."""
    if math.isnan(x):
        return NAN
    n = len(group)
    match e.estimator:
        case "rloo":  # the mean of the others
            return n / (n - 1) * (x - mean(group)) if n > 1 else 0.0
        case "reinforce":
            return x - mean(batch)
        case "grpo":
            return (x - mean(group)) / (std(group) + 1e-4)
        case "dr-grpo":
            return x - mean(group)
    raise ValueError(f"estimator: there is no {e.estimator}")


def clipped(c: float, ratio: float, epsilon: float) -> float:
    """ρc, or 0 where the clip stops the push."""
    stopped = ratio > 1 + epsilon if c > 0 else ratio < 1 - epsilon
    return 0.0 if stopped else ratio * c


def credit(tries: list[Try], e, now: dict[int, list[float]] | None = None) -> None:
    """Gives every token of every try of a batch its coefficient c in the loss −Σ c·log π, and every try its R.

    c = A/N, N the tries that could be judged. GRPO divides by the try's L trained tokens too, and has the KL in the loss (k3):
    c = A/(N·L) − β (1 − π_ref/π)/(N·L). The others take it off the reward: R' = R − β KL.

    `now`: log π of each answer, by id(answer), under a policy that has moved since it wrote them: then c is that of the clipped
    ratio, min(ρA, clip(ρ, 1−ε, 1+ε)A).
    """
    in_loss = e.estimator == "grpo"
    earned = [earns([answer.reward for answer in t.answers], e) for t in tries]
    compared = [
        [x - (0.0 if in_loss else e.beta) * sum(t.answers[turn].kl for turn in turns) for x, turns in returns]
        for t, returns in zip(tries, earned)
    ]
    N = sum(any(not math.isnan(x) for x in of_try) for of_try in compared)
    groups: dict[int, list[int]] = {}
    for i, t in enumerate(tries):
        groups.setdefault(t.prompt, []).append(i)

    for i, t in enumerate(tries):
        t.R = earned[i][0][0]
        L = sum(len(answer.ids) for answer in t.answers[shared_turns(e) :])
        divisor = N * max(1, L) if in_loss else N
        for answer in t.answers:
            answer.coefficients = [0.0] * len(answer.ids)
        for s, (_, turns) in enumerate(earned[i]):
            group, batch = (
                [compared[j][s] for j in some if not math.isnan(compared[j][s])]
                for some in (groups[t.prompt], range(len(tries)))
            )
            A = advantage(compared[i][s], group, batch, e)
            if math.isnan(A):
                continue
            c = A / divisor
            if now is not None:  # what shares an advantage shares a ratio
                moved = sum(sum(now[id(t.answers[turn])]) - sum(t.answers[turn].logp) for turn in turns)
                c = clipped(c, math.exp(moved), e.epsilon)
            for turn in turns:
                answer = t.answers[turn]
                logp = now[id(answer)] if now is not None else answer.logp
                kl = [e.beta * math.expm1(ref - lp) / divisor if in_loss else 0.0 for lp, ref in zip(logp, answer.ref_logp)]
                answer.coefficients = [c + push for push in kl]


def constant_weights(e) -> list[float] | None:
    """w_t = ∂R/∂r_t, where it is the same for all rewards."""
    linear = {"best": e.turns == 1, "formula": e.formula_is_linear}.get(e.accumulate, True)
    if e.returns != "accumulated" or not linear:
        return None
    zero = [0.0] * e.turns
    return [accumulate(zero[:t] + [1.0] + zero[t + 1 :], e) - accumulate(zero, e) for t in range(e.turns)]
