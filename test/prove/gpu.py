"""PyTorch eager on the same card, for what `gpu.ts` measures of ours: a training step of the benchmark's sizes (16 x 128 tokens, loss,
gradient, Adam), generation of 48 tokens after 24 with a key/value cache, batch 64, and the shape of SmolLM2-135M writing in half
precision. One JSON line a figure.

    python3 test/prove/gpu.py OUT.json
"""

import json
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
# Width, width of the MLP, layers, heads, vocabulary.
SIZES = {
    "0.18M": (64, 168, 3, 4, 512),
    "0.9M": (128, 344, 4, 4, 512),
    "5M": (256, 688, 6, 8, 512),
    "25M": (512, 1376, 8, 16, 512),
    "135M": (576, 1536, 30, 9, 49152),
}


class Layer(nn.Module):
    def __init__(self, width, hidden, heads):
        super().__init__()
        self.heads = heads
        self.norms = nn.ModuleList(nn.RMSNorm(width, eps=1e-5) for _ in range(2))
        self.qkv = nn.Linear(width, 3 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.gate_up = nn.Linear(width, 2 * hidden, bias=False)
        self.down = nn.Linear(hidden, width, bias=False)

    def forward(self, x, angles, cache, at):
        batch, length, width = x.shape
        parts = self.qkv(self.norms[0](x)).view(batch, length, 3, self.heads, -1)
        q, k, v = parts.permute(2, 0, 3, 1, 4)
        cos, sin = angles

        def rotated(t):
            one, two = t.chunk(2, -1)
            return t * cos + torch.cat([-two, one], -1) * sin

        q, k = rotated(q), rotated(k)
        if cache is not None:
            cache[0][:, :, at : at + length], cache[1][:, :, at : at + length] = k, v
            k, v = cache[0][:, :, : at + length], cache[1][:, :, : at + length]
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=length > 1)
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, length, width))
        gate, up = self.gate_up(self.norms[1](x)).chunk(2, -1)
        return x + self.down(F.silu(gate) * up)


class Decoder(nn.Module):
    def __init__(self, width, hidden, layers, heads, vocabulary):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width)
        self.layers = nn.ModuleList(Layer(width, hidden, heads) for _ in range(layers))
        self.norm = nn.RMSNorm(width, eps=1e-5)
        size = width // heads
        angles = torch.outer(torch.arange(512.0), 10000 ** (-torch.arange(0, size, 2) / size))
        self.register_buffer("cos", torch.cat([angles.cos()] * 2, -1))
        self.register_buffer("sin", torch.cat([angles.sin()] * 2, -1))
        self.heads, self.size = heads, size

    def forward(self, ids, caches=None, at=0):
        end = at + ids.shape[1]
        x = self.embed(ids)
        for i, layer in enumerate(self.layers):
            x = layer(x, (self.cos[at:end], self.sin[at:end]), caches[i] if caches else None, at)
        return F.linear(self.norm(x if caches is None else x[:, -1]), self.embed.weight)

    def caches(self, batch, length):
        like = self.embed.weight
        shape = (2, batch, self.heads, length, self.size)
        return [torch.empty(shape, device=DEVICE, dtype=like.dtype) for _ in self.layers]


def median_ms(work, rounds):
    for _ in range(3):
        work()
    times = []
    for _ in range(rounds):
        if DEVICE == "cuda":
            torch.cuda.synchronize()
        began = time.perf_counter()
        work()
        if DEVICE == "cuda":
            torch.cuda.synchronize()
        times.append(1000 * (time.perf_counter() - began))
    return sorted(times)[rounds // 2]


def training(name):
    model = Decoder(*SIZES[name]).to(DEVICE)
    ids = torch.randint(512, (16, 129), device=DEVICE)
    optimizer = torch.optim.Adam(model.parameters(), 1e-3)

    def step():
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten()).backward()
        optimizer.step()

    return median_ms(step, 10)


@torch.no_grad()
def generating(name, rows, dtype, new=48):
    model = Decoder(*SIZES[name]).to(DEVICE, dtype)
    ids = torch.randint(512, (rows, 24), device=DEVICE)

    def write():
        caches = model.caches(rows, 24 + new)
        logits = model(ids, caches)
        for i in range(new):
            token = torch.multinomial(logits.float().softmax(-1), 1)
            logits = model(token, caches, 24 + i)

    return rows * new * 1000 / median_ms(write, 3)


def main():
    out = dict(torch=torch.__version__, device=torch.cuda.get_device_name() if DEVICE == "cuda" else "cpu", rows=[])

    def tell(**figure):
        out["rows"].append(figure)
        print(json.dumps(figure), flush=True)
        with open(sys.argv[1], "w") as file:
            json.dump(out, file)

    sizes = ["0.18M", "0.9M", "5M", "25M"] if DEVICE == "cuda" else ["0.18M"]
    torch.backends.cuda.matmul.allow_tf32 = False
    for name in sizes:
        tell(what="training step, ms", size=name, ms=training(name))
    for name in sizes:
        tell(what="tokens/s", size=name, rows=64, dtype="float32", rate=generating(name, 64, torch.float32))
    if DEVICE == "cuda":
        for rows in (1, 8, 64):
            rate = generating("135M", rows, torch.float16)
            tell(what="tokens/s", size="135M", rows=rows, dtype="float16", rate=rate)
        for m, k, n in ((2048, 64, 336), (2048, 512, 512), (2048, 512, 2752), (2048, 576, 1536), (4096, 4096, 4096)):
            a, b = torch.randn(m, k, device=DEVICE), torch.randn(k, n, device=DEVICE)

            def products():
                for _ in range(20):
                    a @ b

            ms = median_ms(products, 7) / 20
            tell(what="product, GFLOP/s", size=f"{m}x{k}x{n}", rate=2 * m * k * n / ms / 1e6)


main()
