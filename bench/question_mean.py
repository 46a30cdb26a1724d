"""The mean vector of questions, as `src/yulin/brain/question_mean.json` holds it; run anew where the model changes.

    python bench/question_mean.py

Every second question (those that choose constants) of the two public sets, each set weighing as much as the other.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from bench_retrieval import DATA, lines

from yulin.brain.adapters.embedding import MODEL, query_vector

PLACE = Path(__file__).parents[1] / "src" / "yulin" / "brain" / "question_mean.json"


def main() -> None:
    means = []
    for name in ("ncpolicies", "stard"):
        vectors = np.array([query_vector(one["text"]) for one in lines(DATA / name / "queries.dev.jsonl")[::2]])
        means.append((vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).mean(0))
    mean = [round(float(value), 5) for value in np.mean(means, axis=0)]
    PLACE.write_text(json.dumps({"model": MODEL, "mean": mean}) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
