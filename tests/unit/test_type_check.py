"""Accept or refuse types of models by the tables and signatures of transformers."""

import pytest
from transformers import CONFIG_MAPPING, AutoConfig

from architectures.builder import config_of
from bertviz_space.errors import ModelUnavailable, SpaceError
from bertviz_space.models.hub.checkpoints import Checkpoint
from bertviz_space.models.outline import read_config_and_tokenizer
from bertviz_space.models.type_check import check_class, check_model_type

# Types that need more than a text, grouped by the reason.
READ_MORE = [
    *("clip", "siglip", "altclip", "owlvit", "groupvit", "clap", "vision-text-dual-encoder"),
    *("blip", "blip_2_qformer", "bridgetower", "vilt", "lxmert", "idefics", "tvp"),  # images
    *("bark", "glm_image_vqmodel", "qwen2_5_vl_vision"),  # forward takes no token ids
    *("florence2", "udop", "dia", "fastspeech2_conformer"),  # no class that generates text
    *("bros", "layoutlmv2"),  # positions on a page
    *("voxtral_realtime", "pe_audio"),  # sound
    "higgs_audio_v2_tokenizer",  # a library that is not installed
]

# Types that run on text alone, even if they can read other inputs as well.
READ_TEXT = [
    *("bert", "t5", "gpt2", "encoder-decoder", "mpt", "xmod"),
    *("visual_bert", "flava", "git", "layoutlmv3", "tipsv2"),
    *("llava", "qwen2_vl", "gemma3", "clip_text_model"),
]


@pytest.mark.parametrize("model_type", READ_MORE)
def test_a_type_that_needs_more_than_a_text_is_refused_by_its_name(model_type):
    with pytest.raises(SpaceError, match=r"text alone|together with") as raised:
        check_model_type(model_type)
    assert str(raised.value).endswith(("Choose a text model.", "Choose another model."))


@pytest.mark.parametrize("model_type", READ_TEXT)
def test_a_type_that_runs_on_text_alone_is_accepted(model_type):
    assert model_type in CONFIG_MAPPING
    check_model_type(model_type)


def test_a_configuration_without_a_class_with_a_language_head_is_refused():
    config = config_of("bert", is_encoder_decoder=True)
    with pytest.raises(ModelUnavailable, match="with this configuration"):
        check_class(config)
    check_class(config_of("bert"))


def test_a_library_that_an_image_encoder_needs_is_named(tmp_path):
    # The library timm is not needed to show attention.
    AutoConfig.for_model("gemma3n").save_pretrained(tmp_path)
    with pytest.raises(ModelUnavailable, match=r"needs a library .*timm"):
        read_config_and_tokenizer(Checkpoint("tests/model", tmp_path, "1" * 40))
