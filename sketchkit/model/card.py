"""The model card: the text of `README.md` in a model folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sketchkit.model.config import ModelConfig

__all__ = ["write_card"]


def write_card(
    config: ModelConfig,
    *,
    data: str = "",
    license: str = "",
    notes: str = "",
    pictures: Mapping[str, str] | None = None,
) -> str:
    """Return a model's card as Markdown.

    Parameters
    ----------
    config : ModelConfig
    data : str
        Source of the training drawings. Default: `hparams.data_set`.
    license : str
        License of the weights; it follows from the license of the data.
    notes : str
        Notes for users, such as known weaknesses.
    pictures : mapping of file name to caption, optional
        Pictures in the same folder as the card.
    """
    h, training = config.hparams, config.training
    decoder = (
        f"The decoder ({h.dec_model} cell, {h.dec_rnn_size} units) predicts a mixture of {h.num_mixture} bivariate "
        f"normal distributions. Drawings have at most {h.max_seq_len} points."
    )
    architecture = (
        f"Its encoder reads a drawing forward and backward, with two recurrent networks ({h.enc_model} cell, "
        f"{h.enc_rnn_size} units). A latent code has {h.z_size} numbers. {decoder}"
        if h.conditional
        else f"It is unconditional: it has a decoder, but no encoder and no latent code. {decoder}"
    )
    lines = [
        f"# {config.name}",
        "",
        f"This is a sketch-rnn model ([arXiv 1704.03477](https://arxiv.org/abs/1704.03477)). {architecture}",
        "",
        "| | |",
        "| --- | --- |",
        f"| Data | {data or ', '.join(h.data_set)} |",
        f"| License of the weights | {license or 'not specified; the license of the data applies'} |",
        f"| Categories | {', '.join(config.categories) or 'not specified'} |",
        f"| Scale factor | {config.scale_factor:.6g} |",
    ]
    # The training record is not validated on load; entries of an unexpected type are omitted.
    if isinstance(training.get("step"), int):
        lines.append(f"| Steps | {training['step']:,} |")
    if isinstance(training.get("seconds"), (int, float)):
        lines.append(f"| Training time | {training['seconds'] / 60:.0f} minutes |")
    if "seed" in training:
        lines.append(f"| Seed | {training['seed']} |")
    losses = training.get("losses")
    losses = {split: values for split, values in losses.items() if _is_loss(values)} if isinstance(losses, dict) else {}
    if losses:
        heading = "The table lists the losses of each split. KL is computed without tolerance. " + (
            "As in training with `skip_padding`, the pen loss counts the points of a drawing and its first end row, "
            "but not the rest of the padding. Sums over rows are divided by N_max, the maximum number of points."
            if h.skip_padding
            else "The losses are computed as in the published training, including the padding."
        )
        lines += ["", heading, ""]
        lines += ["| split | reconstruction | KL | drawings |", "| --- | --- | --- | --- |"]
        for split, values in losses.items():
            lines.append(f"| {split} | {values['recon']:.3f} | {values['kl']:.3f} | {values['drawings']:,} |")
    changed = h.diff()
    changed.pop("data_set", None)
    if changed:
        lines += ["", "Hyperparameters that differ from the published defaults: " + ", ".join(
            f"`{name}={value}`" for name, value in changed.items()) + "."]  # fmt: skip
    for name, caption in (pictures or {}).items():
        lines += ["", f"![{caption}]({name})", "", caption]
    if notes:
        lines += ["", notes]
    return "\n".join(lines) + "\n"


def _is_loss(values: Any) -> bool:
    """Return whether a record contains the losses of a split."""
    return isinstance(values, dict) and all(
        isinstance(values.get(name), (int, float)) for name in ("recon", "kl", "drawings")
    )
