"""Conversion of models of other libraries: Magenta's TF1 code, sketch-rnn-js and @magenta/sketch."""
