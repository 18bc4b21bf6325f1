"""Photos to embeddings: the cache first, then the encoder, with reading and encoding spread over the cores.

A run has a caller, who hears of results, and a crew of threads, who do the work; they meet at a board. The caller
never does anything that may take long, so a cancel is felt at once whatever the crew is in the middle of.
"""

from fewshot_gui.workflows.embedding.records import EmbeddedPhoto, EmbeddingStats
from fewshot_gui.workflows.embedding.run import embed_photos

__all__ = ["EmbeddedPhoto", "EmbeddingStats", "embed_photos"]
