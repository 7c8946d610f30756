"""Names of keypoints in other programs, and which BlazePose keypoints they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from gait.pose.dataset import BLAZEPOSE_KEYPOINTS

_COCO = (
    *("nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder"),
    *("left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee"),
    *("left_ankle", "right_ankle"),
)
#: Keypoints in the order in which a skeleton stores them; names that are not BlazePose's are not used.
SKELETONS: Mapping[str, tuple[str, ...]] = {
    "coco17": _COCO,
    "halpe26": (
        *_COCO,
        *("head", "neck", "hip", "left_foot_index", "right_foot_index", "left_small_toe", "right_small_toe"),
        *("left_heel", "right_heel"),
    ),
    "body25": (
        *("nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist"),
        *("mid_hip", "right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle"),
        *("right_eye", "left_eye", "right_ear", "left_ear", "left_foot_index", "left_small_toe", "left_heel"),
        *("right_foot_index", "right_small_toe", "right_heel"),
    ),
    "coco18": (
        *("nose", "neck", "right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist"),
        *("right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle"),
        *("right_eye", "left_eye", "right_ear", "left_ear"),
    ),
    "coco23": (
        *_COCO,
        *("left_foot_index", "left_small_toe", "left_heel", "right_foot_index", "right_small_toe", "right_heel"),
    ),
    "blazepose33": BLAZEPOSE_KEYPOINTS,
}
#: Keypoints without which nothing can be measured.
REQUIRED_KEYPOINTS = tuple(f"{side}_{joint}" for joint in ("hip", "knee", "ankle") for side in ("left", "right"))

#: Other spellings of a joint, letters only.
_JOINT_SPELLINGS = {
    "nose": "nose",
    "eye": "eye",
    "ear": "ear",
    "shoulder": "shoulder",
    "sho": "shoulder",
    "sjc": "shoulder",
    "elbow": "elbow",
    "elb": "elbow",
    "ejc": "elbow",
    "wrist": "wrist",
    "wri": "wrist",
    "wjc": "wrist",
    "hip": "hip",
    "hjc": "hip",
    "knee": "knee",
    "kne": "knee",
    "kjc": "knee",
    "ankle": "ankle",
    "ank": "ankle",
    "ajc": "ankle",
    "heel": "heel",
    "hee": "heel",
    "calc": "heel",
    "bigtoe": "foot_index",
    "toe": "foot_index",
    "footindex": "foot_index",
    "toetip": "foot_index",
}
#: Joints in German, French and Spanish, letters only, without accents, and the words for left and right there.
_FOREIGN_JOINTS = {
    **dict.fromkeys(("nase", "nez", "nariz"), "nose"),
    **dict.fromkeys(("schulter", "epaule", "hombro"), "shoulder"),
    **dict.fromkeys(("ellbogen", "ellenbogen", "coude", "codo"), "elbow"),
    **dict.fromkeys(("handgelenk", "poignet", "muneca"), "wrist"),
    **dict.fromkeys(("hufte", "huefte", "huftgelenk", "hueftgelenk", "hanche", "cadera"), "hip"),
    **dict.fromkeys(("knie", "kniegelenk", "genou", "rodilla"), "knee"),
    **dict.fromkeys(("knochel", "knoechel", "sprunggelenk", "cheville", "tobillo"), "ankle"),
    **dict.fromkeys(("ferse", "talon"), "heel"),
    **dict.fromkeys(("grosszehe", "zehe", "zehen", "fussspitze", "orteil", "dedogordo"), "foot_index"),
}
_FOREIGN_SIDES = {
    "left": (
        *("left", "links", "linke", "linkes", "linker", "gauche", "izquierda", "izquierdo", "izq"),
        *("li", "l", "g", "i"),
    ),
    "right": (
        *("right", "rechts", "rechte", "rechtes", "rechter", "droite", "droit", "derecha", "derecho", "der"),
        *("re", "r", "d"),
    ),
}


def blazepose_name(name: str) -> str | None:
    """Return BlazePose's name of a keypoint, whatever the spelling (LHeel, heel_left, Left-Heel, Ferse links …).

    Parameters
    ----------
    name : str
        Name in another program.

    Returns
    -------
    str or None
        ``None`` for a keypoint that BlazePose does not have.

    Examples
    --------
    >>> blazepose_name("RBigToe"), blazepose_name("ankle_left"), blazepose_name("Hüfte_L"), blazepose_name("Neck")
    ('right_foot_index', 'left_ankle', 'left_hip', None)
    """
    plain = name.rsplit(":", 1)[-1].strip()  # C3D labels may begin with the subject's name
    lower = re.sub(r"[\s.\-]+", "_", plain).lower()
    if lower in BLAZEPOSE_KEYPOINTS:
        return lower
    letters = lower.replace("_", "")
    if letters in _JOINT_SPELLINGS:  # "heel" is not the left "hee"
        return None
    for side, affixes in (("left", ("left", "l")), ("right", ("right", "r"))):
        for affix in affixes:
            for rest in (letters.removeprefix(affix), letters.removesuffix(affix)):
                if rest != letters and rest in _JOINT_SPELLINGS and rest != "nose":
                    return f"{side}_{_JOINT_SPELLINGS[rest]}"
    return _foreign_name(lower)


def _foreign_name(name: str) -> str | None:
    letters = "".join(c for c in unicodedata.normalize("NFKD", name.replace("ß", "ss")) if c.isalpha())
    for side, affixes in _FOREIGN_SIDES.items():
        for affix in affixes:
            for rest in (letters.removeprefix(affix), letters.removesuffix(affix)):
                joint = _FOREIGN_JOINTS.get(rest) if rest != letters else None
                if joint is not None and joint != "nose":
                    return f"{side}_{joint}"
    return "nose" if _FOREIGN_JOINTS.get(letters) == "nose" else None


def detect_skeleton(count: int) -> Sequence[str] | None:
    """Return the keypoint names of the skeleton with so many keypoints.

    Parameters
    ----------
    count : int
        Number of keypoints.

    Returns
    -------
    sequence of str or None
        ``None`` for a number that no skeleton has. The first 23 of COCO-WholeBody's 133 are those of the body.
    """
    for names in SKELETONS.values():
        if len(names) == count:
            return names
    return (*SKELETONS["coco23"], *(f"unused_{n}" for n in range(23, 133))) if count == 133 else None
