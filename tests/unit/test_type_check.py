"""Which types of models are tried, by what transformers itself says of them."""

import pytest
from transformers import CONFIG_MAPPING, AutoConfig

from architectures.builder import config_of
from bertviz_space.errors import ModelUnavailable, SpaceError
from bertviz_space.models.hub.checkpoints import Checkpoint
from bertviz_space.models.outline import read_config_and_tokenizer
from bertviz_space.models.type_check import check_class, check_model_type

# Types that read more than a text, each for a reason of its own.
READ_MORE = [
    *("clip", "siglip", "altclip", "owlvit", "groupvit", "clap", "vision-text-dual-encoder"),
    *("blip", "blip_2_qformer", "bridgetower", "vilt", "lxmert", "idefics", "tvp"),  # images
    *("bark", "glm_image_vqmodel", "qwen2_5_vl_vision"),  # no ids in the forward
    *("florence2", "udop", "dia", "fastspeech2_conformer"),  # no class that writes text
    *("bros", "layoutlmv2"),  # places on a page
    *("voxtral_realtime", "pe_audio"),  # sound
    "higgs_audio_v2_tokenizer",  # a library that is not here
]

# Types that read a text alone, whatever else they can read.
READ_TEXT = [
    *("bert", "t5", "gpt2", "encoder-decoder", "mpt", "xmod"),
    *("visual_bert", "flava", "git", "layoutlmv3", "tipsv2"),
    *("llava", "qwen2_vl", "gemma3", "clip_text_model"),
]


@pytest.mark.parametrize("model_type", READ_MORE)
def test_a_type_that_reads_more_than_a_text_is_refused_by_its_name(model_type):
    with pytest.raises(SpaceError, match=r"text alone|together with") as raised:
        check_model_type(model_type)
    assert str(raised.value).endswith(("Choose a text model.", "Choose another model."))


@pytest.mark.parametrize("model_type", READ_TEXT)
def test_a_type_that_reads_a_text_alone_is_tried(model_type):
    assert model_type in CONFIG_MAPPING
    check_model_type(model_type)


def test_a_configuration_without_a_class_that_writes_is_refused():
    config = config_of("bert", is_encoder_decoder=True)
    with pytest.raises(ModelUnavailable, match="with this configuration"):
        check_class(config)
    check_class(config_of("bert"))


def test_a_configuration_whose_encoder_of_images_needs_a_library_says_so(tmp_path):
    # timm, which draws no attention.
    AutoConfig.for_model("gemma3n").save_pretrained(tmp_path)
    with pytest.raises(ModelUnavailable, match=r"needs a library .*timm"):
        read_config_and_tokenizer(Checkpoint("tests/model", tmp_path, "1" * 40))
