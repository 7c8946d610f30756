"""Which option helps against which cause: errors, refusals and notices carry a code, the command line adds the option.

No room below the command line names its options; an error carries a code (`gait.errors`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gait.display_language import N_, _


@dataclass(frozen=True)
class Hint:
    """What to type against one cause.

    Attributes
    ----------
    usage : str
        An option with an example value, or a whole command line.
    effect : str
        What it makes possible, for the list of options after a summary; empty where the hint belongs to errors only.
    commands : tuple of str
        Commands that have the option, the usual one first; empty where ``usage`` is a whole command line.
    """

    usage: str
    effect: str = ""
    commands: tuple[str, ...] = ()


_MEASURING = ("analyze", "check", "poses")
_HISTORY_FILE = ("history", "analyze", "batch")
_CAPTURE_RATE = Hint("--capture-fps 240", N_("capture rate of slow motion"), _MEASURING)
_HEIGHT = Hint("--height 178", N_("lengths in centimetres"), ("analyze", "batch", "check", "poses"))
_SPEED = Hint("--speed 10.5", N_("ordinary ranges for this speed"), ("analyze", "batch", "poses"))
_VIEW = Hint("--view auto", N_("lets gait find the view"), _MEASURING)
_FRESH = Hint("--fresh", "", ("analyze", "batch"))

#: Code → what to type. Codes that no option helps against (``not_visible``) are absent.
HINTS: Mapping[str, Hint] = {
    "implausible_cadence": Hint("--capture-fps 30", N_("capture rate of a video that plays too fast"), _MEASURING),
    "slow_motion_suspected": _CAPTURE_RATE,
    "slow_cadence": _CAPTURE_RATE,
    "height_missing": _HEIGHT,
    "height_unknown": _HEIGHT,
    "speed_unknown": _SPEED,
    "view_contradicted": _VIEW,
    "view_ambiguous": Hint("--view rear", commands=_MEASURING),
    "spec_file_unreadable": Hint(N_("gait synth --print-spec prints one")),
    "several_individuals": Hint("--individual NAME", commands=("poses",)),
    "unknown_pose_format": Hint("--format NAME", commands=("poses",)),
    "frame_rate_missing": Hint("--fps 60", commands=("poses",)),
    "keypoint_missing": Hint("--keypoint left_hip=NAME", commands=("poses",)),
    "pose_file_unreadable": _FRESH,
    "pose_file_damaged": _FRESH,
    "rtmpose_model_missing": Hint("--model FILE", commands=("analyze",)),
    "scheduler_unreachable": Hint("--cluster ADDRESS", commands=("batch",)),
    "out_of_memory": Hint("--jobs 1", N_("fewer sessions at a time"), ("batch", "validate")),
    "time_limit": Hint("--time-limit 600", N_("more time for a session"), ("batch",)),
    "memory_limit": Hint("--memory-limit 8", N_("more memory for a process"), ("batch",)),
    "answers_empty": Hint(N_("gait ask -o FILE.toml writes them")),
    "different_runs": Hint("--same-run", commands=("analyze",)),
    "same_runner_unknown": Hint("--same-runner", N_("if both reports are of one person"), ("compare",)),
    "history_missing": Hint("gait history add DIR"),
    "history_unusable": Hint("--db FILE", commands=_HISTORY_FILE),
    "history_damaged": Hint(N_("gait history backup FILE makes them")),
    "mocap_missing": Hint("--mocap DIR", commands=("validate",)),
    "video_missing": Hint("--videos DIR", commands=("validate",)),
    "label_file": Hint("-o FILE", commands=("label",)),
    "port_taken": Hint("--port 0", commands=("serve",)),
    "data_folder": Hint("--data DIR", commands=("serve",)),
    "labeller_taken": Hint("--labeller NAME", commands=("label",)),
}


def hint_for(code: str | None, *, command: str | None = None) -> str | None:
    """Return what to type against a cause.

    Parameters
    ----------
    code : str or None
        Code of an error, a refused measurement or a notice.
    command : str, optional
        Command that is running. The usual command is named with the option where the running one lacks it.

    Returns
    -------
    str or None
        ``None`` where no option helps.
    """
    hint = HINTS.get(code) if code is not None else None
    if hint is None:
        return None
    if not hint.commands or command is None or command in hint.commands:
        return hint.usage
    return f"gait {hint.commands[0]} {hint.usage}"


def with_hint(message: str, code: str | None, *, command: str | None = None) -> str:
    """Append to a message, in brackets, the option that helps.

    Parameters
    ----------
    message : str
        One sentence.
    code : str or None
        Its cause.
    command : str, optional
        Command that is running.

    Returns
    -------
    str
        The message alone where no option helps.
    """
    hint = hint_for(code, command=command)
    return message if hint is None else f"{message.rstrip('.')} ({_(hint)})"


def options_that_help(codes: Iterable[str | None], *, command: str | None = None) -> str | None:
    """List the options that would add to a result, for a line after a summary.

    Parameters
    ----------
    codes : iterable of str or None
        Codes of refused measurements, notices and observations; those without an option are passed over.
    command : str, optional
        Command that is running.

    Returns
    -------
    str or None
        ``None`` where no option helps.
    """
    hints = dict.fromkeys(
        f"{hint_for(code, command=command)} ({_(HINTS[code].effect)})"
        for code in codes
        if code is not None and code in HINTS and HINTS[code].effect
    )
    return _("Options that help: {options}").format(options=", ".join(hints)) if hints else None
