#!/usr/bin/env python3
"""Forests against the libraries that trained them: LightGBM, XGBoost, and scikit-learn by way of skl2onnx.

    trees_test.py --assay build/assay [--models 30] [--rows 1000] [--keep DIR]

Trains random models of each library (objectives, depths, missing values, categories, zeros as missing, dart, random
forests), runs `assay run` on the same random rows and compares. Every row must take the library's leaves: sums of
leaves and probabilities may differ by 1e-5 of the largest (LightGBM sums doubles), classes not at all unless the two
best are that near. Each sixth model also runs as code for speed on a Cortex-M4F in the emulator, on 8 rows. scikit-learn's models are trees, linear ones, support vectors, and pipelines before them. Needs tests/requirements.txt; without them it says `skipped:`.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy as np

try:
    import lightgbm
    import sklearn.discriminant_analysis
    import sklearn.ensemble
    import sklearn.impute
    import sklearn.linear_model
    import sklearn.naive_bayes
    import sklearn.neural_network
    import sklearn.pipeline
    import sklearn.preprocessing
    import sklearn.svm
    import sklearn.tree
    import skl2onnx
    import xgboost
except ImportError as missing:
    print(f"skipped: {missing} (pip install -r tests/requirements.txt)")
    sys.exit(0)

TOLERANCE = 1e-5
KERNEL_TOLERANCE = 3e-5  # sums of hundreds of +-C in float32: ONNX Runtime is as far from scikit-learn's doubles


def data(rng, rows):
    """Features, of which the last is a category, with missing values and zeros; what is to be learned."""
    features = int(rng.integers(3, 12))
    x = (rng.normal(size=(rows, features)) * 10.0 ** rng.integers(-3, 4, features)).astype(np.float32)
    x[:, -1] = rng.integers(0, 40, rows)
    x[rng.random(x.shape) < 0.03] = 0
    score = np.sign(x[:, 0]) + np.tanh(x[:, 1]) * 2 + (x[:, -1] % 3) + rng.normal(size=rows) * 0.3
    x[rng.random(x.shape) < rng.choice([0, 0.1])] = np.nan
    return x, score


def target(rng, score, kind):
    if kind == "binary": return (score > np.median(score)).astype(int)
    if kind == "classes": return np.digitize(score, np.quantile(score, [0.3, 0.6, 0.8]))
    if kind == "counts": return np.floor(np.exp(np.clip(score, -2, 2)))
    return score


def lightgbm_model(rng, seed, x, score, path):
    objective, kind = [("regression", ""), ("binary", "binary"), ("multiclass", "classes"), ("poisson", "counts"),
                       ("cross_entropy", "binary"), ("multiclassova", "classes"), ("lambdarank", "classes"),
                       ("regression_l1", "")][seed % 8]
    params = {"objective": objective, "num_leaves": int(rng.integers(2, 64)), "verbose": -1, "seed": seed,
              "boosting": ["gbdt", "dart", "rf"][seed % 3], "min_data_in_leaf": 5, "num_threads": 1, "bagging_freq": 1,
              "bagging_fraction": 0.7, "use_missing": seed % 5 != 4, "zero_as_missing": seed % 4 == 3,
              "learning_rate": 0.2, "max_cat_to_onehot": 4, "cat_smooth": 1, "min_data_per_group": 5}
    if kind == "classes" and objective != "lambdarank": params["num_class"] = 4
    if objective == "binary": params["sigmoid"] = 1.5
    y = target(rng, score, kind)
    group = [len(y)] if objective == "lambdarank" else None
    categories = [x.shape[1] - 1] if seed % 2 else []
    train = lightgbm.Dataset(x, y, group=group, categorical_feature=categories, free_raw_data=False)
    model = lightgbm.train(params, train, num_boost_round=int(rng.integers(1, 40)))
    file = path.with_suffix(".txt")
    model.save_model(file)
    return file, lambda rows: model.predict(rows, num_threads=1), f"{objective} {params['boosting']}"


def xgboost_model(rng, seed, x, score, path):
    objective, kind = [("reg:squarederror", ""), ("binary:logistic", "binary"), ("multi:softprob", "classes"),
                       ("count:poisson", "counts"), ("binary:logitraw", "binary"), ("multi:softmax", "classes"),
                       ("reg:absoluteerror", "")][seed % 7]
    params = {"objective": objective, "max_depth": int(rng.integers(1, 9)), "booster": ["gbtree", "dart"][seed % 2],
              "seed": seed, "nthread": 1, "eta": 0.3, "tree_method": "hist", "num_parallel_tree": [1, 3][seed % 5 == 0],
              "subsample": 0.8, "rate_drop": 0.2, "grow_policy": ["depthwise", "lossguide"][seed % 3 == 0]}
    if params["booster"] == "gbtree": del params["rate_drop"]
    if kind == "classes": params["num_class"] = 4
    if seed % 4 == 1 and kind == "binary": params["base_score"] = 0.3
    types = ["q"] * (x.shape[1] - 1) + ["c" if seed % 2 else "q"]
    matrix = lambda rows, y=None: xgboost.DMatrix(rows, y, feature_types=types, enable_categorical=True)
    model = xgboost.train(params, matrix(x, target(rng, score, kind)), num_boost_round=int(rng.integers(1, 30)))
    file = path.with_suffix([".json", ".ubj"][seed % 2])
    model.save_model(file)
    return file, lambda rows: model.predict(matrix(rows)), f"{objective} {params['booster']}"


def sklearn_estimator(rng, seed):
    """An untrained model and what it learns."""
    trees, depth = int(rng.integers(2, 30)), int(rng.integers(1, 10))
    ensemble, tree, linear, svm = sklearn.ensemble, sklearn.tree, sklearn.linear_model, sklearn.svm
    return [
        (tree.DecisionTreeClassifier(max_depth=depth), "classes"), (tree.DecisionTreeRegressor(max_depth=depth), ""),
        (ensemble.RandomForestClassifier(trees, max_depth=depth), "classes"),
        (ensemble.RandomForestRegressor(trees, max_depth=depth), ""),
        (ensemble.ExtraTreesClassifier(trees, max_depth=depth), "binary"),
        (ensemble.ExtraTreesRegressor(trees, max_depth=depth), ""),
        (ensemble.GradientBoostingClassifier(n_estimators=trees), "binary"),
        (ensemble.GradientBoostingClassifier(n_estimators=trees), "classes"),
        (ensemble.GradientBoostingRegressor(n_estimators=trees), ""), (ensemble.IsolationForest(n_estimators=trees), "none"),
        (linear.LogisticRegression(max_iter=1000), "classes"), (linear.Ridge(), ""),
        (svm.SVC(kernel=["rbf", "poly", "sigmoid"][seed // 15 % 3]), "binary"), (svm.SVR(), ""),
        [(sklearn.naive_bayes.GaussianNB(), "classes"),
         (sklearn.discriminant_analysis.LinearDiscriminantAnalysis(), "classes"),
         (sklearn.neural_network.MLPClassifier(hidden_layer_sizes=(12,), max_iter=50), "classes")][seed // 15 % 3],
    ][seed % 15]


def sklearn_model(rng, seed, x, score, path):
    """Linear models and kernels learn from scaled features, as they do in practice; trees from any, scaled or not."""
    estimator, kind = sklearn_estimator(rng, seed)
    if "random_state" in estimator.get_params(): estimator.set_params(random_state=seed)
    steps = [sklearn.impute.SimpleImputer(strategy=["mean", "median"][seed % 2])]
    if seed % 15 > 9: steps.append([sklearn.preprocessing.StandardScaler, sklearn.preprocessing.RobustScaler][seed % 2]())
    elif seed % 4 == 1: steps.append(sklearn.preprocessing.MaxAbsScaler())
    model = sklearn.pipeline.make_pipeline(*steps, estimator)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(x, None if kind == "none" else target(rng, score, kind))
        options = {"zipmap": False} if kind in ("binary", "classes") else {}
        made = skl2onnx.to_onnx(model, x[:1], target_opset={"": 17, "ai.onnx.ml": 3}, options={id(model): options})
    file = path.with_suffix(".onnx")
    file.write_bytes(made.SerializeToString())

    def predict(rows):
        if kind == "none": return [model.predict(rows), model.decision_function(rows)]
        if not kind: return [model.predict(rows)]
        if hasattr(model, "predict_proba"): return [model.predict(rows), model.predict_proba(rows)]
        score = model.decision_function(rows)  # for class 1; ONNX Runtime writes it as the score of class 0, and so do we
        return [model.predict(rows), np.stack([score, -score], axis=1)]
    return file, predict, type(estimator).__name__ + (" " + kind if kind else "")


def difference(got, expected, tolerance):
    """What is wrong with `got`, or "", and the largest difference relative to the largest output."""
    if got.size != expected.size: return f"{got.size} numbers, not {expected.size}", 0
    got, expected = got.reshape(len(got), -1).astype(np.float64), expected.reshape(len(got), -1).astype(np.float64)
    if not np.all(np.isfinite(got)): return "a number is not finite", 0
    worst = np.max(np.abs(got - expected)) / max(np.max(np.abs(expected)), 1e-30)
    return ("" if worst <= tolerance else f"off by {worst:.2g} of the largest output"), worst


def all_differences(got, expected, tolerance):
    """The same of a list: an array, or the classes and their scores. A class may be another where scores are that near."""
    if len(expected) == 1: return difference(got[0], expected[0], tolerance)
    wrong, worst = difference(got[1], expected[1], tolerance)
    scores = expected[1].reshape(len(expected[1]), -1)
    near = np.ptp(np.sort(scores, axis=1)[:, -2:], axis=1) if scores.shape[1] > 1 else np.abs(scores[:, 0])
    others = int(np.sum((got[0].reshape(-1) != expected[0]) & (near > tolerance * np.max(np.abs(scores)))))
    return (f"{others} classes differ" if others and not wrong else wrong), worst


def difference_in_emulator(assay, file, rows, folder):
    """As code for speed on a Cortex-M4F: what differs from the reference, which is what `assay run` gives; or ""."""
    np.save(folder / "few.npy", rows)
    done = subprocess.run([assay, "measure", file, "--on", "nucleo-l4r5zi", "--optimize", "speed", "--data", folder / "few.npy"],
                          capture_output=True, text=True, timeout=300, check=False)
    if done.returncode == 0 and f"in {len(rows)} of {len(rows)} inputs" in done.stdout: return ""
    return "in the emulator: " + (done.stderr.strip() or next((line for line in done.stdout.split("\n") if "outputs" in line), "no outputs"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assay", type=pathlib.Path, required=True)
    parser.add_argument("--models", type=int, default=30, help="of each library")
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--keep", type=pathlib.Path, help="keep models and rows there")
    args = parser.parse_args()
    failed = compared = skipped = 0
    most = {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = args.keep or pathlib.Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        for library, make in (("lightgbm", lightgbm_model), ("xgboost", xgboost_model), ("sklearn", sklearn_model)):
            for seed in range(args.models):
                rng = np.random.default_rng([seed, len(library)])
                x, score = data(rng, 1500)
                file, predict, what = make(rng, seed, x, score, folder / f"{library}_{seed}")
                rows = np.concatenate([x, data(np.random.default_rng(seed + 99), args.rows)[0][:, :1].repeat(
                    x.shape[1], axis=1)])[-args.rows:]
                rows = np.where(rng.random(rows.shape) < 0.5, rows, x[rng.integers(0, len(x), len(rows))])
                rows = np.ascontiguousarray(rows, dtype=np.float32)
                np.save(folder / "rows.npy", rows)
                done = subprocess.run([args.assay, "run", file, "--data", folder / "rows.npy", "-o", folder / "out.npz"],
                                      capture_output=True, text=True, timeout=300, check=False)
                if done.returncode == 4:
                    skipped += 1
                    print(f"skipped  {library} {seed} {what}: {' '.join(done.stderr.split()[:12])}")
                    continue
                wrong = done.stderr.strip() if done.returncode else ""
                if not wrong:
                    with np.load(folder / "out.npz") as arrays: got = [arrays[name] for name in arrays.files]
                    expected = predict(rows)
                    wrong, worst = all_differences(got, expected if isinstance(expected, list) else [expected],
                                                   KERNEL_TOLERANCE if what.startswith("SV") else TOLERANCE)
                    most[library] = max(most.get(library, 0), worst)
                    if not wrong and seed % 6 == 0: wrong = difference_in_emulator(args.assay, file, rows[:8], folder)
                compared += 1
                failed += bool(wrong)
                if wrong: print(f"FAILED   {library} {seed} {what} {file.name}: {wrong}")
    for library, worst in most.items(): print(f"{library}: largest difference {worst:.2g} of the largest output")
    print(f"{compared} models on {args.rows} rows each, {failed} differ, {skipped} not run")
    return 1 if failed or not compared else 0


if __name__ == "__main__":
    sys.exit(main())
