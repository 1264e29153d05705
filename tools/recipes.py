"""How the models that come with sketchkit are trained: data, hyperparameters, and what their cards say.

`notebooks/train_pretrained.ipynb` follows any of these, to the models in `pretrained/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sketchkit.data.dataset import Dataset
from sketchkit.published.catalogue import CATEGORIES
from sketchkit.sketch import Sketch

__all__ = ["RECIPES", "Recipe"]

#: Categories that the bundled model of Quick, Draw! has not seen, so that it can be seen learning them.
TO_TEACH = (
    *("butterfly", "cactus", "hot air balloon", "ice cream", "lighthouse"),
    *("mushroom", "owl", "sailboat", "snowman", "umbrella"),
)
#: Others that it has not seen.
UNSEEN = (*TO_TEACH, "bear", "beard", "dolphin", "mosquito", "palm tree", "tiger", "zigzag")


@dataclass(frozen=True)
class Recipe:
    """One bundled model.

    Attributes
    ----------
    sources : tuple of str
        Names of datasets, joined.
    hparams : dict
        What differs from the published defaults.
    data, licence, notes : str
        For the card.
    classes : tuple of str
        What the model draws.
    limit : int or None
        At most so many drawings of each ndjson file.
    seed : int
        Of the training.
    """

    sources: tuple[str, ...]
    hparams: dict[str, Any]
    data: str
    licence: str
    classes: tuple[str, ...]
    notes: str = ""
    limit: int | None = None
    seed: int = 0

    def drawings(self) -> dict[str, list[Sketch]] | None:
        """Return the training drawings of each class, of a model that has seen several; None of any other."""
        if len(self.classes) < 2:
            return None
        found = {}
        for name, source in zip(self.classes, self.sources, strict=True):
            dataset = Dataset.open(source, max_seq_len=self.hparams.get("max_seq_len"), limit=self.limit)
            found[name] = [dataset.train[int(index)] for index in dataset.usable("train")]
        return found


_REPOSITORY = "[sketch-rnn-datasets](https://github.com/hardmaru/sketch-rnn-datasets)"
_SMALL = {"enc_rnn_size": 128, "dec_rnn_size": 256, "z_size": 64}
_FASTER = {"skip_padding": True, "decay_rate": 0.9997, "save_every": 250}

RECIPES = {
    "sheep": Recipe(
        ("aaron_sheep",),
        # With an encoder of lstm cells: one with layer norms had not begun to use its code after 1,600 steps.
        {**_SMALL, **_FASTER, "enc_rnn_size": 160, "dec_model": "layer_norm", "kl_weight": 0.25, "num_steps": 12000},
        f"`aaron_sheep` of {_REPOSITORY}: 8,000 sheep of Aaron Koblin's [Sheep Market](http://www.thesheepmarket.com)",
        "[CC BY-NC 4.0](https://creativecommons.org/licenses/by-nc/4.0/), as the data: not for commercial use",
        ("sheep",),
        notes="At temperatures of 0.4 to 0.6 it draws its best; below 0.3 it is apt to go round and round in coils. It "
        "was stopped at 5,250 of the 12,000 steps of its recipe, while validation was still improving.",
    ),
    "kanji": Recipe(
        ("short_kanji",),
        {**_SMALL, "num_steps": 9000},
        f"`short_kanji` of {_REPOSITORY}: 11,100 kanji of [KanjiVG](https://kanjivg.tagaini.net) by Ulrich Apel and "
        "others, simplified by David Ha",
        "[CC BY-SA 3.0](https://creativecommons.org/licenses/by-sa/3.0/), as the data",
        ("kanji",),
        seed=1,
    ),
    "omniglot": Recipe(
        ("omniglot",),
        {**_FASTER, "conditional": False, "dec_model": "layer_norm", "dec_rnn_size": 256, "num_steps": 10000},
        f"`omniglot` of {_REPOSITORY}: 32,460 characters of 50 alphabets, drawn by many hands for "
        "[Omniglot](https://github.com/brendenlake/omniglot) by Brenden Lake",
        "[MIT](https://opensource.org/license/mit), as the data",
        ("characters",),
        notes="A decoder alone: it invents characters and goes on from a beginning, but cannot be told which. It was "
        "trained on drawings of all alphabets at once, so what it draws belongs to none of them.",
    ),
    "quickdraw": Recipe(
        tuple(f"quickdraw/{name}.ndjson" for name in sorted(CATEGORIES) if name not in UNSEEN),
        {
            **_FASTER,
            **{"enc_model": "lstm", "dec_model": "layer_norm", "enc_rnn_size": 192, "dec_rnn_size": 384},
            **{"z_size": 128, "recurrent_dropout_prob": 0.85, "max_seq_len": 120, "num_steps": 8000},
        },
        "the first 25 drawings of each of 328 categories of [Quick, Draw!](https://quickdraw.withgoogle.com/data) by "
        "Google, simplified; those of more than 120 points left out",
        "[CC BY 4.0](https://creativecommons.org/licenses/by/4.0/), as the data",
        tuple(name for name in sorted(CATEGORIES) if name not in UNSEEN),
        notes="Twenty-one drawings of each category are few: it keeps the build of a drawing (a body, a stem, two "
        "wheels) and loses its details, and what it draws of a category is often not to be told from its neighbours. "
        "Codes that nobody drew give shapes of no category; ask for one by name, "
        '`model.generate(8, category="bicycle")`.',
        limit=25,
    ),
}
