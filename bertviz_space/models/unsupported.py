"""Types of models that cannot be shown, each with the reason.

The type is known from ``config.json``, so the reader gets the message before any other file is
downloaded. A type that is not listed here is tried, and is refused after its forward pass if the
attention of some layers was not captured.
"""

_CHOOSE = "Choose another model."

_NO_ATTENTION = {
    "fnet": "FNet mixes its tokens by a Fourier transform",
    "mamba": "Mamba is a state space model",
    "mamba2": "Mamba 2 is a state space model",
    "falcon_mamba": "Falcon Mamba is a state space model",
    "rwkv": "RWKV is a recurrent network",
    "xlstm": "xLSTM is a recurrent network",
}

_PARTIAL_ATTENTION = {
    "blt": "BLT attends from bytes and from patches of bytes, in separate stacks of layers",
    "cpmant": "CPM-Ant's tokens also attend to 32 positions of a prompt, which are not tokens",
    "led": "LED's encoder attends within a window and to a few global tokens",
    "longformer": "Longformer attends within a window and to a few global tokens",
    "longt5": "LongT5's encoder attends within blocks of its text",
    "mra": "MRA approximates attention at several resolutions",
    "pegasus_x": "PEGASUS-X's encoder attends within blocks and to a few global tokens",
    "perceiver": "Perceiver attends from its own latent vectors and not from the tokens",
    "prophetnet": "ProphetNet's decoder attends from several streams of predictions at once",
    "reformer": "Reformer attends within chunks and hash buckets",
    "t5gemma2": "T5Gemma 2's decoder attends to its own tokens and to the text's in one softmax",
    "yoso": "YOSO estimates attention by hashing",
}

# Types that need an input besides text although their signatures make it optional.
_OTHER_INPUT = {
    "bridgetower": "BridgeTower reads a text together with an image",
    "bros": "BROS reads words together with their positions on a page",
    "idefics": "IDEFICS reads a text together with images",
    "layoutlmv2": "LayoutLMv2 reads words together with the image of their page",
    "lxmert": "LXMERT reads a text together with an image",
    "tvp": "TVP reads a text together with a video",
    "vilt": "ViLT reads a text together with an image",
    "voxtral_realtime": "Voxtral Realtime reads a text together with speech",
}


def unsupported_reason(model_type: str) -> str | None:
    """Return the reader's message for a type of model that cannot be shown, ``None`` for others.

    Args:
        model_type: as in the model's ``config.json``, such as ``"fnet"``.
    """
    if model_type in _NO_ATTENTION:
        return f"{_NO_ATTENTION[model_type]}: it has no attention to show. {_CHOOSE}"
    if model_type in _PARTIAL_ATTENTION:
        return (
            f"{_PARTIAL_ATTENTION[model_type]}: it has no attention of every token to every "
            f"token to show. {_CHOOSE}"
        )
    if model_type in _OTHER_INPUT:
        return f"{_OTHER_INPUT[model_type]}: it cannot be run on text alone. {_CHOOSE}"
    return None
