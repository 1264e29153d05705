"""Fuzzers of the readers: `python -m tests.fuzz READER --count N --seed S`.

A seed determines each file. The fuzzer makes a valid file with a random layout, and then changes its structure, its
bytes, both, or nothing. Reading the file must give drawings (or a model, or a page), or raise one of the documented
errors, which names the file. Everything else is a failure. Reading also fails if it uses more than 5 seconds of
processor time or 2 GB of memory.
"""
