"""Which of many strings stands on a line, and whether any does: the recogniser's columns against a tree of strings.

The string may begin and end anywhere in the line; what stands beside it is left to the likeliest path, but a figure right
beside it has a price, since otherwise 1/14/89 would stand in 11/14/89 as well as that itself. Weights are relative to the
likeliest path through all columns: 0 (their logarithm) when the string is what is read there.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from pipeline.ocr.ctc import FLOOR

ASIDE = 0.05  # price of a column with a figure that is no part of the string
BESIDE = 6  # columns before and behind the string where it is asked
FAINT = 1e-7  # weights below this part of the best are not followed


@dataclass(frozen=True, slots=True)
class Tree:
    """Strings by their beginnings: node 0 is the empty one; children of a node stand side by side from `child` on."""

    character: Any
    child: Any
    children: Any
    end: Any  # number of the string that ends at the node, -1


@lru_cache(8)
def tree(strings: tuple[str, ...], characters: str) -> Tree:
    """The strings (each once) as a tree; characters that the network does not know are left out of them."""
    number = {c: n for n, c in enumerate(characters)}
    root: dict[Any, Any] = {}
    for n, string in enumerate(strings):
        at = root
        for c in string:
            if c in number:
                at = at.setdefault(number[c], {})
        at[-1] = n
    return _laid_out(root)


def _laid_out(root: dict[Any, Any]) -> Tree:
    queue, character, child, children, end = [root], [0], [0], [0], [-1]
    for at, node in enumerate(queue):
        end[at] = node.get(-1, -1)
        below = [(c, n) for c, n in node.items() if c >= 0]
        child[at], children[at] = len(queue), len(below)
        for c, n in below:
            queue.append(n)
            character.append(c)
            child.append(0)
            children.append(0)
            end.append(-1)
    return Tree(*(np.array(v, np.int32) for v in (character, child, children, end)))


def spotted(likely: Any, strings: tuple[str, ...], characters: str) -> Any:
    """For each string the logarithm of its weight on (columns, characters), float; -inf where it cannot be."""
    own = tree(strings, characters)
    columns = np.maximum(likely, FLOOR)
    columns = columns / columns.max(1, keepdims=True)
    figures = np.array([c.isdigit() for c in characters])
    beside = np.maximum(columns[:, ~figures].max(1), ASIDE * columns[:, figures].max(1))
    price = np.concatenate([[0.0], np.cumsum(np.log(beside))])
    last = len(columns)
    before = [price[t] - price[max(0, t - BESIDE)] for t in range(last + 1)]
    behind = [price[min(last, t + BESIDE)] - price[t] for t in range(last + 1)]
    best = np.full(len(strings), -np.inf)
    nodes = np.zeros(0, np.int32)
    ended, going = np.zeros(0), np.zeros(0)  # weight of standing behind the node's character: after a blank, on it
    for t, column in enumerate(columns):
        # the root, from which a string may begin in any column, stands first
        every = np.concatenate([[0], nodes])
        blank = np.concatenate([[np.exp(before[t])], ended])
        whole = np.concatenate([[np.exp(before[t])], ended + going])
        count = own.children[every]
        parent = np.repeat(np.arange(len(every)), count)
        offset = np.arange(len(parent)) - np.repeat(np.cumsum(count) - count, count)
        kids = own.child[every][parent] + offset
        same = own.character[kids] == own.character[every][parent]
        grown = np.where(same, blank[parent], whole[parent]) * column[own.character[kids]]
        # what goes on stands in `nodes`, what is new in `kids`
        merged, where = np.unique(np.concatenate([nodes, kids]), return_inverse=True)
        new_going, new_ended = np.zeros(len(merged)), np.zeros(len(merged))
        np.add.at(new_going, where[: len(nodes)], going * column[own.character[nodes]])
        np.add.at(new_going, where[len(nodes) :], grown)
        new_ended[where[: len(nodes)]] = (ended + going) * column[0]
        total = new_ended + new_going
        keep = total > FAINT * max(float(total.max(initial=0.0)), float(np.exp(before[t + 1])))
        nodes, ended, going = merged[keep].astype(np.int32), new_ended[keep], new_going[keep]
        full = own.end[nodes]
        done = full >= 0
        if done.any():
            with np.errstate(divide="ignore"):
                left = np.log(going[done]) + behind[t + 1]
            best[full[done]] = np.maximum(best[full[done]], left)
    return best
