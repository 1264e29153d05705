"""The model card: the text of `README.md` in a model folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sketchkit.model.config import ModelConfig
from sketchkit.templates import render_text

__all__ = ["write_card"]

_TEMPLATE = """\
# {{ config.name }}

This is a sketch-rnn model ([arXiv 1704.03477](https://arxiv.org/abs/1704.03477)). {{ architecture }}

| | |
| --- | --- |
| Data | {{ data }} |
| License of the weights | {{ license or "not specified; the license of the data applies" }} |
| Categories | {{ config.categories | join(", ") or "not specified" }} |
| Scale factor | {{ "%.6g" % config.scale_factor }} |
{% if step is not none %}
| Steps | {{ step | thousands }} |
{% endif %}
{% if minutes is not none %}
| Training time | {{ "%.0f" % minutes }} minutes |
{% endif %}
{% if "seed" in training %}
| Seed | {{ training.seed }} |
{% endif %}
{% if losses %}

The table lists the losses of each split. The KL loss is given without the lower limit `kl_tolerance` of training. \
{% if config.hparams.skip_padding %}
As in training with `skip_padding`, the pen loss counts the points of a drawing and the row that marks its end, \
but not the padding after this row. Sums over rows are divided by N_max, the maximum number of points.
{% else %}
The losses are computed as in the original sketch-rnn code, including the padding.
{% endif %}

| split | reconstruction | KL | drawings |
| --- | --- | --- | --- |
{% for split, values in losses.items() %}
| {{ split }} | {{ "%.3f" % values.recon }} | {{ "%.3f" % values.kl }} | {{ values.drawings | thousands }} |
{% endfor %}
{% endif %}
{% if changed %}

Hyperparameters that differ from the defaults of sketch-rnn: \
{% for name, value in changed.items() %}`{{ name }}={{ value }}`{{ "." if loop.last else ", " }}{% endfor %}

{% endif %}
{% for name, caption in pictures.items() %}

![{{ caption }}]({{ name }})

{{ caption }}
{% endfor %}
{% if notes %}

{{ notes }}
{% endif %}
"""


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
        License of the weights, which follows from the license of the data.
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
    # The training record is not validated on load; entries of an unexpected type are omitted.
    losses = training.get("losses")
    return render_text(
        _TEMPLATE,
        config=config,
        architecture=architecture,
        data=data or ", ".join(h.data_set),
        license=license,
        training=training,
        step=training["step"] if isinstance(training.get("step"), int) else None,
        minutes=training["seconds"] / 60 if isinstance(training.get("seconds"), (int, float)) else None,
        losses={split: values for split, values in losses.items() if _is_loss(values)}
        if isinstance(losses, dict)
        else {},
        changed={name: value for name, value in h.diff().items() if name != "data_set"},
        pictures=pictures or {},
        notes=notes,
    )


def _is_loss(values: Any) -> bool:
    """Return whether a record contains the losses of a split."""
    return isinstance(values, dict) and all(
        isinstance(values.get(name), (int, float)) for name in ("recon", "kl", "drawings")
    )
