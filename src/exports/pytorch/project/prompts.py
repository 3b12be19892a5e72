"""How a model is asked: the token ids before each answer, and the program in an answer.

Two formats. `Small` is that of the playground's own models, which know four special tokens and nothing of chats; its ids are
those that the playground samples and trains with. `Chat` asks any other model, by the chat template of its tokenizer.
"""

import re

FEEDBACK = 60  # the longest feedback, in characters and in tokens
GOT = 24  # characters of a wrong value in it


def format_of(tokenizer, stop: list[int]):
    """The format that a model's tokenizer asks for. `stop`: ids that end an answer, of the model's generation config."""
    vocabulary = tokenizer.get_vocab()
    if all(token in vocabulary for token in Small.TOKENS):
        return Small(tokenizer, vocabulary)
    if tokenizer.chat_template is None:
        raise SystemExit("This tokenizer has no chat template. Choose a model that was trained to chat (an -Instruct one).")
    return Chat(tokenizer, stop)


class Small:
    """<bos> task <code> y_1 <eot> <fix> y_2 <eot>; with feedback, <fb> failing test <fix> in place of <fix>."""

    TOKENS = ("<pad>", "<bos>", "<code>", "<fix>", "<fb>", "<eot>")

    def __init__(self, tokenizer, vocabulary: dict[str, int]):
        self.tokenizer = tokenizer
        self.pad, self.bos, self.code, self.fix, self.fb, self.eot = (vocabulary[token] for token in self.TOKENS)
        self.stop = [self.eot]
        self.never = [self.pad, self.bos, self.code, self.fix, self.fb]  # no answer has these: their probability is 0

    def first(self, task: dict) -> list[int]:
        return [self.bos, *self._encode(task["instruction"]), self.code]

    def after(self, ids: list[int], feedback: str) -> list[int]:
        """What stands between an answer and the next one."""
        end = [] if ids[-1:] == [self.eot] else [self.eot]
        if not feedback:
            return [*end, self.fix]
        return [*end, self.fb, *self._encode(feedback[:FEEDBACK])[:FEEDBACK], self.fix]

    def program(self, ids: list[int]) -> str:
        return self.tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)

    def _encode(self, text: str) -> list[int]:
        # A text that says "<eot>" is not to end anything.
        return self.tokenizer(text, add_special_tokens=False, split_special_tokens=True).input_ids


class Chat:
    """A user who asks, an assistant that answers, a user who asks for a correction."""

    ASK = "Answer with one whole Python program, in a code block."
    CORRECT = "Check your answer. If it is wrong, correct it. Answer with one whole Python program, in a code block."
    MARK = "@@answer@@"  # where the answer stands in a rendered chat

    def __init__(self, tokenizer, stop: list[int]):
        self.tokenizer = tokenizer
        self.stop = sorted({*stop, tokenizer.eos_token_id} - {None})
        self.pad = tokenizer.pad_token_id if tokenizer.pad_token_id is not None else self.stop[0]
        self.never: list[int] = []

    def first(self, task: dict) -> list[int]:
        return self._ids([self._user(f"{task['instruction']}\n\n{self.ASK}")])

    def after(self, ids: list[int], feedback: str) -> list[int]:
        """What the template puts after an answer, up to the next one. The answer itself is never tokenized again."""
        told = f"This test fails: {feedback}\n\n{self.CORRECT}" if feedback else self.CORRECT
        answer = {"role": "assistant", "content": self.MARK}
        text = self._render([self._user(self.ASK), answer, self._user(told)])
        closing = self._encode(text.split(self.MARK)[1])
        ended = ids[-1:] and ids[-1] in self.stop and closing[0] in self.stop
        return closing[1:] if ended else closing

    def program(self, ids: list[int]) -> str:
        text = self.tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        blocks = re.findall(r"```(?:python|py)?[ \t]*\n(.*?)(?:```|\Z)", text, flags=re.DOTALL | re.IGNORECASE)
        return blocks[-1] if blocks else text

    @staticmethod
    def _user(content: str) -> dict:
        return {"role": "user", "content": content}

    def _ids(self, messages: list[dict]) -> list[int]:
        return self._encode(self._render(messages))

    def _render(self, messages: list[dict]) -> str:
        return self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)

    def _encode(self, text: str) -> list[int]:
        return self.tokenizer(text, add_special_tokens=False).input_ids


def feedback_on(outcomes: list[dict]) -> str:
    """The shortest failing test, as `total([2]) == 2 got 4`; "ok" if none fails."""
    lines = []
    for test in outcomes:
        if test["status"] == "pass":
            continue
        got = (test["got"] or test["exception"] or test["status"])[:GOT]
        wanted = f" == {test['expected']}" if test["expected"] else ""
        lines.append(f"{test['expression']}{wanted} got {got}")
    return min(lines, key=len, default="ok")
