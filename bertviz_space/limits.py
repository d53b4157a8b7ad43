"""The bounds of this Space, each with its unit and its reason."""

# tokens in one text. A pass of a small Llama over so many takes half a minute on two cores.
MAX_TOKENS = 4096

# characters of a link's query string: browsers and proxies take 8,000 and more.
MAX_LINK_CHARACTERS = 6_000

# characters of a query string that is kept through signing in: Gradio 6.31 keeps it in a cookie, of
# 4,096 at most, encoded several times over.
MAX_SIGN_IN_CHARACTERS = 800

# characters in one text, before it is tokenized: tokenizers can be quadratic in the length of a
# word, and a token rarely covers more than a few characters: 4,096 tokens of English are 18,000.
MAX_CHARACTERS = 20_000

# runs at once: two passes keep the two cores of a free Space busy.
RUNS_AT_ONCE = 2

# runs that may wait for these. A run takes seconds as a rule: whoever is last waits for minutes.
MAX_WAITING_RUNS = 32

# seconds that the passes of one run may take. A small Llama over MAX_TOKENS takes half a minute on
# two cores, and a minute where two runs share them.
MAX_RUN_SECONDS = 180.0

# seconds that one load may take, without the download: reading 6 GB, all that fits a free Space,
# takes a minute from its disk.
MAX_LOAD_SECONDS = 300.0

# seconds that a run may wait for the loads and downloads of other models before its own.
MAX_LOAD_WAIT_SECONDS = 900.0

# seconds for which ZeroGPU lends its GPU to one run, to load a model and run it: it asks beforehand
# whether the visitor has so many left, of 120 a day without an account.
MAX_LOAN_SECONDS = 30.0

# tokens that a translation model writes where the reader gives no target text.
MAX_GENERATED_TOKENS = 64

# bytes of a config.json or of an index of weights: of a model of the memory of this Space they have
# some kilobytes, and Python takes fifty times as much memory for them.
MAX_SETTINGS_BYTES = 4 * 10**6

# levels of a config.json. A model that is made of others has five.
MAX_SETTINGS_DEPTH = 32

# layers, blocks, stages or groups of a model. The largest Llama has 126 layers; 512 are put
# together, without numbers, in a second.
MAX_MODEL_LAYERS = 512

# experts of a layer. Doge has 16,384, each a row of an embedding.
MAX_EXPERTS = 16_384

# labels that a classifier tells apart: ImageNet has 21,841. transformers names each of them.
MAX_LABELS = 32_768

# tensors of a model, and seconds to put it together without its numbers. A model of 126 layers has
# 1,500 tensors; each takes 100 microseconds.
MAX_OUTLINE_TENSORS = 20_000
MAX_OUTLINE_SECONDS = 10.0

# bytes of one file of a tokenizer. Gemma's tokenizer.json has 34 MB.
MAX_TOKENIZER_BYTES = 128 * 10**6

# bytes of memory that are not for one more model: RUNS_AT_ONCE runs of MAX_RUN_BYTES, the kept
# traces (MAX_KEPT_TRACE_BYTES), and Python with torch. Of a free Space's 16 GB 6 are left.
RESERVED_BYTES = 10 * 1024**3

# bytes of weights that one model may have on the smallest machine.
MIN_MODEL_BYTES = 1024**3

# bytes of weights of all models kept loaded; the least recently used leaves first. A larger model
# is kept alone.
MAX_LOADED_BYTES = 4 * 1024**3

# bytes on disk of the models that this Space fetched; the least recently used leaves first. A free
# Space has 50 GB for these, for results and for all else.
MAX_FETCHED_BYTES = 20 * 1024**3

# bytes that stay free on disk for results and for what else runs here.
FREE_DISK_BYTES = 1024**3

# other names of models that are remembered, on disk and in memory: a hundred bytes each. A model
# has few, but a stranger can ask for a name in any mix of large and small letters.
MAX_KNOWN_ALIASES = 1024

# models of which it is remembered what they take: a few hundred bytes each.
MAX_KNOWN_OPTIONS = 256

# models kept without their weights, for programs that ask for tokens alone: up to 200 MB each, with
# a tokenizer of 250,000 pieces.
MAX_KEPT_OUTLINES = 4

# bytes of result files kept on disk; the oldest result leaves first. One result of a BERT-base and
# 512 tokens is 38 MB of queries and keys.
MAX_STORED_BYTES = 4 * 1024**3

# bytes that results leave free on disk. The largest file of a result that is not asked for by a
# program is some tens of megabytes: below this, results that nobody has used lately leave.
STORE_RESERVE_BYTES = 256 * 1024**2

# seconds after which a result leaves while the disk is full. A reader who is told to try again in
# a few minutes then finds room.
RESULT_SECONDS_ON_FULL_DISK = 300.0

# bytes of traces kept in memory, of which files are made when a view asks for them; the least
# recently used leaves first. 4,096 tokens of 30 layers of 9 heads and 3 key heads are 380 MB.
MAX_KEPT_TRACE_BYTES = 1024**3

# weights and bytes of tensors of a result whose files are all made before it is shown, which takes
# a tenth of a second: up to some 100 tokens of a BERT-base.
MAX_SMALL_RESULT_WEIGHTS = 2**24
MAX_SMALL_RESULT_BYTES = 8 * 1024**2

# results that are known by what was asked, so that it is not run again; some kilobytes each.
MAX_KNOWN_RESULTS = 256

# seconds to wait for the Hub's answer before working with what is on this machine.
HUB_TIMEOUT = 5.0

# bytes that one run may take beside the model, as estimated before it: of RUNS_AT_ONCE, and a
# free Space has 16 GB.
MAX_RUN_BYTES = 4 * 1024**3

# bytes of weights that are handed to a program in one file: all of a BERT-base at 1,024 tokens.
MAX_WEIGHTS_BYTES = 1024**3

# bytes of a reader's own file of tensors, and of the arrays in it that are read, unpacked: the
# weights of a BERT-base at 512 tokens are 151 MB.
MAX_TENSORS_BYTES = 256 * 10**6

# numbers in the arrays of such a file that are read: what MAX_TENSORS_BYTES hold of float16. Each
# becomes a float32 in memory, also one of 8 bits.
MAX_TENSOR_NUMBERS = MAX_TENSORS_BYTES // 2

# times MAX_TENSORS_BYTES: the most memory that opening such a file takes, from its first byte to
# the first file of its result (tests/unit/test_hostile_files.py measures it).
MAX_OPENING_MEMORY = 5

# seconds that reading such a file may take. The largest takes 3 on two cores, compressed or not.
MAX_OPENING_SECONDS = 30.0

# bytes of names, shapes and texts in such a file: Python reads 2 MiB of the worst JSON in a quarter
# of a second, in which it answers nobody else. The tokens of MAX_TOKENS take some 100,000.
MAX_DESCRIPTION_BYTES = 2 * 1024**2

# layers and heads of one component of such a file: the page has a file for each layer, and a
# picture for each head. Llama 3.1 405B has 126 layers of 128 heads, 16,128 together.
MAX_LAYERS = 256
MAX_HEADS = 256
MAX_LAYERS_BY_HEADS = 2**14

# numbers of one query or key vector: DeepSeek-V3 has 576, and the neuron view draws each.
MAX_HEAD_DIM = 1024

# bytes of all files that visitors have uploaded and nobody has read yet; the oldest leaves first.
MAX_UPLOADED_BYTES = 1024**3

# seconds that an upload is there: the page names it as soon as it has come.
MAX_UPLOAD_SECONDS = 60.0

# seconds between two looks at what was uploaded: a fast connection brings 4 GB meanwhile.
UPLOAD_SWEEP_SECONDS = 30.0

# bytes of tensors up to which a page that stands alone holds all layers: some 200 tokens of
# a BERT-base, as in assets/core/export/embedded_files.js.
MAX_PAGE_BYTES = 16 * 1024**2

# bytes of a request that calls an event or an endpoint: three texts of MAX_CHARACTERS are 720 kB at
# most, as JSON that escapes all of them.
MAX_CALL_BYTES = 1024**2

# bytes of a request that names an event, to end it. FastAPI repeats what it cannot read of one in
# its answer: for 1 MiB of JSON this takes three seconds in which nobody else is answered.
MAX_EVENT_BYTES = 16 * 1024

# bytes of a request that uploads a file: the file, and what a form says about it.
MAX_UPLOAD_BODY_BYTES = MAX_TENSORS_BYTES + 1024**2

# sessions of pages and programs that Gradio remembers, of 120 kB each and up to MAX_CALL_BYTES of
# what was sent last; the least recently used leaves first. A page whose session has left runs on.
MAX_SESSIONS = 500
