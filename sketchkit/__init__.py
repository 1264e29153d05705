"""sketchkit: train sketch-rnn, a neural network that draws, and draw with it in notebooks.

>>> import sketchkit
>>> model = sketchkit.load("kanji")                           # doctest: +SKIP
>>> model.generate(4, temperature=0.4, seed=1)                # doctest: +SKIP

The main functions and classes are `load` (load a model), `train` (train a model), `Dataset`, and `Sketch` (one
drawing). The module `latent` interpolates between latent codes, and the package `render` creates pictures.

`__init__.pyi` lists the public names. The module of a name is imported when the name is first used. TensorFlow is
imported only when it is needed, for example for training and for large batches.
"""

import lazy_loader

__version__ = "0.2.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
