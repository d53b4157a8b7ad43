"""The limits of this package. Each comment gives the unit and the reason."""

# Tokens in one text. A pass of a small Llama over 4,096 tokens takes half a minute on two cores.
MAX_TOKENS = 4096

# Characters in the query string of a link. Browsers and proxies accept at least 8,000.
MAX_LINK_CHARACTERS = 6_000

# Characters in a query string that is restored after signing in. Gradio 6.31 stores it in a cookie
# of at most 4,096 characters, encoded several times.
MAX_SIGN_IN_CHARACTERS = 800

# Characters in one text, checked before it is tokenized: the time of some tokenizers grows with the
# square of a word's length. A token rarely covers more than a few characters: 4,096 tokens of
# English are 18,000.
MAX_CHARACTERS = 20_000

# Runs at the same time. Two passes keep the two cores of a free Space busy.
RUNS_AT_ONCE = 2

# Runs that wait in the queue. A run usually takes seconds, so the last one waits for minutes.
MAX_WAITING_RUNS = 32

# Seconds that the passes of one run may take. A small Llama over MAX_TOKENS takes half a minute on
# two cores, and a minute if two runs share them.
MAX_RUN_SECONDS = 180.0

# Seconds that loading one model may take, without the download. Reading 6 GB, the largest model
# that fits a free Space, takes a minute from its disk.
MAX_LOAD_SECONDS = 300.0

# Seconds that a run may wait for loads and downloads of other models before its own.
MAX_LOAD_WAIT_SECONDS = 900.0

# Seconds for which a run requests ZeroGPU's GPU, to load a model and run it. A comparison has two
# runs and requests it for twice as long. ZeroGPU checks beforehand that the reader's daily quota
# has this much left; it is 120 seconds without an account.
MAX_ZERO_GPU_SECONDS = 30.0

# Tokens that a translation model writes if the reader gives no target text.
MAX_GENERATED_TOKENS = 64

# Tokens by which a causal model continues a text.
MAX_CONTINUED_TOKENS = 64

# Temperatures. Logits divided by a smaller one can exceed the largest float32, and with a larger
# one all tokens are about equally likely.
MIN_TEMPERATURE = 0.01
MAX_TEMPERATURE = 100.0

# Bytes of a config.json or of an index of weights. Files of models that fit this Space's memory
# have some kilobytes, and parsing takes fifty times the memory of the file.
MAX_SETTINGS_BYTES = 4 * 10**6

# Nesting levels in a config.json. A model that consists of other models has five.
MAX_SETTINGS_DEPTH = 32

# Layers, blocks, stages or groups of a model. The largest Llama has 126 layers; constructing 512
# without weights takes a second.
MAX_MODEL_LAYERS = 512

# Experts of a layer. Doge has 16,384, each a row of an embedding.
MAX_EXPERTS = 16_384

# Labels of a classifier, because transformers creates a name for each. ImageNet has 21,841.
MAX_LABELS = 32_768

# Tensors of a model, and seconds to construct it without weights. A model of 126 layers has 1,500
# tensors; each takes 100 microseconds.
MAX_OUTLINE_TENSORS = 20_000
MAX_OUTLINE_SECONDS = 10.0

# Bytes of one file of a tokenizer. Gemma's tokenizer.json has 34 MB.
MAX_TOKENIZER_BYTES = 128 * 10**6

# Bytes of memory that are not available for one more model: RUNS_AT_ONCE runs of MAX_RUN_BYTES, the
# cached traces (MAX_KEPT_TRACE_BYTES), and Python with torch. A free Space has 16 GB, so 6 remain.
RESERVED_BYTES = 10 * 1024**3

# Bytes that the weights of one model may always have, even on the smallest machine.
MIN_MODEL_BYTES = 1024**3

# Bytes of the weights of all cached models; the least recently used model is dropped first. A model
# that is larger is cached alone.
MAX_LOADED_BYTES = 4 * 1024**3

# Bytes on disk of the models that this Space downloaded; the least recently used is deleted first.
# A free Space has 50 GB for models, results and everything else.
MAX_FETCHED_BYTES = 20 * 1024**3

# Bytes that downloads leave free on disk for results and for other programs.
FREE_DISK_BYTES = 1024**3

# Other names of models that are stored on disk and in memory, a hundred bytes each. A model has few
# names, but anyone can request a name in any mix of upper and lower case.
MAX_KNOWN_ALIASES = 1024

# Models whose options are cached, a few hundred bytes each.
MAX_KNOWN_OPTIONS = 256

# Models that are cached without their weights, for programs that only request tokens: up to 200 MB
# each, with a tokenizer of 250,000 pieces.
MAX_KEPT_OUTLINES = 4

# Bytes of result files on disk; the oldest result is deleted first. The queries and keys of a
# BERT-base at 512 tokens have 38 MB.
MAX_STORED_BYTES = 4 * 1024**3

# Bytes that results leave free on disk. With less free space, results that were not used recently
# are deleted. The largest file of a result, apart from exports for programs, has some tens of
# megabytes.
STORE_RESERVE_BYTES = 256 * 1024**2

# Seconds after which a result is deleted if the disk is full. A reader who follows the message to
# try again in a few minutes then finds space.
RESULT_SECONDS_ON_FULL_DISK = 300.0

# Bytes of traces that are cached in memory, to write further files of a result when a view requests
# them; the least recently used trace is dropped first. 4,096 tokens of 30 layers with 9 heads and 3
# key heads have 380 MB.
MAX_KEPT_TRACE_BYTES = 1024**3

# Weights, and bytes of tensors, of a result whose files are all written before it is shown. This
# takes up to a tenth of a second: some 100 tokens of a BERT-base.
MAX_SMALL_RESULT_WEIGHTS = 2**24
MAX_SMALL_RESULT_BYTES = 8 * 1024**2

# Results that are cached by their request, so that an equal request does not run again; some
# kilobytes each.
MAX_KNOWN_RESULTS = 256

# Models whose probe is cached: two numbers for each head, so 130 kB for the largest Llama.
MAX_KEPT_PROBES = 64

# Seconds to wait for an answer of the Hub, before working with the models on this machine.
HUB_TIMEOUT = 5.0

# Bytes of memory that one run may use in addition to the model, as estimated beforehand; on a GPU,
# also the most that a pass keeps there of what it records.
# RUNS_AT_ONCE runs share the 16 GB of a free Space.
MAX_RUN_BYTES = 4 * 1024**3

# Bytes of attention weights in one file for a program: all weights of a BERT-base at 1,024 tokens.
MAX_WEIGHTS_BYTES = 1024**3

# Bytes of a reader's own file of tensors, and of its arrays after unpacking: the weights of a
# BERT-base at 512 tokens have 151 MB.
MAX_TENSORS_BYTES = 256 * 10**6

# Numbers in the arrays of such a file: MAX_TENSORS_BYTES of float16. Each number becomes a float32
# in memory, even one of 8 bits.
MAX_TENSOR_NUMBERS = MAX_TENSORS_BYTES // 2

# Times MAX_TENSORS_BYTES: the memory that opening such a file takes at most, from its first byte to
# the first file of its result (measured by tests/unit/test_hostile_files.py).
MAX_OPENING_MEMORY = 5

# Seconds that reading such a file may take. The largest file takes 3 on two cores, compressed or
# not.
MAX_OPENING_SECONDS = 30.0

# Bytes of names, shapes and texts in such a file. Python parses 2 MiB of the slowest JSON in a
# quarter of a second, during which it answers no other request. MAX_TOKENS tokens have 100,000.
MAX_DESCRIPTION_BYTES = 2 * 1024**2

# Layers and heads of one component in such a file: the page has a file for each layer and a picture
# for each head. Llama 3.1 405B has 126 layers of 128 heads, 16,128 in total.
MAX_LAYERS = 256
MAX_HEADS = 256
MAX_LAYERS_BY_HEADS = 2**14

# Numbers in one query or key vector, because the neuron view draws each. DeepSeek-V3 has 576.
MAX_HEAD_DIM = 1024

# Bytes of all uploaded files that have not been opened yet; the oldest is deleted first.
MAX_UPLOADED_BYTES = 1024**3

# Seconds after which an uploaded file is deleted. The page opens it as soon as it has arrived.
MAX_UPLOAD_SECONDS = 60.0

# Seconds between two deletions of old uploads. A fast connection uploads 4 GB in this time.
UPLOAD_SWEEP_SECONDS = 30.0

# Bytes of tensors up to which a stand-alone page contains all layers: some 200 tokens of a
# BERT-base. Equal to the limit in assets/core/export/embedded_files.js.
MAX_PAGE_BYTES = 16 * 1024**2

# Bytes of tensors of a view in a chat: some 100 tokens of a layer of a BERT-base. The host of the
# language model passes them on as one message in base64.
MAX_CHAT_BYTES = 1024**2

# Rows of each list in a description of attention. A language model reads all of them.
MAX_DESCRIBED_ROWS = 50

# Tokens that a description of a whole text lists: about 2,000 tokens of the reading model.
MAX_DESCRIBED_TOKENS = 200

# Bytes of a request that calls an event or an endpoint. Three texts of MAX_CHARACTERS have at most
# 720 kB as JSON that escapes every character.
MAX_CALL_BYTES = 1024**2

# Bytes of a request that ends an event. FastAPI repeats an invalid request in its response: for 1
# MiB of JSON this takes three seconds, during which no other request is answered.
MAX_EVENT_BYTES = 16 * 1024

# Bytes of a request that uploads a file: the file, and the form fields that describe it.
MAX_UPLOAD_BODY_BYTES = MAX_TENSORS_BYTES + 1024**2

# Sessions of pages and programs that Gradio keeps, with 120 kB each and up to MAX_CALL_BYTES of
# their last request; the least recently used is dropped first. A page whose session was dropped
# still works.
MAX_SESSIONS = 500
