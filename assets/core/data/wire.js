// What the server writes (bertviz_space/files/wire.py), in its own spelling: types, and nothing that runs.

/** @typedef {import("./safetensors.js").Tensor} Tensor */
/** @typedef {"self" | "encoder" | "decoder" | "cross"} Component */

/**
 * @typedef {object} Token
 * @property {string} text the piece of the reader's text, or a special token's name
 * @property {string} vocabulary the spelling in the vocabulary
 * @property {number} token_id -1 where no model was given one
 * @property {number} start
 * @property {number} end
 * @property {"A" | "B" | null} segment
 * @property {boolean} special
 * @property {[number, number]} part k of n tokens that share the same characters
 */

/**
 * How far a query sees: keys from `query - before` to `query + after`; null for no end.
 * @typedef {object} Reach
 * @property {number | null} before
 * @property {number | null} after
 */

/**
 * Which dimensions of queries and keys turn with the position.
 * @typedef {object} Rotation
 * @property {number} start the first dimension that turns
 * @property {number} size how many turn
 * @property {boolean} interleaved whether a pair is two neighbours, or `i` and `i + size / 2`
 */

/**
 * @typedef {object} LayerEntry
 * @property {number} layer the block's true number
 * @property {string} file
 * @property {number} num_heads
 * @property {number} num_key_value_heads
 * @property {number} head_dim 0 where the vectors are not known: the bias is the weights' logarithm
 * @property {number} scaling
 * @property {number | null} softcap
 * @property {Reach | null} reach null where it hides nothing
 * @property {Rotation | null} rotation
 */

/**
 * @typedef {object} ComponentEntry
 * @property {Component} component
 * @property {"source" | "target"} query_tokens
 * @property {"source" | "target"} key_tokens
 * @property {number} query_bin tokens of a bin of the overviews, see `binEdges`
 * @property {number} key_bin
 * @property {{file: string, layers: number[]}[]} overviews
 * @property {LayerEntry[]} layers
 */

/**
 * @typedef {object} Manifest
 * @property {number} version
 * @property {{model_id: string, revision: string}} model
 * @property {Token[]} source
 * @property {Token[] | null} target
 * @property {ComponentEntry[]} components
 * @property {string[]} ready the files that were there from the beginning
 */

/**
 * @typedef {object} LayerTensors
 * @property {Float32Array} query `[head, query, head_dim]`
 * @property {Float32Array} key `[key_value_head, key, head_dim]`
 * @property {Float32Array} logsumexp `[head, query]`: a weight is `exp(score - logsumexp)`
 * @property {Tensor | undefined} allowed uint8 `[head or 1, query, key]`, beside the reach
 * @property {Tensor | undefined} bias float32 `[head or 1, query, key]`; at most one of the three
 * @property {Tensor | undefined} bias_by_key float32 `[head or 1, key]`
 * @property {Tensor | undefined} bias_by_distance float32 `[head or 1, num_queries + num_keys - 1]`
 * @property {Float32Array | undefined} sink `[head]`
 * @property {Int32Array | undefined} model_queries `[row]`
 * @property {Tensor | undefined} model_weights the model's own: float32 `[head, row, key]`
 * @property {number} num_queries
 * @property {number} num_keys
 */

/** @typedef {LayerEntry & LayerTensors} LayerAttention */

export {};
