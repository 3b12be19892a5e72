"""What others compute with SmolLM2-135M-Instruct, for test/prove/smollm2.ts.

    python smollm2.py MODEL.gguf FOLDER [TOKENIZER.json ...]

Weights are what the `gguf` package makes of the file; transformers computes with them in float32. The tokenizer is built with
the Rust library `tokenizers` from the file's vocabulary, in the form of the model's published tokenizer.json. Further
tokenizer.json files (Llama 3, Qwen 2.5) are read by that library as they are. Needs torch, transformers, gguf.
"""

import importlib.metadata
import inspect
import json
import os
import random
import sys

import numpy as np
import torch
from gguf import GGUFReader, dequantize
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM
from transformers.utils.chat_template_utils import render_jinja_template

source, folder, *others = sys.argv[1:]
reader = GGUFReader(source)


def field(name):
    return reader.fields[name].contents()


config = LlamaConfig(
    vocab_size=len(field("tokenizer.ggml.tokens")),
    hidden_size=field("llama.embedding_length"),
    intermediate_size=field("llama.feed_forward_length"),
    num_hidden_layers=field("llama.block_count"),
    num_attention_heads=field("llama.attention.head_count"),
    num_key_value_heads=field("llama.attention.head_count_kv"),
    max_position_embeddings=field("llama.context_length"),
    rms_norm_eps=1e-5,
    rope_parameters={"rope_type": "default", "rope_theta": field("llama.rope.freq_base")},
    tie_word_embeddings=True,
)
parts = {
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
state = {}
for tensor in reader.tensors:
    values = torch.tensor(np.array(dequantize(tensor.data, tensor.tensor_type), dtype=np.float32))
    if tensor.name.startswith("blk."):
        _, layer, part, kind = tensor.name.split(".")
        heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}.get(part)
        if heads:
            rows, columns = values.shape
            values = values.reshape(heads, rows // heads // 2, 2, columns).swapaxes(1, 2).reshape(rows, columns)
        state[f"model.layers.{layer}.{parts[part]}.{kind}"] = values
    else:
        state[{"token_embd.weight": "model.embed_tokens.weight", "output_norm.weight": "model.norm.weight"}[tensor.name]] = values
state["lm_head.weight"] = state["model.embed_tokens.weight"]
torch.set_default_dtype(torch.float32)
model = LlamaForCausalLM(config)
model.load_state_dict(state)
model.eval()

kinds = field("tokenizer.ggml.token_type")
tokens = field("tokenizer.ggml.tokens")
tokenizer = Tokenizer(
    models.BPE(
        vocab={token: i for i, token in enumerate(tokens)},
        merges=[tuple(merge.split(" ")) for merge in field("tokenizer.ggml.merges")],
    )
)
tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
    [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)]
)
tokenizer.decoder = decoders.ByteLevel()
tokenizer.add_special_tokens(
    [AddedToken(token, special=True, normalized=False) for token, kind in zip(tokens, kinds) if kind == 3]
)


def ids_of(some, text):
    return some.encode(text, add_special_tokens=False).ids


def varied(some, count):
    """Code, prose, Unicode, special tokens, in pieces put together at random."""
    r = random.Random(0)
    code = inspect.getsource(json) + inspect.getsource(random) + inspect.getsource(inspect)
    special = [token.content for token in some.get_added_tokens_decoder().values()][:24]
    pieces = [
        lambda: code[(at := r.randrange(len(code))) : at + r.randrange(200)],
        lambda: "".join(chr(r.choice([r.randrange(32, 0x2FF), r.randrange(0x370, 0x1FFF), r.randrange(0x3040, 0x9FFF)])) for _ in range(r.randrange(12))),
        lambda: "".join(chr(r.randrange(0x1F300, 0x1FAFF)) for _ in range(r.randrange(4))) + "\u200d\ufe0f",
        lambda: r.choice(special),
        lambda: chr(r.randrange(1, 32)),
        lambda: str(r.randrange(10 ** r.randrange(1, 20))),
        lambda: r.choice([" ", "\n", "\t", "\r\n", "\u00a0", "\u3000"]) * r.randrange(6),
        lambda: r.choice(["don't", "I'LL", "we'Ve", "x'S", "e\u0301te\u0301", "Stra\u00dfe", "\ufb01n", "\u0130stanbul", "12\u00bd\u0664"]),
    ]
    return ["".join(r.choice(pieces)() for _ in range(r.randrange(1, 7))) for _ in range(count)]


def written(name, value):
    json.dump(value, open(os.path.join(folder, name), "w"))


texts = varied(tokenizer, 1000)
written("tokens.json", [{"text": text, "ids": ids_of(tokenizer, text)} for text in texts])
# So that the other way in is tried too: the same tokenizer as a file.
tokenizer.save(os.path.join(folder, "tokenizer.json"))
for number, file in enumerate(others):
    other = Tokenizer.from_file(file)
    written(f"other-{number}.json", {"file": file, "cases": [{"text": text, "ids": ids_of(other, text)} for text in varied(other, 1000)]})

template = field("tokenizer.chat_template")
chats = [
    [{"role": "user", "content": "Write a Python function that adds two numbers."}],
    [{"role": "system", "content": "You write code."}, {"role": "user", "content": "  spaces, {{ braces }} \n"}],
    [
        {"role": "user", "content": "def f(x):"},
        {"role": "assistant", "content": "```python\nreturn x\n```"},
        {"role": "user", "content": "Correct it: \u00e9\u4e2d\U0001f600"},
    ],
]


def render(messages, prompt):
    rendered, _ = render_jinja_template([messages], chat_template=template, add_generation_prompt=prompt)
    return rendered[0]


written("chats.json", [{"messages": c, "prompt": p, "text": render(c, p)} for c in chats for p in (True, False)])

text = inspect.getsource(json)
ids = ids_of(tokenizer, text)[:512]
with torch.no_grad():
    logits = model(torch.tensor([ids])).logits[0].numpy()
logits.astype("<f4").tofile(os.path.join(folder, "logits.f32"))
prompt = ids_of(tokenizer, render(chats[0], True))
end = field("tokenizer.ggml.eos_token_id")
with torch.no_grad():
    done = model.generate(
        torch.tensor([prompt]), max_new_tokens=64, do_sample=False, eos_token_id=end, pad_token_id=end, output_logits=True, return_dict_in_generate=True
    )
answer = done.sequences[0, len(prompt) :].tolist()
best = [step[0].topk(2).values.tolist() for step in done.logits]
versions = {name: importlib.metadata.version(name) for name in ("transformers", "torch", "gguf", "tokenizers")}
written(
    "reference.json",
    {"versions": versions, "ids": ids, "prompt": prompt, "end": end, "answer": answer, "best": best, "text": tokenizer.decode(answer)},
)
