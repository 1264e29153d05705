"""Plots made with matplotlib: densities, training curves, latent codes and lengths."""
