// The heads of all layers with the largest weight between a pinned token and another one.

import assert from "node:assert/strict";
import test from "node:test";
import { PairHeads } from "../../assets/views/pair_heads.js";
import { madeTokens, servePair } from "./made_trace.js";
import { drawn, showView, until } from "./mounted_view.js";
import { byRole, click, figure, leave, press, texts, token } from "./reader.js";
import { isVisible, openScreen } from "./screen.js";

/** Show the pair in a view with a pinned token. */
async function showPinned(t, name, link) {
  const pair = servePair(t);
  const shown = await showView(t, name, { ...pair, options: { link } });
  leave(document);
  return { ...shown, ...pair };
}

/** Return the list of heads: title, note and rows; null if it is hidden. */
function list(host) {
  const section = host.querySelector(".bertviz-pair-heads .bertviz-ranking");
  if (!isVisible(section)) return null;
  return {
    title: section.querySelector("h3").textContent,
    note: section.querySelector("p").textContent,
    rows: [...section.querySelectorAll("tbody tr")].map((row) => texts(row.children)),
  };
}

/** Return the titles of the visible tables of weights. */
function weightTables(host) {
  const titles = [...host.querySelectorAll(".bertviz-weight-tables h3")];
  return texts(titles.filter(isVisible));
}

/** Wait until the list satisfies a condition. */
async function listed(host, isExpected = (found) => found && !found.note.includes("so far")) {
  await until(host, () => isExpected(list(host)));
  return list(host);
}

/** Return the rows of the heads with the largest weight of a pair. */
function expected(weights, query, key) {
  return weights
    .flatMap((heads, layer) => heads.map((rows, head) => [`L${layer}H${head}`, rows[query][key]]))
    .sort((one, other) => other[1] - one[1])
    .slice(0, 10)
    .map(([head, weight]) => [head, weight.toFixed(3)]);
}

/** Click the weight of the first row of a table, and return the position in this row. */
function clickFirst(host, title) {
  const sections = [...host.querySelectorAll(".bertviz-weight-tables .bertviz-ranking")];
  const section = sections.find((each) => each.querySelector("h3").textContent === title);
  const row = section.querySelector("tbody tr");
  click(row.querySelector("td button"));
  return Number(row.children[1].textContent);
}

test("a weight lists the heads of all layers with the largest weight of its pair", async (t) => {
  const { host, weights } = await showPinned(t, "head", "heads=4&pinned=query,2");
  const key = clickFirst(host, "word2 attends to");
  const found = await listed(host);
  assert.equal(found.title, `Heads where word2 attends to word${key}`);
  assert.equal(found.note, `Positions 2 and ${key}.`);
  assert.deepEqual(found.rows, expected(weights, 2, key));
  assert.deepEqual(weightTables(host), []);
  click(byRole(host, "button", "← Weights"));
  assert.equal(list(host), null);
  assert.deepEqual(weightTables(host), ["word2 attends to", "word2 is attended to by"]);
  const query = clickFirst(host, "word2 is attended to by");
  const opposite = await listed(host);
  assert.equal(opposite.title, `Heads where word${query} attends to word2`);
  assert.deepEqual(opposite.rows, expected(weights, query, 2));
});

test("a row opens its head, and the list stays until the token is unpinned", async (t) => {
  const { host, weights } = await showPinned(t, "head", "heads=4&pinned=query,2");
  const key = clickFirst(host, "word2 attends to");
  await listed(host);
  const [[name], [second]] = expected(weights, 2, key);
  for (const each of [name, second]) {
    click(byRole(host, "button", each));
    const [, layer, head] = each.match(/L(\d+)H(\d+)/);
    assert.equal(await drawn(host), `All, layer ${layer}, heads ${head}`);
    assert.deepEqual(list(host).rows, expected(weights, 2, key));
  }
  click(byRole(host, "button", "Pinned · Unpin"));
  await drawn(host);
  assert.equal(list(host), null);
});

test("in the model view a row opens its cell", async (t) => {
  const { host, weights } = await showPinned(t, "model", "cell=2,3&pinned=query,5");
  const key = clickFirst(host, "word5 attends to");
  const { rows } = await listed(host);
  assert.deepEqual(rows, expected(weights, 5, key));
  const [[name]] = rows;
  click(host.querySelector(".bertviz-pair-heads tbody button"));
  assert.equal(await drawn(host), name.replace(/L(\d+)H(\d+)/, "All, Layer $1, Head $2"));
  assert.deepEqual(list(host).rows, rows);
});

test("the focus follows from the weight to the list and back", async (t) => {
  const { host } = await showPinned(t, "head", "heads=4&pinned=query,2");
  host.querySelector(".bertviz-weight-tables td button").focus();
  press(document, "Enter");
  await listed(host);
  assert.equal(document.activeElement, byRole(host, "button", "← Weights"));
  press(document, "Enter");
  assert.ok(document.activeElement.closest(".bertviz-weight-tables"));
});

test("with a filter the list contains the weights that the filter shows", async (t) => {
  const link = "heads=4&pinned=query,2&filter=first,renormalize";
  const { host, weights } = await showPinned(t, "head", link);
  const key = clickFirst(host, "word2 attends to");
  const renormalized = weights.map((layer) =>
    layer.map((rows) => rows.map((row) => row.map((weight) => weight / (1 - row[0])))),
  );
  assert.deepEqual((await listed(host)).rows, expected(renormalized, 2, key));
});

test("another pinned token hides the list", async (t) => {
  const { host } = await showPinned(t, "head", "heads=4&pinned=query,2");
  clickFirst(host, "word2 attends to");
  await listed(host);
  click(token(figure(host), "queries", 6));
  await drawn(host);
  assert.equal(list(host), null);
  leave(document);
  assert.deepEqual(weightTables(host), ["word6 attends to", "word6 is attended to by"]);
});

/** The pair of the tests below. */
const PAIR = { query: 1, key: 0, text: "b attends to a" };

/**
 * Create a list in an inspector without a view.
 * @param {number} numLayers each has one head with two tokens; in layer n, the weight of PAIR is 0.5 / 2 ** n
 * @param {number} [headDim] numbers of a vector, as the manifest says
 */
function listAlone(t, numLayers, headDim = 1) {
  const host = openScreen(t).body.appendChild(document.createElement("div"));
  const pairHeads = host.appendChild(document.createElement("div"));
  const weights = host.appendChild(document.createElement("div"));
  pairHeads.className = "bertviz-pair-heads";
  const arrivals = [];
  const layers = Array.from({ length: numLayers }, (_, layer) => {
    return { layer, num_heads: 1, num_key_value_heads: 1, head_dim: headDim };
  });
  const trace = {
    component: () => ({ layers }),
    queryTokens: () => madeTokens(2),
    keyTokens: () => madeTokens(2),
    layer: (_, layer, signal) =>
      new Promise((resolve, reject) => {
        const terms = { ...layers[layer], num_queries: 2, num_keys: 2, scaling: 1, softcap: null };
        const arrive = () =>
          resolve({
            ...terms,
            reach: null,
            query: new Float32Array(2),
            key: new Float32Array(2),
            logsumexp: new Float32Array(2).fill(Math.log(2 ** (layer + 1))),
          });
        arrivals.push({ layer, signal, arrive, reject });
      }),
  };
  let ask = () => {};
  const inspector = { pairHeads, weights, offerHeads: (listener) => (ask = listener) };
  const heads = new PairHeads(inspector, () => {});
  const content = (pinned) => {
    return { trace, attentionPart: { component: "self" }, pinned, filter: null };
  };
  const pin = (pinned) => heads.setContent(content(pinned));
  pin({ axis: "query", position: 1 });
  return { host, arrivals, pin, ask: () => ask(PAIR) };
}

test("while layers arrive, the list says how many it knows", async (t) => {
  const { host, arrivals, ask } = listAlone(t, 3);
  ask();
  assert.deepEqual(list(host).note, "Positions 1 and 0. 0 of 3 layers so far.");
  const rows = [
    ["L0H0", "0.500"],
    ["L1H0", "0.250"],
    ["L2H0", "0.125"],
  ];
  for (const [at, note] of [" 1 of 3 layers so far.", " 2 of 3 layers so far.", ""].entries()) {
    // One request after the other.
    assert.deepEqual(
      arrivals.map(({ layer }) => layer),
      [0, 1, 2].slice(0, at + 1),
    );
    arrivals[at].arrive();
    await listed(host, (found) => found.rows.length === at + 1);
    await new Promise(setImmediate);
    assert.deepEqual(list(host).note, `Positions 1 and 0.${note}`);
    assert.deepEqual(list(host).rows, rows.slice(0, at + 1));
  }
});

test("an unpinned token stops the requests", async (t) => {
  const { host, arrivals, pin, ask } = listAlone(t, 3);
  ask();
  pin(null);
  assert.equal(list(host), null);
  assert.ok(arrivals[0].signal.aborted);
  arrivals[0].arrive();
  await new Promise(setImmediate);
  assert.equal(arrivals.length, 1);
  assert.equal(list(host), null);
});

test("a layer that cannot be read ends the list with the reason", async (t) => {
  const { host, arrivals, ask } = listAlone(t, 2);
  ask();
  arrivals[0].arrive();
  await listed(host, (found) => found.rows.length === 1);
  await new Promise(setImmediate);
  arrivals[1].reject(new Error("The result has expired."));
  await listed(host, (found) => found.note.includes("expired"));
  assert.deepEqual(list(host).rows, [["L0H0", "0.500"]]);
});

test("layers that would take too much memory are not fetched", (t) => {
  const { host, arrivals, ask } = listAlone(t, 2, 2 ** 23);
  ask();
  assert.match(list(host).note, /too long to compare the heads/);
  assert.deepEqual([list(host).rows, arrivals], [[], []]);
});
