"""sketch-rnn: hyperparameters, cells, encoder, decoder, mixture density and losses."""
