"""Prints parameters after steps of optimizers, for tests/optimizers.rs. PyTorch, in f64."""

import torch

print(torch.__version__)


def run(name, make):
    w = torch.tensor([4.0, -2.0, 0.5], dtype=torch.float64, requires_grad=True)
    optimizer = make([w])
    for step in range(5):
        if step == 3:
            for group in optimizer.param_groups:
                group["lr"] = 0.05
        optimizer.zero_grad()
        scale = torch.tensor([1.0, 3.0, 0.1], dtype=torch.float64)
        (scale * w**2 + w.cos()).sum().backward()
        optimizer.step()
    print(name, [repr(x) for x in w.tolist()])


run("sgd", lambda w: torch.optim.SGD(w, lr=0.1))
run("momentum", lambda w: torch.optim.SGD(w, lr=0.1, momentum=0.9))
run("adam", lambda w: torch.optim.Adam(w, lr=0.1))
run("adam with", lambda w: torch.optim.Adam(w, lr=0.1, betas=(0.8, 0.95), eps=1e-3))
