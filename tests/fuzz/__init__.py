"""Fuzzers of the readers: `python -m tests.fuzz READER --count N --seed S`.

Each file is generated from a seed: a valid one of a random layout, then changed in its structure, in its bytes, in both
or not at all. The result of reading it has to be drawings (or a model, or a page), or one of the documented errors,
which names the file. Everything else is a failure, as is more than 5 seconds of computing or 2 GB of memory.
"""
