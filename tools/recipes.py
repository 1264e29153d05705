"""Recipes of the bundled models: data, hyperparameters, and the text of their cards.

`notebooks/train_pretrained.ipynb` trains a model with any of these recipes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sketchkit
from sketchkit.data.dataset import Dataset
from sketchkit.model.temperature import Sampling
from sketchkit.published.catalog import QUICKDRAW_CATEGORIES
from sketchkit.sketch import Sketch
from tools.sampled_drawings import (
    CLEAN_DRAWINGS,
    REAL_DRAWINGS,
    VARIED_DRAWINGS,
    real_drawings,
    sample_drawings,
    write_sampled_dataset,
)

__all__ = ["RECIPES", "TO_TEACH", "Recipe"]

#: Quick, Draw! categories on which no bundled model is trained; the benchmark of fine-tuning uses them.
TO_TEACH = (
    *("butterfly", "cactus", "hot air balloon", "ice cream", "lighthouse"),
    *("mushroom", "owl", "sailboat", "snowman", "umbrella"),
)
#: Categories whose published models draw well.
WELL_DRAWN = (
    *("ambulance", "bear", "bicycle", "bird", "calendar", "dog", "key"),
    *("lobster", "monkey", "mosquito", "palm tree", "rabbit", "sheep", "tiger"),
)
#: Number of sampled drawings of a category from which its exemplars are chosen.
EXEMPLAR_POOL = 1600
#: Number of drawings of each category that are sampled at a temperature of 1 to train the classifier.
CLASSIFIER_POOL = 2000
#: Number of copies of each real drawing on which the classifier is trained; each copy is distorted differently.
REAL_COPIES = 40


QUICKDRAW_NOTES = (
    "The model generates samples from the codes of training drawings of a category; if no category is given, it "
    "cycles through all categories. It also encodes drawings of other subjects, but its reconstructions keep only "
    "their rough shape. These weights were trained in seven stages of 4,500, 2,750, 5,250, 2,500, 3,200, 8,250 and "
    "900 steps: the first on an earlier dataset of 16 categories with a KL weight of 0.2, the others on this dataset, "
    "with a KL weight that rose to 0.43."
)


@dataclass(frozen=True)
class Recipe:
    """Recipe of one bundled model.

    Attributes
    ----------
    hparams : dict
        Hyperparameters that differ from the published defaults.
    data, license, notes : str
        Sections of the card.
    categories : tuple of str
        Names of the drawn subjects.
    sources : tuple of str
        Names of the datasets on which the model is trained; they are joined. Empty: drawings sampled from the published
        model of each category; see `tools.sampled_drawings`.
    others : tuple of str
        Categories whose real drawings are added to the sampled ones, so that the model sees more subjects.
    amounts : dict of str to int
        Numbers of drawings of each kind, as arguments of `tools.sampled_drawings.write_sampled_dataset`.
    sampling : Sampling
        Recommended settings for drawing.
    exemplars : bool
        Whether the model stores codes of training drawings of each category and generates drawings from them.
        Otherwise, it generates drawings from sampled codes.
    classifier : bool
        Whether the model has a classifier of the categories, trained on the sampled drawings.
    seed : int
        Seed of the training run.
    """

    hparams: dict[str, Any]
    data: str
    license: str
    categories: tuple[str, ...]
    sources: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    amounts: dict[str, int] = field(default_factory=dict)
    notes: str = ""
    sampling: Sampling = field(default_factory=Sampling)
    exemplars: bool = False
    classifier: bool = False
    seed: int = 0

    def open(self, sampled: Path, sources: str | Sequence[str] = ()) -> Dataset:
        """Open the dataset.

        Parameters
        ----------
        sampled : Path
            The `.npz` file for sampled drawings; it is written if it does not exist. Recipes with `sources` do not
            use it.
        sources : str or sequence of str
            Names or files to use instead of those in the recipe.
        """
        names = sources or self.sources
        if not names:
            sampled.parent.mkdir(parents=True, exist_ok=True)
            if not sampled.is_file():
                write_sampled_dataset(self.categories, sampled, others=self.others, **self.amounts)
            names = str(sampled)
        return Dataset.open(names, max_seq_len=self.hparams.get("max_seq_len"))

    def drawings(self, dataset: Dataset) -> dict[str, list[Sketch]] | None:
        """Return training drawings of each category, from which its exemplars are chosen; None without exemplars."""
        if not self.exemplars:
            return None
        if len(self.categories) == 1:
            return {self.categories[0]: [dataset.train[int(i)] for i in dataset.usable_indices("train")]}
        models = {name: sketchkit.load(f"quickdraw/{name.replace(' ', '_')}") for name in self.categories}
        return {name: sample_drawings(model, EXEMPLAR_POOL) for name, model in models.items()}

    def classifier_drawings(self, dataset: Dataset) -> list[dict[str, list[Sketch]]]:
        """Return two sets of training drawings of each category for the classifier.

        The first set contains the sampled drawings, which are the first training drawings of the dataset, and copies of
        the real development drawings. The second set is sampled at a temperature of 1, at which drawings vary as much
        as those on which the published models were trained.
        """
        count = self.amounts.get("clean", CLEAN_DRAWINGS) + self.amounts.get("varied", VARIED_DRAWINGS)
        first = {name: list(dataset.train[count * i : count * (i + 1)]) for i, name in enumerate(self.categories)}
        for name, sketch in self.real_drawings()["development"]:
            first[name] += REAL_COPIES * [sketch]
        second = {}
        for index, name in enumerate(self.categories):
            model = sketchkit.load(f"quickdraw/{name.replace(' ', '_')}")
            second[name] = sample_drawings(model, CLASSIFIER_POOL, temperatures=(1.0,), seed=100_000 + 1000 * index)
        return [first, second]

    def real_drawings(self) -> dict[str, list[tuple[str, Sketch]]]:
        """Return real drawings with their categories: "development" is the training split, "held out" the others."""
        sets: dict[str, list[tuple[str, Sketch]]] = {"development": [], "held out": []}
        for name in self.categories:
            for split, sketches in real_drawings(name, REAL_DRAWINGS).items():
                sets["development" if split == "train" else "held out"] += [(name, each) for each in sketches]
        return sets


_REPOSITORY = "[sketch-rnn-datasets](https://github.com/hardmaru/sketch-rnn-datasets)"
_SMALL = {"enc_rnn_size": 128, "dec_rnn_size": 256, "z_size": 64}
_FASTER = {"skip_padding": True, "decay_rate": 0.9997, "save_every": 250}

RECIPES = {
    "sheep": Recipe(
        # The encoder has lstm cells: with layer_norm cells, the decoder still ignored the code after 1,600 steps.
        {**_SMALL, **_FASTER, "enc_rnn_size": 160, "dec_model": "layer_norm", "kl_weight": 0.25, "num_steps": 20000},
        f"`aaron_sheep` of {_REPOSITORY}: 8,000 sheep of Aaron Koblin's [Sheep Market](http://www.thesheepmarket.com)",
        "[CC BY-NC 4.0](https://creativecommons.org/licenses/by-nc/4.0/), the same as the data; no commercial use",
        ("sheep",),
        sources=("aaron_sheep",),
        notes="The model generates samples from the codes of training drawings; random codes from the prior N(0, "
        "I) decode to a sheep less often. The recommended settings sample the pen state at a temperature of 1: at "
        "lower pen temperatures, the end of a drawing is rarely sampled, and lines coil. These weights were "
        "trained in three stages of 5,250, 4,000 and 10,250 steps.",
        sampling=Sampling(0.2, pen_temperature=1.0),
        exemplars=True,
    ),
    "kanji": Recipe(
        {**_SMALL, "num_steps": 9000},
        f"`short_kanji` of {_REPOSITORY}: 11,100 kanji of [KanjiVG](https://kanjivg.tagaini.net) by Ulrich Apel and "
        "others, simplified by David Ha",
        "[CC BY-SA 3.0](https://creativecommons.org/licenses/by-sa/3.0/), the same as the data",
        ("kanji",),
        sources=("short_kanji",),
        notes="The model draws the parts of a character (radicals) more reliably than their positions. It "
        "reconstructs rare characters as common ones that share a part. Above a temperature of 0.8, strokes are "
        "often misplaced. Samples use codes from the distribution of the codes of training drawings: of 400 samples, "
        "none is a single line. Of 400 codes from the prior N(0, I), 23 % decode to a single line. Completions of half "
        "a character add little, because the model encodes the half as if it were a complete character.",
        seed=1,
    ),
    "omniglot": Recipe(
        {**_FASTER, "conditional": False, "dec_model": "layer_norm", "dec_rnn_size": 256, "num_steps": 10000},
        f"`omniglot` of {_REPOSITORY}: 32,460 characters of 50 alphabets, drawn by many people for "
        "[Omniglot](https://github.com/brendenlake/omniglot) by Brenden Lake",
        "[MIT](https://opensource.org/license/mit), the same as the data",
        ("characters",),
        sources=("omniglot",),
        notes="The model generates characters and completes a beginning, but you cannot choose the character. It "
        "was trained on all alphabets together, so its characters belong to no particular alphabet.",
        sampling=Sampling(0.3, pen_temperature=1.0),
    ),
    "quickdraw": Recipe(
        {
            **{"enc_rnn_size": 256, "dec_rnn_size": 512, "z_size": 128, "max_seq_len": 120},
            **{"kl_weight": 0.38, "kl_weight_start": 0.03, "kl_decay_rate": 0.9998, "recurrent_dropout_prob": 0.95},
            **{**_FASTER, "num_steps": 12000},
        },
        "drawings sampled from the published sketch-rnn-js models of 14 categories, which were trained on [Quick, "
        "Draw!](https://quickdraw.withgoogle.com/data) by Google: for each category, 2,500 drawings at "
        "temperatures of 0.25 to 0.4 and 2,500 at 0.55 to 1 (JavaScript convention), simplified and without "
        "unfinished drawings. In addition, up to 25 real drawings of each of 328 categories. Validation and test "
        "use real drawings of the 14 categories",
        "weights of the published models: Apache-2.0; Quick, Draw! data: "
        "[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/)",
        WELL_DRAWN,
        others=tuple(name for name in QUICKDRAW_CATEGORIES if name not in (*WELL_DRAWN, *TO_TEACH)),
        notes=QUICKDRAW_NOTES,
        sampling=Sampling(0.1, pen_temperature=0.5),
        exemplars=True,
        classifier=True,
    ),
}
