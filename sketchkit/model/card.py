"""The card of a model: README.md of its folder, for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sketchkit.model.model_folder import ModelConfig

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
        Where the training drawings come from; by default the names in the hyperparameters.
    licence : str
        Under which the weights may be used, which the data decide.
    notes : str
        What a user should know, known weaknesses above all.
    pictures : mapping of file name to caption, optional
        Pictures that lie beside the card.
    """
    h, training = config.hparams, config.training
    kind = (
        f"encoder {h.enc_model} {h.enc_rnn_size} (both directions), latent code {h.z_size}, "
        f"decoder {h.dec_model} {h.dec_rnn_size}"
        if h.conditional
        else f"decoder only, {h.dec_model} {h.dec_rnn_size}"
    )
    lines = [
        f"# {config.name}",
        "",
        f"A sketch-rnn model ([arXiv 1704.03477](https://arxiv.org/abs/1704.03477)): {kind}, "
        f"{h.num_mixture} bivariate normals, drawings of up to {h.max_seq_len} points.",
        "",
        "| | |",
        "| --- | --- |",
        f"| Data | {data or ', '.join(h.data_set)} |",
        f"| Licence of the weights | {licence or 'follows that of the data; not stated when this was saved'} |",
        f"| Draws | {', '.join(config.classes) or 'not named'} |",
        f"| Scale factor | {config.scale_factor:.6g} |",
    ]
    # The record may hold anything; what is not of the kind that training writes is left out.
    if isinstance(training.get("step"), int):
        lines.append(f"| Steps | {training['step']:,} |")
    if isinstance(training.get("seconds"), (int, float)):
        lines.append(f"| Training time | {training['seconds'] / 60:.0f} minutes |")
    if "seed" in training:
        lines.append(f"| Seed | {training['seed']} |")
    losses = training.get("losses")
    losses = {name: each for name, each in losses.items() if _is_loss(each)} if isinstance(losses, dict) else {}
    if losses:
        form = (
            "Losses (reconstruction, with the pen loss up to the first end row, as in this training without padding; "
            "divided by N_max as published; KL without tolerance):"
            if h.skip_padding
            else "Losses in the published training form (reconstruction; KL without tolerance):"
        )
        lines += ["", form, ""]
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
    """Tell whether a record holds the losses of a split."""
    return isinstance(values, dict) and all(
        isinstance(values.get(name), (int, float)) for name in ("recon", "kl", "drawings")
    )
