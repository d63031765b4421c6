#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What it takes to prove a log: seal, verify and export of ENTRIES entries.
# Prints one JSON object: seconds by the clock, and the most memory that any of
# them needed.
#
#	BUILD=build ENTRIES=1000000 tests/bench/proof.sh
#
# The log lies in $BENCH_DIR (default: the build folder).  `seal_ms` is the
# median of 20, each after one entry more, process start and fsync included.
set -u
cd "$(dirname "$0")/../.." || exit 3
build=${BUILD:-build}
case $build in /*) ;; *) build=$PWD/$build ;; esac
entries=${ENTRIES:-1000000}
[ -x "$build/bin/mcourante" ] || { echo "proof.sh: $build/bin/mcourante is missing: make builds it" >&2; exit 3; }
dir=$(mktemp -d "${BENCH_DIR:-$build}/bench.XXXXXX") || exit 3
trap 'rm -rf "$dir"' EXIT
PATH=$build/bin:$PATH
export VIGIE_ETC=$dir/etc VIGIE_STATE=$dir/state VIGIE_NODE=bench LC_ALL=C.UTF-8
mkdir -p "$VIGIE_ETC"
mcourante seal --new-key "$VIGIE_ETC/seal.key" >/dev/null || exit 3

steady() { perl -MTime::HiRes=clock_gettime,CLOCK_MONOTONIC -e 'print clock_gettime(CLOCK_MONOTONIC)'; }
most=0
# timed NAME COMMAND...: appends ,"NAME_s":SECONDS to $figures.
figures=
timed() {
	local name=$1 began kib; shift
	began=$(steady)
	"$@" >/dev/null &
	local child=$!
	while kib=$(awk '/^VmHWM/ { print $2 }' "/proc/$child/status" 2>/dev/null) && [ -n "$kib" ]; do
		[ "$kib" -le "$most" ] || most=$kib
		sleep 0.05
	done
	wait $child || { echo "proof.sh: $name failed" >&2; exit 3; }
	figures="$figures,\"${name}_s\":$(perl -e 'printf "%.2f", $ARGV[1] - $ARGV[0]' "$began" "$(steady)")"
}

perl -e 'for (1 .. $ARGV[0]) {
	printf qq({"type":"event","id":"bench.k-%d","at":"2026-01-13T20:%02d:%02d.%03dZ","source":"R1","account":"%04d","format":"cid","code":"130","qualifier":"E","kind":"alarm","category":"burglary","severity":3,"zone":"003"}\n),
		$_, $_ / 60000 % 60, $_ / 1000 % 60, $_ % 1000, $_ % 5000 }' "$entries" | mcourante add >/dev/null
timed first_seal mcourante seal
seal_ms=$(for _ in $(seq 20); do
	mcourante add more >/dev/null
	began=$(steady)
	mcourante seal >/dev/null
	perl -e 'printf "%.1f\n", 1000 * ($ARGV[1] - $ARGV[0])' "$began" "$(steady)"
done | sort -n | sed -n 10p)
timed verify mcourante verify
timed export_json mcourante export -o "$dir/all.jsonl"
timed verify_json mcourante verify "$dir/all.jsonl"
timed export_csv mcourante export --csv -o "$dir/all.csv"
timed export_folder mcourante export --bundle "$dir/all"
timed verify_folder mcourante verify "$dir/all"
timed export_account mcourante export --bundle "$dir/part" -a 0042
printf '{"entries":%d,"seal_ms":%s%s,"most_kib":%d}\n' "$entries" "$seal_ms" "$figures" "$most"
