"""How fast names and advice are found: pages a second on one core, and how long the models take to load.

    python -m bench.recognition [--pages 400] [--repeat 3]

The text is that of the sample documents in corpus/, over and over, cut into pages of 2,000 characters. Floors (issue 6):
15 pages a second a core for entities and recommendations together, 2 seconds for loading.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

from pipeline.core.document import Described, Scan
from pipeline.core.page import Page

ROOT = Path(__file__).parents[1]
SIZE = 2000  # characters on a page
LOAD = (
    "import time; t = time.process_time()\n"
    "from pipeline.recognize.model import recognize\n"
    "from pipeline.recognize.mentions import find_mentions\n"
    "from pipeline.core.page import Page\n"
    "from pipeline.recognize.advice import judge\n"
    "from pipeline.recognize.prose import Prose\n"
    "from pipeline.recognize.wording import units\n"
    "list(recognize(['Mr. Bundy saw the Secretary in Moscow.']))\n"
    "judge(list(units(Prose([Page.of_text(1, 'We should tell the Secretary in Moscow.')]))))\n"
    "print(time.process_time() - t)"
)


def documents(pages: int) -> list[tuple[Scan, tuple[Page, ...]]]:
    """Documents of ten pages of running text each."""
    texts = [p.read_text("utf-8") for kind in ("*.txt", "*.md") for p in sorted((ROOT / "corpus").rglob(kind))]
    whole = "\n\n".join(t for t in texts if len(t) > 500)
    if not whole:
        sys.exit("recognition: there are no texts in corpus/")
    whole *= 1 + pages * SIZE // len(whole)
    cut = [whole[i * SIZE : (i + 1) * SIZE] for i in range(pages)]
    made = []
    for n in range(0, pages, 10):
        some = tuple(Page.of_text(i, t) for i, t in enumerate(cut[n : n + 10], 1))
        made.append((Scan(f"{n:064d}", f"{n}.txt", f"{n}.txt", "text/plain", 1, len(some)), some))
    return made


def main() -> None:
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--pages", type=int, default=400)
    cli.add_argument("--repeat", type=int, default=3)
    args = cli.parse_args()
    from pipeline.recognize.mentions import find_mentions
    from pipeline.recognize.offices import find_offices
    from pipeline.recognize.recommendations import find_recommendations

    made = documents(args.pages)
    stages = {
        "mentions": lambda s, p: find_mentions(s, p, Described()),
        "recommendations": lambda s, p: find_recommendations(s, p, ()),
        "offices": lambda s, p: find_offices(s, p, Described()),
    }
    for run in stages.values():
        run(*made[0])  # what is loaded once is not counted
    spent = dict.fromkeys(stages, float("inf"))
    for _ in range(args.repeat):
        for name, run in stages.items():
            start = time.process_time()
            for scan, pages in made:
                run(scan, pages)
            spent[name] = min(spent[name], time.process_time() - start)
    for name, seconds in spent.items():
        print(f"{name:16} {args.pages / seconds:8.1f} pages a second and core")
    print(f"{'together':16} {args.pages / sum(spent.values()):8.1f} pages a second and core (floor 15)")
    loads = [
        float(subprocess.run([sys.executable, "-c", LOAD], capture_output=True, check=True, cwd=ROOT).stdout)
        for _ in range(3)
    ]
    print(f"{'loading':16} {min(loads):8.2f} s of CPU, with the first sentence (limit 2)")


if __name__ == "__main__":
    main()
