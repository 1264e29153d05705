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
    licence: str = "",
    notes: str = "",
    pictures: Mapping[str, str] | None = None,
) -> str:
    """Return a model's card as Markdown.

    Parameters
    ----------
    config : ModelConfig
    data : str
        Source of the training drawings. Default: `hparams.data_set`.
    licence : str
        License of the weights; it follows from the license of the data.
    notes : str
        Notes for users, such as known weaknesses.
    pictures : mapping of file name to caption, optional
        Pictures in the same folder as the card.
    """
    h, training = config.hparams, config.training
    architecture = (
        f"encoder {h.enc_model} {h.enc_rnn_size} (both directions), latent code {h.z_size}, "
        f"decoder {h.dec_model} {h.dec_rnn_size}"
        if h.conditional
        else f"decoder only, {h.dec_model} {h.dec_rnn_size}"
    )
    lines = [
        f"# {config.name}",
        "",
        f"A sketch-rnn model ([arXiv 1704.03477](https://arxiv.org/abs/1704.03477)): {architecture}, "
        f"{h.num_mixture} bivariate normals, drawings of up to {h.max_seq_len} points.",
        "",
        "| | |",
        "| --- | --- |",
        f"| Data | {data or ', '.join(h.data_set)} |",
        f"| License of the weights | {licence or 'not specified; the license of the data applies'} |",
        f"| Categories | {', '.join(config.classes) or 'not specified'} |",
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
        heading = (
            "Losses: the pen loss counts the points and the first end row of each drawing, as in training with "
            "`skip_padding`; sums over rows are divided by N_max. KL is computed without tolerance:"
            if h.skip_padding
            else "Losses, computed as in the published training. KL is computed without tolerance:"
        )
        lines += ["", heading, ""]
        lines += ["| split | reconstruction | KL | drawings |", "| --- | --- | --- | --- |"]
        for split, values in losses.items():
            lines.append(f"| {split} | {values['recon']:.3f} | {values['kl']:.3f} | {values['drawings']:,} |")
    differing = h.differing()
    differing.pop("data_set", None)
    if differing:
        lines += ["", "Hyperparameters that differ from the published defaults: " + ", ".join(
            f"`{name}={value}`" for name, value in differing.items()) + "."]  # fmt: skip
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
