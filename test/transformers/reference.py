"""Checkpoints as transformers writes them, and the logits it computes from them, for test/transformers/compare.ts.

    python reference.py tiny OUT.json             a random model of 3,000 parameters (tiny.json is this)
    python reference.py public/models/boost OUT.json

Needs torch and transformers. Each variant is saved by save_pretrained, loaded again and run in float32, which is what
the playground does with half-precision weights.
"""

import base64
import json
import sys
import tempfile

import torch
import transformers
from transformers import AutoConfig, LlamaConfig, LlamaForCausalLM

source, out = sys.argv[1:]
torch.manual_seed(0)
if source == "tiny":
    config = LlamaConfig(
        vocab_size=20,
        hidden_size=16,
        intermediate_size=12,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=64,
        tie_word_embeddings=True,
        initializer_range=0.3,
    )
    model = LlamaForCausalLM(config)
    lengths, digits = [9, 5], 6
else:
    config = AutoConfig.from_pretrained(source)
    model = LlamaForCausalLM.from_pretrained(source, dtype=torch.float32)
    lengths, digits = [64, 200], 9
ids = [torch.randint(config.vocab_size, (n,)).tolist() for n in lengths]


def variant(dtype, theta):
    with tempfile.TemporaryDirectory() as folder:
        copy = LlamaForCausalLM(config)
        copy.load_state_dict(model.state_dict())
        copy.config.rope_parameters = {"rope_type": "default", "rope_theta": theta}
        copy.to(dtype).save_pretrained(folder)
        again = LlamaForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
        assert again.config.rope_parameters["rope_theta"] == theta
        with torch.no_grad():
            logits = [again(torch.tensor([row])).logits[0].flatten().tolist() for row in ids]
        return {
            "config": json.load(open(f"{folder}/config.json")),
            "safetensors": base64.b64encode(open(f"{folder}/model.safetensors", "rb").read()).decode(),
            "logits": [[float(f"{x:.{digits}g}") for x in row] for row in logits],
        }


variants = {
    "float32": variant(torch.float32, 10000.0),
    "bfloat16": variant(torch.bfloat16, 10000.0),
    "float16": variant(torch.float16, 10000.0),
    "float32, rope_theta 500000": variant(torch.float32, 500000.0),
}
made_with = f"transformers {transformers.__version__}, torch {torch.__version__}"
json.dump({"madeWith": made_with, "ids": ids, "variants": variants}, open(out, "w"))
