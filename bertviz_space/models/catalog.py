"""The models that the page lists: two that ship with this project, and ten well-known ones."""

from dataclasses import dataclass
from pathlib import Path

from ..asset_folder import asset_folder

DEMO_FOLDER = asset_folder() / "demo_models"


@dataclass(frozen=True)
class ModelSpec:
    """One model in the list.

    Attributes:
        model_id: its id on the Hub, or the name of a folder in ``assets/demo_models``.
        about: a few words that describe it.
    """

    model_id: str
    about: str

    @property
    def label(self) -> str:
        """The text of the model's entry in the list."""
        return f"{self.model_id} — {self.about}"


# The page's examples run on the first two models of a list: the first reads pairs of texts, the
# second is a causal language model.
DEMO_MODELS = (
    ModelSpec("tiny-bert", "demo, works offline"),
    ModelSpec("tiny-gpt2", "demo, works offline"),
)

HUB_MODELS = (
    ModelSpec("google-bert/bert-base-uncased", "BERT"),
    ModelSpec("openai-community/gpt2", "GPT-2"),
    ModelSpec("distilbert/distilbert-base-uncased", "DistilBERT"),
    ModelSpec("FacebookAI/roberta-base", "RoBERTa"),
    ModelSpec("sentence-transformers/all-MiniLM-L6-v2", "MiniLM"),
    ModelSpec("google-bert/bert-base-multilingual-cased", "BERT, 104 languages"),
    ModelSpec("distilbert/distilgpt2", "DistilGPT-2"),
    ModelSpec("HuggingFaceTB/SmolLM2-135M", "Llama style"),
    ModelSpec("google-t5/t5-small", "T5, encoder-decoder"),
    ModelSpec("Helsinki-NLP/opus-mt-en-de", "Marian, English to German"),
)


def demo_folder(model_id: str) -> Path | None:
    """Return the folder of a model that ships with the project, ``None`` for other models."""
    if any(spec.model_id == model_id for spec in DEMO_MODELS):
        return DEMO_FOLDER / model_id
    return None


def listed_models(hub_answers: bool, cached_ids: frozenset[str]) -> tuple[ModelSpec, ...]:
    """Return the models that the page lists, the recommended ones first.

    If the Hub answers, these are the Hub's models and then the demo models. Otherwise they are the
    demo models, then ``HUB_MODELS`` that are on this machine, then other models on this machine.

    Args:
        hub_answers: True if models can be fetched from the Hub now.
        cached_ids: ids of the models whose files are on this machine.
    """
    if hub_answers:
        return HUB_MODELS + DEMO_MODELS
    cached = tuple(spec for spec in HUB_MODELS if spec.model_id in cached_ids)
    known = {spec.model_id for spec in cached}
    others = tuple(
        ModelSpec(model_id, "on this machine") for model_id in sorted(cached_ids - known)
    )
    return DEMO_MODELS + cached + others
