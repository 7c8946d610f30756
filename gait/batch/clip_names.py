"""What the name of a clip says: its session and the camera's side."""

from __future__ import annotations

import re
import unicodedata

#: Words in a file's name that say where the camera stood.
VIEW_KEYWORDS = {
    **dict.fromkeys(("side", "left", "right", "lateral", "sagittal"), "side"),
    **dict.fromkeys(("rear", "back", "behind", "posterior"), "rear"),
    **dict.fromkeys(("front", "anterior", "frontal"), "front"),
}
#: Letters with a stroke and ligatures, which Unicode does not take apart.
_LETTERS_WITHOUT_DECOMPOSITION = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "ð": "d", "þ": "th"}
)


def split_clip_name(stem: str) -> tuple[str, str]:
    """Split a clip's name into the part that all clips of its session share, and the view.

    Parameters
    ----------
    stem : str
        File name without its suffix.

    Returns
    -------
    session, view : str
        The session may be empty (``"side.mp4"``); the view is ``"auto"`` where the name does not say it.
    """
    tokens = [t for t in re.split(r"([\s_\-.]+)", stem) if t]
    keywords = [n for n, token in enumerate(tokens) if token.casefold() in VIEW_KEYWORDS]
    if not keywords:
        return stem.strip(), "auto"
    last = keywords[-1]
    view = VIEW_KEYWORDS[tokens[last].casefold()]
    drop = {last}
    before = last - 2
    # "from behind", "side left": words that belong to the view.
    while before >= 0 and (
        tokens[before].casefold() in ("from", "view") or VIEW_KEYWORDS.get(tokens[before].casefold())
    ):
        drop.add(before)
        before -= 2
    if last + 2 < len(tokens) and tokens[last + 2].casefold() == "view":
        drop.add(last + 2)
    rest = [token for n, token in enumerate(tokens) if n not in drop]
    text = re.sub(r"([\s_\-.])[\s_\-.]+", r"\1", "".join(rest))
    return text.strip(" _-.\t"), view


def fold_name(text: str, *, accents: bool = True) -> str:
    """Reduce a name to what remains the same with other case, separators or encoding of accents.

    Parameters
    ----------
    text : str
    accents : bool
        Whether accents count; without them "Łukasz Müller" is "lukasz muller".

    Returns
    -------
    str
    """
    folded = re.sub(r"[\s_\-.]+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()
    if accents:
        return folded
    decomposed = unicodedata.normalize("NFD", folded.translate(_LETTERS_WITHOUT_DECOMPOSITION))
    return "".join(character for character in decomposed if not unicodedata.combining(character))
