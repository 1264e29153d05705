"""Recipes of the bundled models: data, hyperparameters, and the text of their cards.

`notebooks/train_pretrained.ipynb` follows any of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sketchkit
from sketchkit.data.dataset import Dataset
from sketchkit.model.temperature import Sampling
from sketchkit.published.catalogue import CATEGORIES
from sketchkit.sketch import Sketch
from tools.sampled_drawings import sample_drawings, write_sampled_dataset

__all__ = ["RECIPES", "TO_TEACH", "Recipe"]

#: Quick, Draw! categories that no bundled model has seen; the benchmark of fine-tuning teaches them.
TO_TEACH = (
    *("butterfly", "cactus", "hot air balloon", "ice cream", "lighthouse"),
    *("mushroom", "owl", "sailboat", "snowman", "umbrella"),
)
#: Categories whose published models draw well.
WELL_DRAWN = (
    *("ambulance", "bear", "bicycle", "bird", "calendar", "dog", "key"),
    *("lobster", "monkey", "mosquito", "palm tree", "rabbit", "sheep", "tiger"),
)
#: Training drawings of a category among which its exemplars are chosen.
EXEMPLAR_POOL = 400


QUICKDRAW_NOTES = (
    "Samples decode the codes of training drawings of a class; without a class, of all classes in turn. The model "
    "encodes drawings of other things too, but its reconstructions keep only their build. Bicycles, sheep, bears, "
    "calendars and ambulances are drawn best; monkeys, mosquitoes, lobsters and bulldozers are often hard to "
    "recognize. Training was stopped before the end of the recipe, while validation was still improving. Its first "
    "1,750 steps used the 3,000 clean drawings of each class alone, with a KL weight of 0.25."
)


@dataclass(frozen=True)
class Recipe:
    """Recipe of one bundled model.

    Attributes
    ----------
    hparams : dict
        Hyperparameters that differ from the published defaults.
    data, license, notes : str
        Text of the card.
    classes : tuple of str
        Names of what the model draws.
    sources : tuple of str
        Names of the datasets that it is trained on, joined. Empty: drawings sampled from the published model of each
        class; see `tools.sampled_drawings`.
    others : tuple of str
        Categories whose real drawings are added to sampled ones, for breadth.
    amounts : dict of str to int
        Arguments of `tools.sampled_drawings.write_sampled_dataset` that say how many drawings there are of each kind.
    sampling : Sampling
        Recommended settings for drawing.
    exemplars : bool
        Keep codes of training drawings of each class, which the model draws from; otherwise it draws from codes of
        the prior, N(0, I).
    seed : int
        Seed of the training.
    """

    hparams: dict[str, Any]
    data: str
    license: str
    classes: tuple[str, ...]
    sources: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    amounts: dict[str, int] = field(default_factory=dict)
    notes: str = ""
    sampling: Sampling = field(default_factory=Sampling)
    exemplars: bool = False
    seed: int = 0

    def open(self, sampled: Path, sources: str | Sequence[str] = ()) -> Dataset:
        """Open the dataset.

        Parameters
        ----------
        sampled : Path
            The `.npz` file for sampled drawings; it is written if it does not exist. Recipes with `sources` do not
            use it.
        sources : str or sequence of str
            Other names or files in place of the recipe's.
        """
        names = sources or self.sources
        if not names:
            sampled.parent.mkdir(parents=True, exist_ok=True)
            if not sampled.is_file():
                write_sampled_dataset(sampled, self.classes, others=self.others, **self.amounts)
            names = str(sampled)
        return Dataset.open(names, max_seq_len=self.hparams.get("max_seq_len"))

    def drawings(self, dataset: Dataset) -> dict[str, list[Sketch]] | None:
        """Return training drawings of each class, among which its exemplars are chosen; None: no exemplars."""
        if not self.exemplars:
            return None
        if len(self.classes) == 1:
            usable = dataset.usable("train")
            some = usable[:: max(len(usable) // EXEMPLAR_POOL, 1)][:EXEMPLAR_POOL]
            return {self.classes[0]: [dataset.train[int(i)] for i in some]}
        models = {name: sketchkit.load(f"quickdraw/{name.replace(' ', '_')}") for name in self.classes}
        return {name: sample_drawings(model, EXEMPLAR_POOL) for name, model in models.items()}


_REPOSITORY = "[sketch-rnn-datasets](https://github.com/hardmaru/sketch-rnn-datasets)"
_SMALL = {"enc_rnn_size": 128, "dec_rnn_size": 256, "z_size": 64}
_FASTER = {"skip_padding": True, "decay_rate": 0.9997, "save_every": 250}

RECIPES = {
    "sheep": Recipe(
        # With an encoder of lstm cells: one with layer norms had not begun to use its code after 1,600 steps.
        {**_SMALL, **_FASTER, "enc_rnn_size": 160, "dec_model": "layer_norm", "kl_weight": 0.25, "num_steps": 12000},
        f"`aaron_sheep` of {_REPOSITORY}: 8,000 sheep of Aaron Koblin's [Sheep Market](http://www.thesheepmarket.com)",
        "[CC BY-NC 4.0](https://creativecommons.org/licenses/by-nc/4.0/), as the data: not for commercial use",
        ("sheep",),
        sources=("aaron_sheep",),
        notes="Samples decode the codes of training drawings; codes from the prior N(0, I) give a sheep less often. "
        "Without the pen temperature of 1, low temperatures sharpen away the end of a drawing, and lines run in coils. "
        "Training was stopped at 5,250 of the 12,000 steps of the recipe, while validation was still improving.",
        sampling=Sampling(0.2, pen_temperature=1.0),
        exemplars=True,
    ),
    "kanji": Recipe(
        {**_SMALL, "num_steps": 9000},
        f"`short_kanji` of {_REPOSITORY}: 11,100 kanji of [KanjiVG](https://kanjivg.tagaini.net) by Ulrich Apel and "
        "others, simplified by David Ha",
        "[CC BY-SA 3.0](https://creativecommons.org/licenses/by-sa/3.0/), as the data",
        ("kanji",),
        sources=("short_kanji",),
        notes="Radicals are more reliable than their position. Rare characters are reconstructed as common ones that "
        "share a part. Above a temperature of 0.8 strokes stray. About one code in five sampled from the prior N(0, I) "
        "gives a single line; codes of real characters do not. Completions of half a character add little, since the "
        "code of the half describes the half.",
        seed=1,
    ),
    "omniglot": Recipe(
        {**_FASTER, "conditional": False, "dec_model": "layer_norm", "dec_rnn_size": 256, "num_steps": 10000},
        f"`omniglot` of {_REPOSITORY}: 32,460 characters of 50 alphabets, drawn by many hands for "
        "[Omniglot](https://github.com/brendenlake/omniglot) by Brenden Lake",
        "[MIT](https://opensource.org/license/mit), as the data",
        ("characters",),
        sources=("omniglot",),
        notes="An unconditional model: it generates characters and completes a beginning, but cannot be asked for a "
        "character. It was trained on all alphabets at once, so its characters belong to none of them.",
    ),
    "quickdraw": Recipe(
        {
            **{"enc_rnn_size": 256, "dec_rnn_size": 512, "z_size": 128, "max_seq_len": 120},
            **{"kl_weight": 0.2, "kl_weight_start": 0.03, "kl_decay_rate": 0.9998, "recurrent_dropout_prob": 0.95},
            **{**_FASTER, "decay_rate": 0.9996, "num_steps": 9000},
        },
        "drawings of the published sketch-rnn-js models of 16 classes, which were trained on "
        "[Quick, Draw!](https://quickdraw.withgoogle.com/data) by Google: of each class 3,000 at temperatures of 0.25 "
        "to 0.4 and 1,000 at 0.55 to 0.85 (JavaScript convention, unfinished ones left out, simplified). Real drawings "
        "of 328 categories, up to 25 each, add breadth; of those of the classes themselves, four in 25 validate and "
        "test",
        "weights of the published models: Apache-2.0; Quick, Draw! data: "
        "[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/)",
        WELL_DRAWN,
        others=tuple(name for name in CATEGORIES if name not in (*WELL_DRAWN, *TO_TEACH)),
        notes=QUICKDRAW_NOTES,
        sampling=Sampling(0.1, pen_temperature=1.0),
        exemplars=True,
    ),
}
