"""The sketch-rnn model: weights, cells, encoder, decoder, mixture density, losses and model folders."""
