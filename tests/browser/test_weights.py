"""Test that the page's modules compute from the files the weights that the model used."""

import pytest
import torch

from bertviz_space import extract
from bertviz_space.models.cache import ModelCache
from bertviz_space.page.components import HeadView
from bertviz_space.page.published_assets import published_script

# Returns all weights of a result: by component, then [layer][head][query][key].
_WEIGHTS = """async ([script, manifest]) => {
  const { modules } = await import(script);
  const { openTrace } = modules["core/data/open_trace.js"];
  const { weightsOf } = modules["core/formula/attention.js"];
  const trace = await openTrace(manifest);
  const result = {};
  for (const { component, layers } of trace.manifest.components) {
    result[component] = [];
    for (const { layer } of layers) {
      const attention = await trace.layer(component, layer);
      const { num_heads, num_queries } = attention;
      result[component].push(Array.from({ length: num_heads }, (_, head) =>
        Array.from({ length: num_queries }, (_, position) =>
          [...weightsOf(attention, head, { axis: "query", position })])));
    }
  }
  return result;
}"""


@pytest.fixture(scope="module")
def translation(t5, publish):
    loaded = ModelCache().get(t5)
    return publish(extract(loaded.model, loaded.tokenizer, "The dog ran.", target_text="Der Hund"))


def test_the_page_computes_the_models_weights(open_view, pair, causal, translation):
    host = open_view(HeadView, pair)
    script = published_script()["url"]
    for result in (pair, causal, translation):
        computed = host.page.evaluate(_WEIGHTS, [script, result.manifest])
        assert set(computed) == set(result.trace.layers)
        for component, layers in computed.items():
            for entry, heads in zip(result.trace.layers[component], layers, strict=True):
                expected = entry.weights()
                torch.testing.assert_close(torch.tensor(heads), expected, atol=1e-5, rtol=0)
