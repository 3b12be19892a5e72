"""tinyLlama.py FOLDER: a Llama with random weights, a byte-level tokenizer and a chat template. With an adapter's folder as well:
what became of that, in a line."""

import sys

import torch

folder, *adapter = sys.argv[1:]
if adapter:
    from safetensors.torch import load_file

    tensors = load_file(f"{adapter[0]}/adapter_model.safetensors")
    moved = [name for name, tensor in tensors.items() if "lora_B" in name and tensor.abs().max() > 0]
    count = sum("lora_B" in name for name in tensors)
    assert count and len(moved) == count, f"only {len(moved)} of {count} matrices B have moved"
    print(f"all {count} matrices B have moved from 0")
    sys.exit()

from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
specials = ["<|end|>", "<|user|>", "<|assistant|>"]
tokenizer = Tokenizer(models.BPE({token: i for i, token in enumerate([*specials, *alphabet])}, []))
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
tokenizer.add_special_tokens(specials)
fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|end|>", pad_token="<|end|>")
fast.chat_template = (
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
fast.save_pretrained(folder)
torch.manual_seed(1)
config = LlamaConfig(
    vocab_size=len(fast), hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, max_position_embeddings=1024, eos_token_id=0, pad_token_id=0, bos_token_id=None,
)
LlamaForCausalLM(config).save_pretrained(folder)
