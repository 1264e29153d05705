"""Models of other libraries: the TF1 code of Magenta, sketch-rnn-js and @magenta/sketch."""
