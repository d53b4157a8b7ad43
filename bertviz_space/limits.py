"""The bounds of this Space, each with its unit and its reason."""

# tokens in one text. The page makes one head of 512 tokens from q and k in some 50 ms of plain
# JavaScript; longer texts wait for drawing that works in slices.
MAX_TOKENS = 512

# characters in one text, before it is tokenized: tokenizers can be quadratic in the length of a
# word, and a token rarely covers more than a few characters.
MAX_CHARACTERS = 20_000

# tokens that a translation model writes where the reader gives no target text.
MAX_GENERATED_TOKENS = 64

# bytes of weights that one model may have: what a free Space (16 GB) holds beside its cache.
MAX_MODEL_BYTES = 2 * 1024**3

# bytes of weights of all models kept loaded; the least recently used leaves first.
MAX_LOADED_BYTES = 4 * 1024**3

# models of which it is remembered what they take: a few hundred bytes each.
MAX_KNOWN_INPUTS = 256

# bytes of result files kept on disk; the oldest result leaves first. One result of a BERT-base and
# 512 tokens is 38 MB of queries and keys.
MAX_STORED_BYTES = 4 * 1024**3

# seconds to wait for the Hub's answer before working with what is on this machine.
HUB_TIMEOUT = 5.0
