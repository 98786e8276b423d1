"""The average of several trainings' weights: often better than each of them.

    python training/average.py training/out/encoder-a training/out/encoder-b --to training/out/encoder

All folders are trainings of the same base, in sentence-transformers' layout. Source: Wortsman et
al., "Model soups: averaging weights of multiple fine-tuned models improves accuracy without
increasing inference time", ICML 2022.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from sentence_transformers import SentenceTransformer


def main() -> None:
    """Average and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--to", type=Path, required=True)
    options = parser.parse_args()
    model, *others = (SentenceTransformer(str(one), device="cpu") for one in options.folders)
    states = [one.state_dict() for one in (model, *others)]
    model.load_state_dict(
        {
            name: sum(state[name] for state in states) / len(states)
            if value.is_floating_point()
            else value
            for name, value in states[0].items()
        }
    )
    model.save(str(options.to))


if __name__ == "__main__":
    main()
