"""How a model is asked: the token ids before each answer, and the program in an answer.

Two formats. `Small` is that of the playground's own models, which know four special tokens and nothing of chats; its ids are
those that the playground samples and trains with. `Chat` asks any other model, by the chat template of its tokenizer.
"""

import re

FEEDBACK = 60  # the longest feedback, in characters and in tokens
GOT = 24  # characters of a wrong value in it


def format_of(tokenizer, model):
    """The format that a model's tokenizer asks for."""
    vocabulary = tokenizer.get_vocab()
    if all(token in vocabulary for token in Small.TOKENS):
        return Small(tokenizer, vocabulary)
    if tokenizer.chat_template is None:
        raise SystemExit("This tokenizer has no chat template. Choose a model that was trained to chat (an -Instruct one).")
    stop = model.generation_config.eos_token_id
    return Chat(tokenizer, stop if isinstance(stop, list) else [stop], model.config.vocab_size)


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
    """A user who asks, an assistant that answers, a user who asks for a correction: in the words of the playground."""

    CODE_ONLY = "Answer with Python code only, in one code block."
    CORRECT = f"There may be an error in the code above. Correct it if it is wrong, and otherwise repeat it. {CODE_ONLY}"
    MARK = "@@answer@@"  # where the answer stands in a rendered chat

    def __init__(self, tokenizer, stop: list[int], vocabulary: int):
        self.tokenizer = tokenizer
        specials = {id for id, token in tokenizer.added_tokens_decoder.items() if token.special}
        closing = self._closing("")
        at = next((n for n, id in enumerate(closing) if id in specials), None)
        if at is None:
            raise SystemExit("The chat template ends an answer without a special token. Choose another model.")
        self.end = closing[: at + 1]  # what the template puts after an answer, which the model writes itself
        self.stop = sorted({closing[at], *stop} - {None})
        self.pad = closing[at]
        self.never = sorted((specials | set(range(len(tokenizer), vocabulary))) - set(self.stop))

    def first(self, task: dict) -> list[int]:
        name = f"Name the function {task['entry_point']}. " if task["entry_point"] else ""
        return self._encode(self._render([self._user(f"{task['instruction'].strip()}\n\n{name}{self.CODE_ONLY}")]))

    def after(self, ids: list[int], feedback: str) -> list[int]:
        """What stands between an answer and the next one. The answer itself is never tokenized again."""
        closing = self._closing(f"A test fails: {feedback[:FEEDBACK]}\n\n" if feedback else "")
        return closing[len(self.end) :] if ids[-1] in self.stop else closing

    def program(self, ids: list[int]) -> str:
        text = self.tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        opening = re.search(r"^[ \t]*```[^\n`]*\n", text, re.MULTILINE)
        if opening is None:
            return text
        code = text[opening.end() :]
        closing = re.search(r"^[ \t]*```[ \t]*$", code, re.MULTILINE)
        return code[: closing.start()] if closing else code

    def _closing(self, told: str) -> list[int]:
        answer = {"role": "assistant", "content": self.MARK}
        text = self._render([self._user(self.CODE_ONLY), answer, self._user(told + self.CORRECT)])
        return self._encode(text.split(self.MARK)[1])

    @staticmethod
    def _user(content: str) -> dict:
        return {"role": "user", "content": content}

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
