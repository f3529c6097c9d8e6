#!/usr/bin/env python3
"""Makes examples/trees.txt (LightGBM) and examples/trees.ubj (XGBoost), with rows to run them on.

    python3 -m venv build/venv && build/trees/bin/pip install -r tests/requirements.txt
    build/venv/bin/python examples/make_trees.py

A made-up task: which of three gestures, from eight features of a window of acceleration, of which one is a category
(where the sensor is worn) and some are missing. trees.csv are 200 rows that neither model has seen.
"""

import pathlib

import lightgbm
import numpy as np
import xgboost

HERE = pathlib.Path(__file__).parent


def rows(seed, count):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 8)).round(3).astype(np.float32)
    x[:, 7] = rng.integers(0, 6, count)
    gesture = (x[:, 0] + np.sin(2 * x[:, 1]) > 0).astype(int) + (x[:, 2] * x[:, 3] > 0.3 * (x[:, 7] % 2))
    x[rng.random(x.shape) < 0.02] = np.nan
    return x, gesture


def main():
    x, gesture = rows(1, 2000)
    model = lightgbm.train({"objective": "multiclass", "num_class": 3, "num_leaves": 12, "verbose": -1, "seed": 1,
                            "num_threads": 1, "deterministic": True, "min_data_per_group": 20},
                           lightgbm.Dataset(x, gesture, categorical_feature=[7]), num_boost_round=10)
    model.save_model(HERE / "trees.txt")
    matrix = xgboost.DMatrix(x, gesture == 1)
    model = xgboost.train({"objective": "binary:logistic", "max_depth": 4, "seed": 1, "nthread": 1}, matrix, 20)
    model.save_model(HERE / "trees.ubj")
    unseen = rows(2, 200)[0]
    lines = [",".join("" if np.isnan(value) else f"{value:.9g}" for value in row) for row in unseen]
    names = ",".join(f"f{i}" for i in range(unseen.shape[1]))
    (HERE / "trees.csv").write_text("\n".join([names, *lines]) + "\n")


if __name__ == "__main__":
    main()
