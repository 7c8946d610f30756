"""The page for a physiotherapist as a PDF, from ``report.json``.

Drawn with fpdf2 (pure Python). Its letters are those of DejaVu Sans, which comes with Matplotlib, a dependency of
MediaPipe: Latin, Greek, Cyrillic and more, but neither Chinese letters nor emoji; those are printed from the browser.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gait.display_language import _, pgettext
from gait.display_text import display_text
from gait.display_units import height_in_units
from gait.findings.answers import Answers
from gait.findings.assessment import compare_with_bands
from gait.findings.knowledge_loader import load_knowledge
from gait.findings.value_text import runner_speed_text
from gait.metrics.grading import VIEW_WORDS
from gait.records import Measurement, Runner
from gait.report.page_records import PhysioRow
from gait.report.physio_summary import missing_names, pain_answers, physio_row
from gait.report.report_json import gait_version

if TYPE_CHECKING:
    from fpdf import FPDF

#: Of A4, mm; sizes of type in points.
_MARGIN, _BODY, _SMALL, _TITLE = 12.0, 8.5, 7.2, 15.0
#: Widths of the columns, shares of the line.
_COLUMNS = (50, 10, 27, 19, 19, 22)
_FONT = "DejaVu"
_INK, _MUTED, _LINE, _HEAD = (26, 31, 36), (84, 93, 103), (221, 223, 226), (236, 238, 239)
#: Longest text of one field, characters: the page stays a page. [E]
_MAX_TEXT = 600


def physio_pdf(
    record: Mapping[str, Any], *, day: str = "", answers: Answers | None = None, private: bool = False
) -> bytes:
    """Draw the page.

    Parameters
    ----------
    record : mapping
        A parsed ``report.json``.
    day : str
        When the run was filmed, as it is shown.
    answers : Answers, optional
        The runner's answers about pain.
    private : bool
        Whether the name is left out.

    Returns
    -------
    bytes
        PDF in the reader's language and units.
    """
    about = record["runner"]
    runner = Runner(
        None if private else about.get("name"), *(about.get(k) for k in ("height_m", "leg_length_m", "speed_mps"))
    )
    knowledge = load_knowledge()
    assessed = compare_with_bands([_measurement(m) for m in record["measurements"]], runner)
    measured = [a for a in assessed if a.verdict != "refused" and a.measurement.value is not None]
    rows = [physio_row(a) for a in sorted(measured, key=lambda a: a.limits is None)]
    headlines = [str(f["headline"]) for f in (*record.get("findings", ()), *record.get("likely", ()))]
    warnings = [str(w["message"]) for w in record.get("warnings", ()) if w.get("code") in knowledge.warnings]
    missing = missing_names(assessed)

    pdf = _document(_("Running gait, filmed on a treadmill"))
    pdf.set_font(_FONT, "B", _TITLE)
    _write(pdf, _("Running gait, filmed on a treadmill"), height=7)
    _set(pdf, _BODY, _MUTED)
    who = runner.name or _("Name: {line}").format(line="______________________")
    _write(pdf, " · ".join(text for text in (who, _("filmed on {date}").format(date=day) if day else "") if text))
    height = _("not given") if runner.height_m is None else height_in_units(runner.height_m)
    speed = runner_speed_text(runner) or _("not given")
    views = ", ".join(VIEW_WORDS.get(video["view"], str(video["view"])) for video in record["videos"])
    facts = [": ".join(pair) for pair in ((_("Height"), height), (_("Speed"), speed), (_("Film"), views))]
    _set(pdf, _BODY)
    _write(pdf, " · ".join(facts))
    pdf.ln(1.5)
    if warnings:
        _labelled(pdf, _("Warning signs in the answers:"), " ".join(warnings))
    none = _("no measurement lies clearly or probably outside its range.")
    _labelled(pdf, _("Findings:"), ". ".join(headlines) + "." if headlines else none)
    pain = "; ".join(f"{question} {answer}" for question, answer in pain_answers(answers, knowledge))
    _labelled(pdf, _("Pain, as the runner says:"), pain + "." if pain else _("no answers given."))
    pdf.ln(2)
    _table(pdf, rows)
    pdf.ln(2)
    _set(pdf, _SMALL, _MUTED)
    if missing:
        _write(pdf, _("Not measured: {metrics}.").format(metrics="; ".join(missing)), height=3.5)
    text = _(
        "Method: markerless 2D pose estimation from one camera, means over steps; the 95 % range includes the error of "
        "the method. No force, no joint load, no pelvic tilt in the sagittal plane. It is no diagnosis."
    )
    _write(pdf, f"{text} gait {gait_version()}.", height=3.5)
    return bytes(pdf.output())


def _document(title: str) -> FPDF:
    from fpdf import FPDF

    # A letter that the font lacks is drawn as a box; the warning about it would hold the runner's name.
    logging.getLogger("fpdf").setLevel(logging.ERROR)
    pdf = FPDF(format="A4")
    pdf.set_title(title)
    pdf.set_creator("gait")
    pdf.set_margin(_MARGIN)
    pdf.set_auto_page_break(True, _MARGIN)
    folder = _font_folder()
    for style, name in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
        pdf.add_font(_FONT, style, folder / name)
    pdf.add_page()
    pdf.set_text_color(*_INK)
    return pdf


def _font_folder() -> Path:
    found = find_spec("matplotlib")
    assert found is not None, "MediaPipe brings Matplotlib"
    assert found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0]) / "mpl-data" / "fonts" / "ttf"


def _set(pdf: FPDF, size: float, colour: tuple[int, int, int] = _INK, style: str = "") -> None:
    pdf.set_font(_FONT, style, size)
    pdf.set_text_color(*colour)


def _write(pdf: FPDF, text: str, height: float = 4.6) -> None:
    pdf.multi_cell(0, height, _shown(text), align="L", new_x="LMARGIN", new_y="NEXT")


def _labelled(pdf: FPDF, label: str, text: str) -> None:
    _set(pdf, _BODY, style="B")
    pdf.write(4.6, f"{_shown(label)} ")
    _set(pdf, _BODY)
    pdf.write(4.6, _shown(text))
    pdf.ln(5.4)


def _table(pdf: FPDF, rows: Sequence[PhysioRow]) -> None:
    from fpdf.enums import TableBordersLayout
    from fpdf.fonts import FontFace

    heads = (
        *(_("Measurement"), pgettext("column", "Side"), pgettext("column", "Mean"), _("95 % range")),
        *(pgettext("column", "Ordinary"), pgettext("column", "Result")),
    )
    _set(pdf, _SMALL)
    pdf.set_draw_color(*_LINE)
    with pdf.table(
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        col_widths=_COLUMNS,
        headings_style=FontFace(emphasis="BOLD", fill_color=_HEAD),
        line_height=3.7,
        padding=0.55,
        text_align="LEFT",
    ) as table:
        head = table.row()
        for text in heads:
            head.cell(_shown(text))
        for one in rows:
            stands_out = FontFace(emphasis="BOLD") if one.tier in ("clear", "likely") else None
            row = table.row()
            for text in (one.name, one.side, one.value, one.interval, one.ordinary):
                row.cell(_shown(text))
            row.cell(_shown(one.words), style=stands_out)


def _shown(text: str) -> str:
    return display_text(text)[:_MAX_TEXT]


def _measurement(record: Mapping[str, Any]) -> Measurement:
    interval = record.get("interval")
    return Measurement(
        key=str(record["key"]),
        side=record["side"],
        value=record["value"],
        unit=str(record["unit"]),
        interval=None if interval is None else (float(interval[0]), float(interval[1])),
        steps=int(record["steps"]),
        grade=record["grade"],
        reason=record.get("reason"),
        video=int(record["video"]),
        evidence_s=record.get("evidence_s"),
        reason_code=record.get("reason_code"),
        method=record.get("method"),
    )
