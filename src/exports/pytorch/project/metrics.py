"""What is measured of tries, under the playground's names (docs/metrics.md there has the definition of each).

A try with an answer that could not be graded is left out of everything but `masked`. A mean of nothing is NaN.
"""

from math import isnan, nan, sqrt

import numpy as np

from credit import judged_on, mean, std, trained_on


def masked(a_try) -> bool:
    return any(isnan(answer.reward) for answer in a_try.answers)


def episode_metrics(tries: list, e) -> dict[str, float]:
    """What training and evaluation share."""
    found = {"masked": mean(masked(t) for t in tries)}
    valid = [t for t in tries if not masked(t)]
    turns = len(tries[0].answers)

    def passed(answer) -> list[bool]:
        return [test["status"] == "pass" for test in answer.tests]

    for t in range(turns):
        answers = [a_try.answers[t] for a_try in valid]
        found[f"accuracy@t{t + 1}"] = mean(all(judged_on(passed(a), e)) for a in answers)
        found[f"tests_passed@t{t + 1}"] = mean(mean(judged_on(passed(a), e)) for a in answers)
        if e.train_tests != "all":
            found[f"trained_tests_passed@t{t + 1}"] = mean(mean(trained_on(passed(a), e)) for a in answers)
        found[f"reward@t{t + 1}"] = mean(a.reward for a in answers)
        found[f"length@t{t + 1}"] = mean(len(a.ids) for a in answers)
        found[f"truncated@t{t + 1}"] = mean(a.truncated for a in answers)
        found[f"timeout@t{t + 1}"] = mean(any(test["status"] == "timeout" for test in a.tests) for a in answers)
    if turns < 2:
        return found

    tests = [[judged_on(passed(a), e) for a in t.answers] for t in valid]  # [try][turn][test]
    found |= _transition([(all(t[0]), all(t[-1])) for t in tests])
    pairs = [pair for t in tests for pair in zip(t[0], t[-1])]
    unit = _transition(pairs)
    found["delta_i_to_c_unit"], found["delta_c_to_i_unit"] = unit["delta_i_to_c"], unit["delta_c_to_i"]
    found["fix_rate_unit"] = mean(after for before, after in pairs if not before)
    found["break_rate_unit"] = mean(not after for before, after in pairs if before)
    for t in range(1, turns if turns > 2 else 1):
        step = _transition([(all(one[t - 1]), all(one[t])) for one in tests])
        found |= {f"{name}@t{t + 1}": value for name, value in step.items()}
    distances = [edit_distance(a.text, b.text) for t in valid for a, b in zip(t.answers, t.answers[1:])]
    found["edit_distance"] = mean(distances)
    found["copy_rate"] = mean(d == 0 for d in distances)
    return found


def _transition(pairs: list[tuple[bool, bool]]) -> dict[str, float]:
    """What went right and what went wrong."""
    return {
        "delta": mean(after for _, after in pairs) - mean(before for before, _ in pairs),
        "delta_i_to_c": mean(after and not before for before, after in pairs),
        "delta_c_to_i": mean(before and not after for before, after in pairs),
    }


def train_metrics(tries: list, weights: list[float] | None, e) -> dict[str, float]:
    """Those of an update's tries, with their credit. `weights`: w_t, where they are the same for all rewards."""
    found = episode_metrics(tries, e)
    valid = [t for t in tries if not masked(t)]
    for t in range(e.turns):
        answers = [a_try.answers[t] for a_try in valid]
        found[f"kl@t{t + 1}"] = mean(a.kl for a in answers)
        found[f"entropy@t{t + 1}"] = mean(x for a in answers for x in a.entropy)
        found[f"grad_norm@t{t + 1}"] = sqrt(sum(x * x for a_try in tries for x in a_try.answers[t].grad_norm))
        if weights is not None:
            found[f"weight@t{t + 1}"] = weights[t]
    found["return"] = mean(t.R for t in valid)
    groups = [[t.R for t in group if not isnan(t.R)] for group in by_prompt(tries)]
    deviations = [std(group) for group in groups if group]
    found["return_std"] = mean(deviations)
    found["zero_std"] = mean(deviation < 1e-6 for deviation in deviations)
    if e.turns > 1:
        found["coupling"] = _coupling(valid)
    return {f"train/{name}": value for name, value in found.items()}


def _coupling(valid: list) -> float:
    """The slope of r_2 on r_1 within groups: how much a better first answer raises the second one's reward."""
    covariance = variance = 0.0
    for group in by_prompt(valid):
        first, second = ([t.answers[turn].reward for t in group] for turn in (0, 1))
        covariance += sum((a - mean(first)) * (b - mean(second)) for a, b in zip(first, second))
        variance += sum((a - mean(first)) ** 2 for a in first)
    return covariance / variance if variance else nan


def by_prompt(tries: list) -> list[list]:
    groups: dict[int, list] = {}
    for a_try in tries:
        groups.setdefault(a_try.prompt, []).append(a_try)
    return list(groups.values())


def edit_distance(a: str, b: str) -> float:
    """Levenshtein's, in characters, divided by the longer length."""
    if a == b:
        return 0.0
    letters = np.array([ord(letter) for letter in b])
    columns = np.arange(len(b) + 1)
    row = columns.copy()
    for letter in a:
        replaced = row[:-1] + (letters != ord(letter))
        row = np.concatenate(([row[0] + 1], np.minimum(replaced, row[1:] + 1)))
        row = np.minimum.accumulate(row - columns) + columns  # inserted
    return int(row[-1]) / max(len(a), len(b))
