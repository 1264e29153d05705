"""Reference training step in PyTorch, if it is installed: nn.LSTM layers of the same sizes, and the same loss."""

from __future__ import annotations

import sys

from benchmarks.figures import Figure, report
from benchmarks.machine import median_seconds


def main() -> None:
    """Report the time of a training step. Does nothing if PyTorch is not installed."""
    try:
        import torch
    except ImportError:
        return  # PyTorch is optional
    from torch import nn

    batch, time, z_size, mixtures = 100, 250, 128, 20
    encoder = nn.LSTM(5, 256, bidirectional=True, batch_first=True)
    code, start = nn.Linear(512, 2 * z_size), nn.Linear(z_size, 1024)
    decoder, output = nn.LSTM(5 + z_size, 512, batch_first=True), nn.Linear(512, 6 * mixtures + 3)
    parameters = [p for module in (encoder, code, start, decoder, output) for p in module.parameters()]
    adam = torch.optim.Adam(parameters, lr=1e-3)
    rows = torch.randn(batch, time, 5)

    def step() -> None:
        adam.zero_grad()
        summary = encoder(rows)[1][0].transpose(0, 1).reshape(batch, 512)
        mean, presig = code(summary).chunk(2, dim=1)
        z = mean + torch.exp(presig / 2) * torch.randn(batch, z_size)
        h, c = torch.tanh(start(z)).chunk(2, dim=1)
        inputs = torch.cat([rows, z[:, None].expand(-1, time, -1)], 2)
        hidden, _ = decoder(inputs, (h[None].contiguous(), c[None].contiguous()))
        pen, pi, mu1, mu2, s1, s2, rho = output(hidden).split([3, *[mixtures] * 6], dim=2)
        rho = torch.tanh(rho) * 0.999
        x, y = (rows[..., 0:1] - mu1) / s1.exp(), (rows[..., 1:2] - mu2) / s2.exp()
        rest = 1 - rho**2
        log_p = -(x**2 + y**2 - 2 * rho * x * y) / (2 * rest) - s1 - s2 - 0.5 * rest.log()
        recon = -torch.logsumexp(pi.log_softmax(2) + log_p, 2).mean() - pen.log_softmax(2)[..., 0].mean()
        kl = -0.5 * (1 + presig - mean**2 - presig.exp()).mean()
        (recon + 0.5 * kl).backward()
        adam.step()

    step()
    report(Figure("peer: the same step with torch.nn.LSTM, no dropout", median_seconds(step, 5), "s"))


if __name__ == "__main__":
    sys.exit(main())
