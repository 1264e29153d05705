"""What runs in the page: the engine (`static/engine.js`) that encodes and decodes there."""
