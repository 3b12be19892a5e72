"""The tasks, episodes and rewards of experiment.json as an environment of Hugging Face's TRL: its GRPOTrainer learns from them.

    accelerate launch train_trl.py --out runs/first
    accelerate launch train_trl.py --out runs/qwen --model Qwen/Qwen2.5-Coder-0.5B-Instruct --lora 16

An episode, all its turns, is one completion. TRL calls `rollout`, which plays it: the model answers, is asked to correct its
answer, answers again. What stands between two answers is masked (env_mask), so only the model's own tokens are trained. Each turn
is a reward function of its own, `turn_1`, `turn_2`, …; the accumulated reward R = Σ w_t r_t is their sum, the weights w_t being
TRL's reward_weights. README.md says what TRL cannot express.
"""

import argparse
import json
import os
from pathlib import Path
from types import SimpleNamespace

import torch
from datasets import Dataset
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig, TrainerCallback
from trl import GRPOConfig, GRPOTrainer

from credit import Try, accumulate, constant_weights, shared_turns
from episodes import Player
from grade import Grader
from metrics import episode_metrics
from prompts import format_of
from scores import log_probs

HERE = Path(__file__).resolve().parent


class Environment:
    """Plays episodes for TRL, and remembers nothing of them."""

    def __init__(self, e, player: Player, reference, tasks: list[dict]):
        self.e, self.player, self.reference = e, player, reference
        self.tasks = {prompt_of(task): task for task in tasks}

    def rollout(self, prompts: list[str], trainer: GRPOTrainer) -> dict[str, list]:
        """A try at each prompt; TRL gives every prompt as often as it wants tries, one after the other."""
        self.player.model = trainer.accelerator.unwrap_model(trainer.model)
        was_training = self.player.model.training
        self.player.model.eval()
        tries = [Try(i // self.e.num_generations, self.tasks[prompt]) for i, prompt in enumerate(prompts)]
        self.player.play(tries, self.player.sample)
        penalties = self.penalties(tries)
        self.player.model.train(was_training)
        return {
            "prompt_ids": [t.answers[0].context for t in tries],
            **dict(zip(("completion_ids", "env_mask"), zip(*(self.completion_of(t) for t in tries)))),
            "logprobs": None,  # of the policy itself: TRL works them out
            # Of the reward functions. NaN where a turn could not be judged: then none of them says anything.
            "turn_rewards": [[answer.reward for answer in t.answers] for t in tries],
            "kl_penalty": penalties,
        }

    def completion_of(self, a_try: Try) -> tuple[list[int], list[int]]:
        """The tokens after the first prompt, and 1 for each that is trained."""
        ids, mask = list(a_try.answers[0].context), []
        first = len(ids)
        for turn, answer in enumerate(a_try.answers):
            between = answer.context[len(ids) :]
            ids += between + answer.ids
            mask += [0] * len(between) + [int(turn >= shared_turns(self.e))] * len(answer.ids)
        return ids[first:], mask

    def penalties(self, tries: list[Try]) -> list[float]:
        """Σ KL of each try (k1), where it is taken off the reward."""
        if self.reference is None:
            return [0.0] * len(tries)
        form, temperature, size = self.player.format, self.e.temperature, self.player.batch_size
        policy, reference = (log_probs(model, tries, form, temperature, size) for model in (self.player.model, self.reference))
        trained = [[id(answer) for answer in t.answers[shared_turns(self.e) :]] for t in tries]
        return [sum(sum(policy[answer]) - sum(reference[answer]) for answer in answers) for answers in trained]

    def reward_functions(self) -> tuple[list, list[float]]:
        """What TRL adds up, and with which weights."""
        e = self.e
        weights = constant_weights(e)

        def turn(t: int):
            def reward(turn_rewards, **_):
                return [None if has_nan(r) else r[t] for r in turn_rewards]

            reward.__name__ = f"turn_{t + 1}"
            return reward

        def accumulated(turn_rewards, **_):
            return [None if has_nan(r) else accumulate(r, e) for r in turn_rewards]

        def kl(turn_rewards, kl_penalty, **_):
            return [None if has_nan(r) else penalty for r, penalty in zip(turn_rewards, kl_penalty)]

        functions = [turn(t) for t in range(e.turns)]
        if weights is None:  # R is no weighted sum: the turns are only logged
            functions, weights = [*functions, accumulated], [0.0] * e.turns + [1.0]
        if self.reference is not None:
            functions, weights = [*functions, kl], [*weights, -e.beta]
        # RLOO's baseline is the mean of the others, TRL's that of the group: the same but for this factor.
        factor = e.num_generations / (e.num_generations - 1) if e.estimator == "rloo" else 1.0
        return functions, [factor * weight for weight in weights]


def prompt_of(task: dict) -> str:
    """All that a rollout is told of a task is its prompt, so that has its name in it. The model does not read this."""
    return f"{task['id']}: {task['instruction']}"


def has_nan(values: list[float]) -> bool:
    return any(value != value for value in values)


class Evaluation(TrainerCallback):
    """Greedy answers to held-out tasks, which TRL's own evaluation does not give: it samples."""

    def __init__(self, e, player: Player, tasks: list[dict], out: Path):
        self.e, self.player, self.tasks, self.file = e, player, tasks, out / "eval.jsonl"

    def on_step_end(self, args, state, control, model=None, **_) -> None:
        if not state.is_world_process_zero or (state.global_step % self.e.eval_steps and state.global_step < state.max_steps):
            return
        was_training = model.training
        self.player.model = model.eval()
        tries = self.player.play([Try(i, task) for i, task in enumerate(self.tasks)], self.player.likeliest)
        model.train(was_training)
        found = {f"eval/{name}": value for name, value in episode_metrics(tries, self.e).items()}
        with self.file.open("a") as file:
            file.write(json.dumps({"step": state.global_step, **found}) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", help="a causal language model of the Hub, or a folder; model/ unless given")
    parser.add_argument("--lora", type=int, default=0, metavar="R", help="train adapters of this rank with PEFT")
    parser.add_argument("--batch-size", type=int, default=32, help="sequences that go through the model at once in a rollout")
    args = parser.parse_args()
    e = SimpleNamespace(**json.loads((HERE / "experiment.json").read_text()))
    args.out.mkdir(parents=True, exist_ok=True)

    # TRL takes as reference what the model's name says. So the model is made from that, and then given its own weights.
    name = args.model or str(HERE / "reference")
    model = AutoModelForCausalLM.from_pretrained(name, dtype=torch.float32)
    if args.model is None:
        model.load_state_dict(AutoModelForCausalLM.from_pretrained(HERE / "model", dtype=torch.float32).state_dict())
    tokenizer = AutoTokenizer.from_pretrained(name)
    form = format_of(tokenizer, model)
    model.generation_config = GenerationConfig(eos_token_id=form.stop, pad_token_id=form.pad)
    peft_config = None
    if args.lora:
        from peft import LoraConfig

        peft_config = LoraConfig(r=args.lora, lora_alpha=2 * args.lora, target_modules="all-linear", task_type="CAUSAL_LM")

    tasks = [json.loads(line) for line in (HERE / "tasks.jsonl").read_text().splitlines()]
    train = [task for task in tasks if task["split"] == "train"]
    heldout = [task for task in tasks if task["split"] == "heldout"]
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if e.prompts_per_update % world:
        raise SystemExit(f"prompts_per_update must be a multiple of the {world} processes, so that each has whole groups.")
    in_loss = e.estimator == "grpo"  # where the KL is: in the loss (k3), or taken off the reward (k1)
    reference = None
    if e.beta and not in_loss:
        reference = AutoModelForCausalLM.from_pretrained(name, dtype=torch.float32).eval().requires_grad_(False)
        reference.to("cuda" if torch.cuda.is_available() else "cpu")
    player = Player(model, form, Grader(max(1, (os.cpu_count() or 1) // world)), e, args.batch_size)
    environment = Environment(e, player, reference, train)
    reward_funcs, reward_weights = environment.reward_functions()

    config = GRPOConfig(
        output_dir=str(args.out),
        # RLOO and Dr. GRPO: −Σ A log π over all tokens, a mean over tries; that loss is called luspo here.
        loss_type="grpo" if in_loss else "luspo",
        scale_rewards="group" if in_loss else "none",
        reward_weights=reward_weights,
        beta=e.beta if in_loss else 0.0,
        epsilon=e.epsilon,
        num_iterations=e.num_iterations,
        num_generations=e.num_generations,
        per_device_train_batch_size=e.prompts_per_update * e.num_generations // world,
        gradient_accumulation_steps=1,
        max_completion_length=e.turns * (e.max_new_tokens + 64),
        temperature=e.temperature,
        top_p=e.top_p,
        learning_rate=e.learning_rate,
        lr_scheduler_type="cosine" if e.lr_scheduler_type == "cosine" else "constant_with_warmup",
        adam_beta1=e.adam_beta1,
        adam_beta2=e.adam_beta2,
        weight_decay=e.weight_decay,
        warmup_steps=e.warmup_steps,
        max_grad_norm=e.max_grad_norm,
        max_steps=e.max_steps,
        seed=e.seed,
        logging_steps=1,
        save_steps=e.eval_steps,
        report_to="none",
        bf16=False,
        use_cpu=not torch.cuda.is_available(),
    )
    trainer = GRPOTrainer(
        model=model,
        reward_funcs=reward_funcs,
        args=config,
        train_dataset=Dataset.from_list([{"prompt": prompt_of(task)} for task in train]),
        processing_class=tokenizer,
        rollout_func=environment.rollout,
        peft_config=peft_config,
        callbacks=[Evaluation(e, player, heldout, args.out)],
    )
    trainer.train()
    trainer.save_model(str(args.out / "model"))
    if trainer.accelerator.is_main_process:
        (args.out / "log.json").write_text(json.dumps(trainer.state.log_history, indent=1))
    player.grader.close()


if __name__ == "__main__":
    main()
