"""The parts of a sentence of advice: who would act, what he would do, on which condition. All as worded, None when the
wording does not show it."""

from __future__ import annotations

import re

_MODAL = (
    r"(?:should|must|ought to|needs? to|(?:is|are) to|could|might|may|would do well to|had better"
    r"|(?:be )?(?:authorized|requested|instructed|directed|urged|asked|advised) to)"
)
_ACTOR = re.compile(
    r"(?:^|[,;:(]\s*|\bthat\s+|\b(?:believe|think|recommend|suggest|urge|propose|feel)\s+(?:that\s+)?)"
    r"(?P<actor>(?:the |our |your |all )?[A-Za-z][\w.'’&/-]*(?:\s+(?:of|for|and|the|in|to)?\s*[\w.'’&/-]+){0,5}?)"
    rf"\s+(?P<modal>{_MODAL})\s+",
    re.IGNORECASE,
)
_THAT = re.compile(
    r"\bthat\s+(?P<actor>you|we|the (?:United States|\w+))\s+(?P<action>[a-z].{3,})",
    re.IGNORECASE,
)
_DESIRABLE = re.compile(
    r"\b(?:desirable|advisable|preferable|wise|useful|prudent|appropriate|helpful|well|best|better|important|essential"
    r"|necessary|imperative|premature|unwise|inadvisable|mistake)\b"
    r"(?: for (?P<actor>[\w ]{2,40}?))? to (?P<action>.{3,})",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"(?P<condition>"
    r"\b(?:if|unless|provided(?: that)?|in the event(?: that| of)?|in case|assuming(?: that)?|as long as|so long as"
    r"|pending|until|on condition that|subject to|once)\b[^,;:.]{3,200}"
    r"|^\W*should (?!we\b|i\b)[^,;]{3,200}(?=,)"
    r"|^\W*(?:in (?:this|that|such(?: an?)?|either) (?:instance|event|case|contingency|situation|eventuality)"
    r"|under (?:these|such|the \w+) (?:circumstances|conditions|hypothesis)))",
    re.IGNORECASE,
)
_MARKER = re.compile(r"^\W*(?:\(?(?:\d{1,2}|[a-zA-Z])[.)])\s+")
_NO_ORDER = re.compile(r"(?:The|This|That|These|It|In|On|If|We|I|Our|A|An|There|As|With|For|He|They|You)\b")


def who_does_what(text: str) -> tuple[str | None, str | None]:
    """Actor and action of the advice in `text`."""
    bare = _MARKER.sub("", text).rstrip(" .;")
    if m := _DESIRABLE.search(bare):
        return m["actor"], _short(m["action"])
    if m := _ACTOR.search(bare):
        return m["actor"].strip(), _short(bare[m.end() :])
    if m := _THAT.search(bare):
        return m["actor"], _short(m["action"])
    if re.match(r"[A-Z][a-z]+\s", bare) and not _NO_ORDER.match(bare):
        return None, _short(bare)
    return None, None


def condition(text: str) -> str | None:
    """The clause on which the advice depends, or the words that point to it ("In this instance")."""
    m = _CONDITION.search(text)
    return m["condition"].strip() if m else None


def _short(action: str) -> str:
    """The action without the clauses that follow it."""
    ends = r"[;:]|,\s+(?:which|who|and (?:we|I|the)|but|although|since|because|unless|if)\b"
    return re.split(ends, action)[0].strip(" ,.")[:240]
