"""Stamps that several documents carry: their text with the pen's part filled in, and their records."""

from __future__ import annotations

from corpus.stamps import Record


def review_block(reviewer: str, date: str, rows: tuple[str, str, str], exemptions: str) -> str:
    """The A/CDC/MR stamp of 1982-91; `rows` are the pen marks in its two columns, one letter each or a blank."""
    ticks = [[f"([[hand: {c}]])" if c.strip() else "(  )" for c in row] for row in rows]
    return "\n".join(
        [
            "DEPARTMENT OF STATE A/CDC/MR",
            f"REVIEWED by [[hand: {reviewer}]] DATE [[hand: {date}]]",
            f"{ticks[0][0]} RELEASE\t{ticks[0][1]} DECLASSIFY",
            f"{ticks[1][0]} EXCISE\t{ticks[1][1]} DECLASSIFY in PART",
            f"{ticks[2][0]} DENY\t{ticks[2][1]} Non-responsive info.",
            f"FOI, EO or PA exemptions [[hand: {exemptions}]]" if exemptions else "FOI, EO or PA exemptions ______",
            "TS authority to:",
            "(  ) CLASSIFY as ______, OADR",
            "(  ) DOWNGRADE TS to (  ) S or (  ) C, OADR",
        ]
    )


def nnd(project: str, by: str, date: str, edtf: str) -> tuple[str, Record]:
    """The National Archives' stamp with its project number filled in by hand, and its record."""
    text = f"DECLASSIFIED\nAuthority [[hand: NND {project}]]\nBy [[hand: {by}]] NARA Date [[hand: {date}]]"
    fields = {
        "decision": "DECLASSIFIED",
        "authority": f"NND {project}",
        "case": f"NND {project}",
        "reviewer": by,
        "date": edtf,
        "date_text": date,
    }
    return text, Record("declassification", "NARA", "declassified_in_full", fields)
