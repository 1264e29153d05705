"""Datasets: reading, building, batching, augmentation and health reports."""
