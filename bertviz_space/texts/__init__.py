"""Turn the reader's texts into token ids, and token ids back into pieces of the text.

This package exports no names, so that importing one module loads only what that module needs.

One request:

* ``reading`` checks and tokenizes all texts of a request and collects the notes for the reader.
* ``target_generation`` lets an encoder-decoder model generate the target text.
* ``continuation`` lets a causal model continue the text.
* ``notes`` writes the sentences that tell the reader what was done with the texts.

From a text to token ids:

* ``tokenization`` calls the tokenizer for a text, a pair, a chat message or a target text.
* ``encoding`` defines ``Encoding``, a tokenized text, and truncates it.
* ``masked_tokens`` replaces tokens by the mask token.
* ``model_inputs`` makes the inputs of a model from the ids.
* ``token_limit`` returns how many tokens of a text fit.
* ``random_tokens`` draws the repeated random tokens of the probe.
* ``chat_template`` wraps a text as a user's message in the tokenizer's chat template.
* ``languages`` lists a translation tokenizer's languages and sets two of them.
* ``decoder_start`` finds the ids that a decoder reads before the target text.
* ``tokenizer_file`` rebuilds a tokenizer whose ids differ from the model's ``tokenizer.json``.

From token ids to pieces of the text:

* ``token_texts`` finds the piece of text that each token covers.
* ``token_alignment`` finds the tokens that two texts have in common.
* ``predicted_tokens`` returns the texts of tokens that a model may predict.
* ``sequence_ids`` finds which text each id comes from, for tokenizers that do not report it.
* ``decoding`` decodes ids and finds the characters that each token decodes to.
* ``alignment`` matches decoded tokens with the characters of the reader's text.
* ``edit_path`` computes the cheapest edits from the decoded text to the reader's text.
* ``letters`` folds texts into letters that can be compared.

What a model accepts:

* ``model_sides`` finds the part of a model that reads the source or the target text.
* ``table_sizes`` returns how many positions, token ids and token types a model has.
* ``id_checks`` rejects ids and token types that a model's embeddings have no row for.
* ``id_settings`` reads token ids from a setting of a configuration.

Tokens in files of tensors, without a tokenizer:

* ``spelling`` decodes byte-level spellings of tokens.
* ``spelling_conventions`` recognizes how a list of tokens is spelled and returns its text.
"""
