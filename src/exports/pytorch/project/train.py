"""CoCoS (arXiv 2505.23060) with transformers, PEFT and Accelerate: the experiment of experiment.json on as many GPUs as there are.

    accelerate launch train.py --out runs/first
    accelerate launch train.py --out runs/first --resume
    accelerate launch train.py --out runs/qwen --model Qwen/Qwen2.5-Coder-0.5B-Instruct --lora 16 --batch-size 4

A model answers a task, is asked to correct its answer, and learns from how many unit tests each answer passes. One update:

    1. episodes   each process writes its share of the k tries at each prompt, T turns each, and has them graded (episodes.py)
    2. score      log π and log π_ref of every token (scores.py)
    3. credit     from rewards to a coefficient c for every token (credit.py has the method)
    4. learn      the gradient of −Σ c·log π, clipped, AdamW

Tries are gathered from all processes before they are compared, so the tries at a prompt may be spread over them; credit is
computed alike by each. Names after `e.` are those of experiment.json.
"""

import argparse
import json
import math
import os
import random
import shutil
import time
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import torch
from accelerate import Accelerator
from accelerate.utils import gather_object, set_seed
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

from credit import Try, constant_weights, credit, same_reward, shared_turns
from episodes import Player
from grade import Grader
from metrics import episode_metrics, train_metrics
from prompts import format_of
from scores import batches, log_probs, sequences_of, token_stats

HERE = Path(__file__).resolve().parent


def learning_rate(e, step: int) -> float:
    """Linear warm-up, then constant or half a cosine down to 0. `step`: updates done."""
    if e.lr_scheduler_type == "constant" or step < e.warmup_steps:
        return e.learning_rate * min(1, (step + 1) / max(1, e.warmup_steps))
    progress = min(1, (step - e.warmup_steps) / max(1, e.max_steps - e.warmup_steps))
    return e.learning_rate * 0.5 * (1 + math.cos(math.pi * progress))


class Run:
    """Policy, reference, optimizer, tasks and grader of this process."""

    def __init__(self, args, e):
        self.args, self.e = args, e
        self.accelerator = Accelerator()
        self.rank, self.world = self.accelerator.process_index, self.accelerator.num_processes
        self.rows = e.prompts_per_update * e.num_generations // self.world  # of this process, in an update
        if e.prompts_per_update * (1 if shared_turns(e) else e.num_generations) % self.world:
            what = "prompts_per_update" if shared_turns(e) else "prompts_per_update × num_generations"
            raise SystemExit(f"{what} must be a multiple of the {self.world} processes, so that each has as much to do.")

        policy_at = args.model or str(HERE / "model")
        reference_at = args.reference or (args.model or str(HERE / "reference"))
        dtype = getattr(torch, args.dtype)
        policy = AutoModelForCausalLM.from_pretrained(policy_at, dtype=dtype)
        self.tokenizer = AutoTokenizer.from_pretrained(policy_at)
        self.format = format_of(self.tokenizer, policy)
        # Nothing that a model brings with it (top-k, a repetition penalty) may change how it samples here.
        policy.generation_config = GenerationConfig(eos_token_id=self.format.stop, pad_token_id=self.format.pad)
        if args.lora:
            from peft import LoraConfig, get_peft_model

            set_seed(e.seed)  # of the adapter's first values
            lora = LoraConfig(r=args.lora, lora_alpha=2 * args.lora, target_modules="all-linear", task_type="CAUSAL_LM")
            policy = get_peft_model(policy, lora)
        # The model without its adapter is the reference, unless that is another one; else a frozen copy is.
        self.reference = None
        if not (args.lora and same_weights(policy_at, reference_at)):
            self.reference = AutoModelForCausalLM.from_pretrained(reference_at, dtype=dtype).to(self.accelerator.device)
            self.reference.requires_grad_(False).eval()

        trained = [p for p in policy.parameters() if p.requires_grad]
        groups = [
            {"params": [p for p in trained if p.ndim >= 2], "weight_decay": e.weight_decay},
            {"params": [p for p in trained if p.ndim < 2], "weight_decay": 0.0},
        ]
        optimizer = torch.optim.AdamW([g for g in groups if g["params"]], betas=(e.adam_beta1, e.adam_beta2), eps=1e-8)
        self.model, self.optimizer = self.accelerator.prepare(policy, optimizer)
        self.policy = self.accelerator.unwrap_model(self.model)  # for passes without a gradient
        self.policy.eval()  # no dropout: the gradient is that of the policy that wrote the answers
        tasks = [json.loads(line) for line in (HERE / "tasks.jsonl").read_text().splitlines()]
        self.train_tasks = [task for task in tasks if task["split"] == "train"]
        self.heldout_tasks = [task for task in tasks if task["split"] == "heldout"]
        grader = Grader(max(1, (os.cpu_count() or 1) // self.world))
        self.player = Player(self.policy, self.format, grader, e, args.batch_size)
        self.step = 0  # updates done

    def sampled(self) -> list[Try]:
        """This process's share of the tries of the next update."""
        e = self.e
        set_seed(seed_for(e.seed, self.step, self.rank))
        share = range(self.rank * self.rows, (self.rank + 1) * self.rows)
        prompts = [row // e.num_generations for row in share]
        tries = [Try(prompt, self.task_at(self.step * e.prompts_per_update + prompt)) for prompt in prompts]
        return self.player.play(tries, self.player.sample)

    def task_at(self, place: int) -> dict:
        """The tasks in a shuffled order, a new one for every pass over them."""
        n = len(self.train_tasks)
        order = random.Random(seed_for(self.e.seed, place // n)).sample(range(n), n)
        return self.train_tasks[order[place % n]]

    def replayed(self, lines: list[dict]) -> list[Try]:
        """This process's share of the recorded tries of one update, put where they stood and graded again."""
        if len(lines) % self.world:
            raise SystemExit(f"The {len(lines)} tries of an update cannot be shared among {self.world} processes.")
        share = len(lines) // self.world
        own = lines[self.rank * share : (self.rank + 1) * share]
        tasks = {task["id"]: task for task in self.train_tasks}
        unknown = [line["task"]["id"] for line in own if line["task"]["id"] not in tasks]
        if unknown:
            raise SystemExit(f"tasks.jsonl has no training task {unknown[0]}: the episodes are of another experiment.")
        tries = [Try(line["group"], tasks[line["task"]["id"]]) for line in own]
        return self.player.play(tries, lambda _, turn, rows: [own[i]["turns"][turn]["ids"] for i in rows])

    def log_probs(self, model, tries: list[Try]) -> dict[int, list[float]]:
        with self.accelerator.autocast():
            return log_probs(model, tries, self.format, self.e.temperature, self.args.batch_size)

    def score(self, tries: list[Try]) -> None:
        began = time.perf_counter()
        policy = self.log_probs(self.policy, tries)
        with self.policy.disable_adapter() if self.reference is None else nullcontext():
            reference = self.log_probs(self.reference or self.policy, tries)
        for answer in (answer for t in tries for answer in t.answers):
            answer.logp, answer.ref_logp = policy[id(answer)], reference[id(answer)]
        self.player.spend("score", began)

    # ---- Learning

    def learn(self, tries: list[Try]) -> dict[str, float]:
        """One step of AdamW along −Σ c·log π. The tries are this process's; the gradient is that of all."""
        accelerator, e = self.accelerator, self.e
        rate = learning_rate(e, self.step)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        parts = batches(sequences_of(tries), self.args.batch_size)
        accelerator.gradient_accumulation_steps = len(parts)
        accelerator.step = 0  # what it has accumulated so far
        loss, norms = torch.zeros((), device=accelerator.device), {}
        for part in parts:
            with accelerator.accumulate(self.model):
                logp, entropy, sum_sq = token_stats(self.model, part, self.format, e.temperature)
                answers = [answer for sequence in part for answer, _ in sequence.answers]
                c = torch.tensor([c for answer in answers for c in answer.coefficients], device=logp.device)
                part_loss = -(c * logp).sum()
                loss += part_loss.detach()
                # Accelerate divides by the number of parts, and DDP by that of processes. This loss is a sum.
                accelerator.backward(part_loss * len(parts) * self.world)
                push = c.abs() / e.temperature * (1 - 2 * logp.detach().exp() + sum_sq).clamp(min=0).sqrt()
                lists = iter(entropy.tolist()), iter(push.tolist())
                for answer in answers:
                    answer.entropy, answer.grad_norm = ([next(values) for _ in answer.ids] for values in lists)
                if accelerator.sync_gradients:
                    accelerator.unscale_gradients()
                    norms = layer_norms(self.policy)
                    norm = accelerator.clip_grad_norm_(self.model.parameters(), e.max_grad_norm)
                    if norm is not None and not math.isfinite(norm):
                        raise SystemExit(f"The gradient norm of update {self.step + 1} is {norm}. Lower learning_rate.")
                self.optimizer.step()
                self.optimizer.zero_grad()
        return {
            "train/loss": accelerator.reduce(loss, "sum").item(),
            "train/grad_norm": float(norm) if norm is not None else math.nan,
            **norms,
            "train/clipped": float(norm is not None and norm > e.max_grad_norm),
            "train/learning_rate": rate,
        }

    def update(self, tries: list[Try]) -> dict[str, float]:
        """One update, from this process's tries; what was measured of all."""
        e = self.e
        self.score(tries)
        everyone: list[Try] = gather_object(tries)
        own = everyone[self.rank * len(tries) : (self.rank + 1) * len(tries)]
        if all(math.isnan(answer.reward) for t in everyone for answer in t.answers):
            raise SystemExit("No program could be graded; nothing was learned.")
        began = time.perf_counter()
        credit(everyone, e)
        learned = self.learn(own)
        measured = {**train_metrics(gather_object(own), constant_weights(e), e), **learned}
        for _ in range(1, e.num_iterations):
            own_now = self.log_probs(self.policy, own)
            lists = gather_object([own_now[id(answer)] for t in own for answer in t.answers])
            now = dict(zip((id(answer) for t in everyone for answer in t.answers), lists))
            credit(everyone, e, now)
            self.learn(own)
        self.player.spend("update", began)
        self.step += 1
        return measured

    def evaluate(self) -> dict[str, float]:
        """Greedy tries at the held-out tasks, which are spread over the processes."""
        tasks = list(enumerate(self.heldout_tasks))[self.rank :: self.world]
        tries: list[Try] = []
        for part in batches([Try(i, task) for i, task in tasks], self.args.batch_size):
            tries += self.player.play(part, self.player.likeliest)
            self.accelerator.print(f"{self.step}/{self.e.max_steps} evaluated {len(tries)} of {len(tasks)}", flush=True)
        found = episode_metrics(sorted(gather_object(tries), key=lambda t: t.prompt), self.e)
        return {f"eval/{name}": value for name, value in found.items()}

    # ---- A folder for all that comes of it

    def save(self, out: Path) -> None:
        """A state to resume from, written whole before the one before it goes; and the model as a Hugging Face folder."""
        state = out / f"state-{self.step}"
        self.accelerator.save_state(str(state))
        self.policy.save_pretrained(out / "model", is_main_process=self.accelerator.is_main_process)
        if self.accelerator.is_main_process:
            self.tokenizer.save_pretrained(out / "model")
            (state / "step.json").write_text(json.dumps({"step": self.step}))  # last: a state without it was not finished
            for old in out.glob("state-*"):
                if old != state:
                    shutil.rmtree(old)
        self.accelerator.wait_for_everyone()

    def load(self, out: Path) -> None:
        saved = [json.loads(file.read_text())["step"] for file in out.glob("state-*/step.json")]
        if not saved:
            raise SystemExit(f"{out} holds no finished state. Start it without --resume, with another --out.")
        self.step = max(saved)
        self.accelerator.load_state(str(out / f"state-{self.step}"))


def same_weights(one: str, other: str) -> bool:
    """Whether two names of models mean the same weights."""
    files = [Path(folder) / "model.safetensors" for folder in (one, other)]
    if all(file.is_file() for file in files):
        return files[0].read_bytes() == files[1].read_bytes()
    return one == other


def seed_for(*numbers: int) -> int:
    """A seed for what these numbers say it is for: a run that was stopped goes on as it would have gone."""
    return random.Random(repr(numbers)).getrandbits(31)


def part_of(parameter: str) -> str:
    """The part of the model that a parameter belongs to: embed, 1.attention, 1.mlp, …, norm."""
    _, inside, place = parameter.partition("layers.")
    if not inside:
        return "embed" if "embed" in parameter or "lm_head" in parameter else "norm"
    layer, what = place.split(".")[:2]
    return f"{int(layer) + 1}.{'attention' if what in ('self_attn', 'input_layernorm') else 'mlp'}"


def layer_norms(model) -> dict[str, float]:
    """How long the gradient is in each part of the model. Not where it is spread over processes (FSDP, DeepSpeed)."""
    squares: dict[str, float] = {}
    for name, parameter in model.named_parameters():
        if type(parameter.grad) is torch.Tensor:
            part = part_of(name)
            squares[part] = squares.get(part, 0.0) + parameter.grad.float().square().sum().item()
    return {f"train/layer_grad_norm@{part}": float(f"{math.sqrt(square):.4g}") for part, square in squares.items()}


class Log:
    """metrics.jsonl: a line an update, and one before the first. Only the main process writes it."""

    def __init__(self, run: Run, out: Path):
        self.run, self.file = run, out / "metrics.jsonl"
        if run.accelerator.is_main_process and self.file.exists():  # what came after the saved state is done again
            lines = [line for line in self.file.read_text().splitlines(keepends=True) if line.endswith("\n")]
            self.file.write_text("".join(line for line in lines if json.loads(line)["step"] <= run.step))

    def add(self, measured: dict[str, float]) -> None:
        run = self.run
        if run.accelerator.is_main_process:
            known = {name: None if isinstance(x, float) and math.isnan(x) else x for name, x in measured.items()}
            with self.file.open("a") as file:
                file.write(json.dumps({"step": run.step, **known}) + "\n")
            told = [name for name in measured if "accuracy@" in name or name == "train/return"]
            print(f"{run.step}/{run.e.max_steps}", *(f"{name} {measured[name]:.3f}" for name in told), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder for metrics, states and the model")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out, as it was begun")
    parser.add_argument("--model", help="a causal language model of the Hub, or a folder; model/ unless given")
    parser.add_argument("--reference", help="π_ref; --model, or reference/, unless given")
    parser.add_argument("--lora", type=int, default=0, metavar="R", help="train adapters of this rank with PEFT, not all weights")
    parser.add_argument("--dtype", default="float32", choices=["float32", "bfloat16", "float16"], help="of the weights")
    parser.add_argument("--steps", type=int, help="updates, in place of max_steps of experiment.json; with --resume also more of them")
    parser.add_argument("--batch-size", type=int, default=32, help="sequences of a process that go through the model at once")
    parser.add_argument("--replay", type=Path, help="learn from recorded episodes (.jsonl), update by update, not from new ones")
    args = parser.parse_args()
    begun = args.out / "run.json"
    e = SimpleNamespace(**json.loads((HERE / "experiment.json").read_text()))
    if args.resume and not begun.exists():
        raise SystemExit(f"--resume: {args.out} holds no run. Leave --resume out to begin one.")
    if args.resume:
        said = json.loads(begun.read_text())
        e = SimpleNamespace(**said["experiment"])
        args = argparse.Namespace(**{**vars(args), **said["args"]})
    elif begun.exists():
        raise SystemExit(f"--out: {args.out} holds a run already. Add --resume, or choose another folder.")

    if args.steps is not None:
        if args.steps < 1:
            raise SystemExit(f"--steps must be at least 1, not {args.steps}.")
        e.max_steps = args.steps

    run = Run(args, e)  # the processes wait for one another here
    if args.resume:
        run.load(args.out)
        if run.step >= e.max_steps:
            run.accelerator.print(f"{args.out} is at update {run.step} of {e.max_steps} already; --steps N goes on, up to update N.")
            return run.player.grader.close()
    if run.accelerator.is_main_process:
        args.out.mkdir(parents=True, exist_ok=True)
        kept = {name: getattr(args, name) for name in ("model", "reference", "lora", "dtype", "batch_size")}
        begun.write_text(json.dumps({"args": kept, "processes": run.world, "experiment": vars(e)}, indent=2) + "\n")
    log = Log(run, args.out)
    if run.player.grader.network:
        run.accelerator.print("Note: this machine does not let programs be kept from the network (see grade.py).")
    try:
        replay(run, log, args.replay) if args.replay else train(run, log, args.out)
    finally:
        run.player.grader.close()
        run.accelerator.end_training()


def train(run: Run, log: Log, out: Path) -> None:
    if run.step == 0:
        log.add(run.evaluate())
    while run.step < run.e.max_steps:
        began = time.perf_counter()
        measured = run.update(run.sampled())
        run.player.spend("total", began)
        measured |= run.player.times()
        due = run.step % run.e.eval_steps == 0 or run.step >= run.e.max_steps
        log.add({**measured, **(run.evaluate() if due else {})})
        run.player.times()  # those of the evaluation are no update's
        if due:
            run.save(out)


def replay(run: Run, log: Log, file: Path) -> None:
    """The updates of a run of the playground, from the answers that were sampled there: it must come to the same numbers."""
    steps: dict[int, list[dict]] = {}
    for line in map(json.loads, file.read_text().splitlines()):
        steps.setdefault(line["step"], []).append(line)
    for step, lines in sorted(steps.items()):
        run.step = step - 1
        tries = run.replayed(lines)
        again = gather_object([[answer.reward for answer in t.answers] for t in tries])
        then = [[turn["reward"] for turn in line["turns"]] for line in lines]
        differing = sum(not same_reward(a, b) for one, two in zip(again, then) for a, b in zip(one, two))
        log.add({**run.update(tries), "replay/graded_otherwise": differing})


if __name__ == "__main__":
    main()
