// The name of a model with its commit.

/** A commit hash. */
const COMMIT = /^[0-9a-f]{40}$/;
/** Characters of a commit hash that identify the commit. */
const COMMIT_LENGTH = 12;

/**
 * Return the id of a model and its abbreviated commit. A revision that is not a commit is left out.
 * @param {import("../data/wire.js").Manifest["model"]} model
 * @returns {string} such as "org/model, commit 0123456789ab"
 */
export function modelName({ model_id, revision }) {
  return COMMIT.test(revision)
    ? `${model_id}, commit ${revision.slice(0, COMMIT_LENGTH)}`
    : model_id;
}
