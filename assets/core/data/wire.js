// The types of what bertviz_space/files/wire.py writes, with its names. This module runs no code.

/** @typedef {import("./safetensors.js").Tensor} Tensor */
/** @typedef {"self" | "encoder" | "decoder" | "cross"} Component */

/**
 * @typedef {object} Token
 * @property {string} text part of the reader's text, or the name of a special token
 * @property {string} vocabulary the token as the vocabulary spells it
 * @property {number} token_id -1 if the server received no ids
 * @property {number} start first character in the reader's text
 * @property {number} end one past the last character
 * @property {"A" | "B" | null} segment
 * @property {boolean} special
 * @property {[number, number]} part k of n tokens that share the same characters, counted from 1
 * @property {boolean} [written] whether the model wrote the token; set by written_tokens.js, not by the
 *   server
 */

/**
 * The keys that a query can reach: from `query - before` to `query + after`. Null means no limit.
 * @typedef {object} Reach
 * @property {number | null} before
 * @property {number | null} after
 */

/**
 * The dimensions of queries and keys that rotate with the position.
 * @typedef {object} Rotation
 * @property {number} start the first dimension that rotates
 * @property {number} size the number of dimensions that rotate
 * @property {boolean} interleaved whether a pair is two neighbors; otherwise it is `i` and `i + size / 2`
 */

/**
 * @typedef {object} LayerEntry
 * @property {number} layer number of the layer in the model
 * @property {string} file
 * @property {number} num_heads
 * @property {number} num_key_value_heads
 * @property {number} head_dim 0 if the vectors are unknown; then the bias is the logarithm of the weights
 * @property {number} scaling
 * @property {number | null} softcap
 * @property {Reach | null} reach null if every query reaches every key
 * @property {Rotation | null} rotation
 */

/**
 * @typedef {object} ComponentEntry
 * @property {Component} component
 * @property {"source" | "target"} query_tokens
 * @property {"source" | "target"} key_tokens
 * @property {number} query_bin queries per bin of the overviews, which `rowsOf` divides
 * @property {number} key_bin keys per bin of the overviews
 * @property {number} query_word_bin words per bin of overviews of words
 * @property {number} key_word_bin
 * @property {{file: string, layers: number[]}[]} overviews
 * @property {{file: string, layers: number[]}[]} scores
 * @property {LayerEntry[]} layers
 */

/**
 * A score of heads (bertviz_space/trace/head_scores.py).
 * @typedef {object} Score
 * @property {string} name
 * @property {string} label
 * @property {string} meaning one sentence
 * @property {boolean} is_pattern whether it is the share of the weights that a pattern contains
 */

/**
 * Where the predictions are: at the tokens of a side, for the token at the position or after it.
 * @typedef {object} PredictionsEntry
 * @property {string} file
 * @property {"source" | "target"} tokens
 * @property {0 | 1} offset from a position to the position of the token that is predicted there
 */

/**
 * What the pass of a result was changed by (bertviz_space/trace/interventions.py).
 * @typedef {object} Intervened
 * @property {{spelling: string, words: string}[]} interventions as links spell them, and for the reader
 * @property {Record<number, Token>} replaced the source tokens that the mask token replaces, by their
 *   positions
 */

/**
 * Another run that a result is compared with (bertviz_space/trace/comparison.py).
 * @typedef {object} Compared
 * @property {("interventions" | "text" | "model")[]} differs what differs between both runs
 * @property {number[]} source the position in the other run of the token that is aligned with each source
 *   token; -1 for none
 * @property {number[] | null} target the same for the target tokens; null without target tokens
 * @property {string | null} changes the file that says how the predictions differ; null if that is not known
 * @property {Manifest} other the manifest of the other run, which is compared with none and has no overviews
 *   and no scores
 */

/**
 * @typedef {object} Manifest
 * @property {number} version
 * @property {{model_id: string, revision: string}} model
 * @property {Token[]} source
 * @property {Token[] | null} target
 * @property {number[]} source_words the position of the first token of each word
 * @property {number[] | null} target_words
 * @property {ComponentEntry[]} components
 * @property {Score[]} scores what the server computes for each head
 * @property {PredictionsEntry | {reason: string}} predictions or a sentence that says why there are none
 * @property {number | null} written_from the position of the first source token that the model wrote
 * @property {Intervened | null} intervened null for a pass without interventions
 * @property {Compared | null} compared null for a run that is compared with none
 * @property {boolean} mask_token whether the model has a mask token
 * @property {string[]} ready the files that existed when the manifest was written
 */

/**
 * At most one of the three biases is present.
 * @typedef {object} LayerTensors
 * @property {Float32Array} query `[head, query, head_dim]`
 * @property {Float32Array} key `[key_value_head, key, head_dim]`
 * @property {Float32Array} logsumexp `[head, query]`: a weight is `exp(score - logsumexp)`
 * @property {Tensor | undefined} allowed uint8 `[head or 1, query, key]`, applies in addition to the reach
 * @property {Tensor | undefined} bias float32 `[head or 1, query, key]`
 * @property {Tensor | undefined} bias_by_key float32 `[head or 1, key]`
 * @property {Tensor | undefined} bias_by_distance float32 `[head or 1, num_queries + num_keys - 1]`
 * @property {Float32Array | undefined} sink `[head]`
 * @property {Int32Array | undefined} model_queries `[row]`, the queries whose weights the model reported
 * @property {Tensor | undefined} model_weights float32 `[head, row, key]`, as the model reported them
 * @property {number} num_queries
 * @property {number} num_keys
 */

/** @typedef {LayerEntry & LayerTensors} LayerAttention */

export {};
