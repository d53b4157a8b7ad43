"""Model types without an attention of every query to every key, each with its sentence.

Known by the ``model_type`` of a configuration, so that the reader is told before anything is
downloaded. Whatever is not listed here is tried, and refused after its pass if nothing, or not
everything, was seen. The last table has types of which no signature says that they read more than a
text.
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

_OTHER_ATTENTION = {
    "blt": "BLT attends from bytes and from patches of bytes, in stacks of their own",
    "cpmant": "CPM-Ant's tokens attend to 32 positions of a prompt that are no tokens",
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


_READS_MORE = {
    "bridgetower": "BridgeTower reads a text together with an image",
    "bros": "BROS reads words together with their places on a page",
    "idefics": "IDEFICS reads a text together with images",
    "layoutlmv2": "LayoutLMv2 reads words together with the image of their page",
    "lxmert": "LXMERT reads a text together with an image",
    "tvp": "TVP reads a text together with a video",
    "vilt": "ViLT reads a text together with an image",
    "voxtral_realtime": "Voxtral Realtime reads a text together with speech",
}


def unsupported_reason(model_type: str) -> str | None:
    """The sentence for the reader if such a model's attention cannot be shown, else ``None``.

    Args:
        model_type: as in the model's ``config.json``, such as ``"fnet"``.
    """
    if model_type in _NO_ATTENTION:
        return f"{_NO_ATTENTION[model_type]}: it has no attention to show. {_CHOOSE}"
    if model_type in _OTHER_ATTENTION:
        return (
            f"{_OTHER_ATTENTION[model_type]}: it has no attention of every token to every token "
            f"to show. {_CHOOSE}"
        )
    if model_type in _READS_MORE:
        return f"{_READS_MORE[model_type]}: it cannot be run on a text alone. {_CHOOSE}"
    return None
