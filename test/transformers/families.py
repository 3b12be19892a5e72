"""Tiny checkpoints of every family and form that the playground reads, with the logits of transformers: families.json.

    python families.py families.json

Needs torch, transformers, gguf and peft (their versions are written into the file). Weights are random. What is stored in
fewer bits is widened again before transformers computes with it, so that only the arithmetic differs.
"""

import base64
import json
import os
import sys
import tempfile

import gguf
import numpy as np
import torch
import transformers
from gguf import GGMLQuantizationType as T
from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

sizes = dict(
    vocab_size=24,
    hidden_size=32,
    intermediate_size=32,
    num_hidden_layers=1,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=128,
    initializer_range=0.3,
    rms_norm_eps=1e-5,
)
llama3 = dict(rope_type="llama3", rope_theta=500000.0, factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16)
torch.manual_seed(0)
ids = torch.randint(24, (40,)).tolist()


def short(values):
    return [float(f"{x:.6g}") for x in values]


def coded(data):
    return base64.b64encode(data).decode()


def logits(model):
    with torch.no_grad():
        return short(model.float().eval()(torch.tensor([ids])).logits[0, ::4].flatten().tolist())


def made(config):
    kind = Qwen2ForCausalLM if config.model_type == "qwen2" else LlamaForCausalLM
    model = kind(config)
    for name, parameter in model.named_parameters():
        if name.endswith(".bias"):
            torch.nn.init.normal_(parameter, std=0.3)
        elif "norm" in name:
            torch.nn.init.normal_(parameter, mean=1, std=0.2)
    return model


def huggingface(config, dtype, shard="1GB"):
    model = made(config).to(dtype)
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder, max_shard_size=shard)
        files = {
            name: coded(open(f"{folder}/{name}", "rb").read())
            for name in sorted(os.listdir(folder))
            if name != "generation_config.json"
        }
        again = type(model).from_pretrained(folder, dtype=torch.float32)
    return {"files": files, "logits": logits(again)}


names = [
    ("model.embed_tokens", "token_embd"),
    ("model.norm", "output_norm"),
    ("lm_head", "output"),
    ("input_layernorm", "attn_norm"),
    ("self_attn.q_proj", "attn_q"),
    ("self_attn.k_proj", "attn_k"),
    ("self_attn.v_proj", "attn_v"),
    ("self_attn.o_proj", "attn_output"),
    ("post_attention_layernorm", "ffn_norm"),
    ("mlp.gate_proj", "ffn_gate"),
    ("mlp.up_proj", "ffn_up"),
    ("mlp.down_proj", "ffn_down"),
]
stored = {
    "attn_q": T.Q8_0,
    "attn_k": T.Q4_0,
    "attn_v": T.Q5_0,
    "attn_output": T.Q4_1,
    "ffn_gate": T.Q5_1,
    "ffn_up": T.F16,
    "ffn_down": T.BF16,
    "token_embd": T.Q8_0,
    "output": T.F32,
}


def gguf_name(name):
    for ours, theirs in names:
        name = name.replace(ours, theirs)
    return name.replace("model.layers", "blk")


def permute(w, heads):
    # convert_hf_to_gguf.py of llama.cpp
    return w.reshape(heads, 2, w.shape[0] // heads // 2, *w.shape[1:]).swapaxes(1, 2).reshape(w.shape)


def back(w, heads):
    return w.reshape(heads, w.shape[0] // heads // 2, 2, *w.shape[1:]).swapaxes(1, 2).reshape(w.shape)


def through_gguf(config, factors=None):
    model = made(config)
    arch = config.model_type
    with tempfile.NamedTemporaryFile(suffix=".gguf") as file:
        writer = gguf.GGUFWriter(file.name, arch)
        writer.add_context_length(config.max_position_embeddings)
        writer.add_embedding_length(config.hidden_size)
        writer.add_block_count(config.num_hidden_layers)
        writer.add_feed_forward_length(config.intermediate_size)
        writer.add_head_count(config.num_attention_heads)
        writer.add_head_count_kv(config.num_key_value_heads)
        writer.add_layer_norm_rms_eps(config.rms_norm_eps)
        rope = config.rope_parameters
        writer.add_rope_freq_base(rope["rope_theta"])
        writer.add_rope_dimension_count(config.hidden_size // config.num_attention_heads)
        writer.add_vocab_size(config.vocab_size)
        if rope["rope_type"] == "linear":
            writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
            writer.add_rope_scaling_factor(rope["factor"])
        if factors is not None:
            writer.add_tensor("rope_freqs.weight", np.array(factors, dtype=np.float32))
        state = model.state_dict()
        for name in list(state):
            if name == "lm_head.weight" and config.tie_word_embeddings:
                continue
            w = state[name].numpy()
            their = gguf_name(name)
            heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}.get(their.split(".")[-2])
            moved = permute(w, heads) if heads and arch == "llama" else w
            kind = next((t for part, t in stored.items() if part in their.split(".")), T.F32) if w.ndim == 2 else T.F32
            data = gguf.quants.quantize(moved, kind)
            writer.add_tensor(their, data, raw_dtype=kind)
            widened = gguf.quants.dequantize(data, kind).reshape(w.shape)
            state[name] = torch.tensor(back(widened, heads) if heads and arch == "llama" else widened)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        data = open(file.name, "rb").read()
    if config.tie_word_embeddings:
        state["lm_head.weight"] = state["model.embed_tokens.weight"]
    model.load_state_dict(state)
    return {"files": {"model.gguf": coded(data)}, "logits": logits(model)}


def llama3_factors(config):
    scaled = LlamaForCausalLM(config).model.rotary_emb.inv_freq
    d = config.hidden_size // config.num_attention_heads
    plain = 1 / config.rope_parameters["rope_theta"] ** (torch.arange(0, d, 2) / d)
    return (plain / scaled).tolist()


scaled = LlamaConfig(**sizes, tie_word_embeddings=False, rope_parameters=llama3)
models = {
    "llama, llama3 scaling, untied, float16": huggingface(scaled, torch.float16),
    "llama, linear scaling, tied, in shards": huggingface(
        LlamaConfig(**sizes, tie_word_embeddings=True, rope_parameters=dict(rope_type="linear", factor=4.0, rope_theta=1e5)),
        torch.float32,
        "12KB",
    ),
    "qwen2, biases, tied, bfloat16": huggingface(
        Qwen2Config(**sizes, tie_word_embeddings=True, rope_parameters=dict(rope_type="default", rope_theta=1e6)), torch.bfloat16
    ),
    "llama gguf, llama3 factors, untied": through_gguf(scaled, llama3_factors(scaled)),
    "llama gguf, linear scaling, tied": through_gguf(
        LlamaConfig(**sizes, tie_word_embeddings=True, rope_parameters=dict(rope_type="linear", factor=4.0, rope_theta=1e5))
    ),
    "qwen2 gguf, biases": through_gguf(
        Qwen2Config(**sizes, tie_word_embeddings=False, rope_parameters=dict(rope_type="default", rope_theta=1e6))
    ),
}

# Random bytes as blocks of every type; what they say as numbers that are no numbers is replaced.
blocks = {}
random = np.random.default_rng(0)
for kind in [T.F32, T.F16, T.BF16, T.Q8_0, T.Q4_0, T.Q4_1, T.Q5_0, T.Q5_1, T.Q4_K, T.Q5_K, T.Q6_K]:
    values, size = gguf.GGML_QUANT_SIZES[kind]
    raw = random.integers(0, 256, (256 // values, size), dtype=np.uint8)
    halves = {T.Q8_0: [0], T.Q4_0: [0], T.Q4_1: [0, 2], T.Q5_0: [0], T.Q5_1: [0, 2], T.Q4_K: [0, 2], T.Q5_K: [0, 2], T.Q6_K: [208]}
    for at in halves.get(kind, []):
        raw[:, at : at + 2] = random.normal(0, 0.1, (len(raw), 1)).astype(np.float16).view(np.uint8)
    if kind in (T.F32, T.F16, T.BF16):
        raw = gguf.quants.quantize(random.normal(0, 1, 256).astype(np.float32), kind).view(np.uint8)
    values = gguf.quants.dequantize(raw.reshape(1, -1), kind).astype(np.float32).flatten()
    blocks[kind.name] = {"bytes": coded(raw.tobytes()), "values": coded(values.tobytes())}

versions = f"transformers {transformers.__version__}, torch {torch.__version__}, gguf {__import__('importlib.metadata').metadata.version('gguf')}"
json.dump({"madeWith": versions, "ids": ids, "models": models, "blocks": blocks}, open(sys.argv[1], "w"))
