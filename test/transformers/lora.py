"""A tiny model with an adapter as PEFT trains it: its files, logits and gradients, for test/unit/model/adapter.test.ts.

    python lora.py lora.json            makes lora.json
    python lora.py --check FOLDER...    prints for each the logits of the model in FOLDER with the adapter in FOLDER/adapter,
                                        and of the model in FOLDER/merged

Needs torch, transformers and peft.
"""

import base64
import importlib.metadata
import json
import os
import sys
import tempfile

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM, LlamaForCausalLM, LlamaConfig

ids = [(7 * i * i + 3 * i + 1) % 24 for i in range(14)]


def logits_of(model):
    with torch.no_grad():
        return model(torch.tensor([ids])).logits[0].flatten().tolist()


if sys.argv[1] == "--check":
    found = []
    for folder in sys.argv[2:]:
        base = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
        adapted = PeftModel.from_pretrained(base, os.path.join(folder, "adapter")).eval()
        merged = AutoModelForCausalLM.from_pretrained(os.path.join(folder, "merged"), dtype=torch.float32).eval()
        found.append({"adapted": logits_of(adapted), "merged": logits_of(merged)})
    print(json.dumps({"ids": ids, "found": found}))
    sys.exit()

torch.manual_seed(1)
model = LlamaForCausalLM(
    LlamaConfig(
        vocab_size=24,
        hidden_size=16,
        intermediate_size=12,
        num_hidden_layers=1,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=64,
        tie_word_embeddings=True,
        initializer_range=0.3,
    )
)


def files(folder):
    return {
        name: base64.b64encode(open(os.path.join(folder, name), "rb").read()).decode()
        for name in sorted(os.listdir(folder))
        if name.endswith((".json", ".safetensors")) and name != "generation_config.json"
    }


with tempfile.TemporaryDirectory() as folder:
    model.save_pretrained(folder)
    base = files(folder)
targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
adapted = get_peft_model(model, LoraConfig(r=3, lora_alpha=6, target_modules=targets, lora_dropout=0.0, task_type="CAUSAL_LM"))
for name, parameter in adapted.named_parameters():
    if "lora_" in name:
        torch.nn.init.normal_(parameter, std=0.3)
with tempfile.TemporaryDirectory() as folder:
    adapted.save_pretrained(folder)
    adapter = files(folder)
logp = torch.log_softmax(adapted(torch.tensor([ids])).logits[0, :-1], -1)
loss = -logp[range(len(ids) - 1), ids[1:]].sum()
loss.backward()
gradients = {
    name.replace(".default", ""): [float(f"{x:.6g}") for x in parameter.grad.flatten().tolist()]
    for name, parameter in adapted.named_parameters()
    if parameter.grad is not None
}
versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("transformers", "torch", "peft"))
json.dump(
    {
        "madeWith": versions,
        "ids": ids,
        "base": base,
        "adapter": adapter,
        "loss": loss.item(),
        "logits": [float(f"{x:.6g}") for x in logits_of(adapted)],
        "gradients": gradients,
    },
    open(sys.argv[1], "w"),
)
