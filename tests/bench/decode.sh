#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# How many frames a second one core turns from frame records to event records.
# Prints one JSON object, the median of RUNS runs:
#
#	BUILD=build RUNS=5 FRAMES=300000 tests/bench/decode.sh
#
# Contact ID and SIA frames of many accounts, each with a sound CRC, an id and
# a time of its own, read from a file that is in memory already and written to
# /dev/null.  `seconds` is by the clock, so the machine should be quiet;
# `cpu_seconds` is what the core was used for.
set -u
cd "$(dirname "$0")/../.." || exit 3
build=${BUILD:-build}
runs=${RUNS:-5}
frames=${FRAMES:-300000}
[ -x "$build/bin/alarmdecode" ] || { echo "decode.sh: $build/bin/alarmdecode is missing: make bench builds it" >&2; exit 3; }
dir=$(mktemp -d "${TMPDIR:-/tmp}/vigie-bench.XXXXXX") || exit 3
trap 'rm -rf "$dir"' EXIT
export LC_ALL=C.UTF-8 VIGIE_NODE=bench

perl -e '
	use strict; use warnings;
	sub crc { my $c = 0; for (unpack "C*", shift) { $c ^= $_; $c = $c & 1 ? $c >> 1 ^ 0xA001 : $c >> 1 for 1 .. 8 } return $c }
	my @sia = ("Nri1/BA003", "Nri1/FA020", "Nri0/AT000", "Nri1/OP007", "Nri2/CL003", "Nri1/TA007", "NRP");
	my @cid = ("1130 01 003", "3130 01 003", "1401 01 012", "3401 01 012", "1602 00 000", "1110 01 020", "1301 00 000");
	my @text;
	for my $i (0 .. 1999) {
		my $account = 1000 + $i * 7 % 9000;
		my ($token, $data) = $i % 2 ? ("SIA-DCS", $sia[$i % @sia]) : ("ADM-CID", $cid[$i % @cid]);
		my $time = sprintf "_%02d:%02d:%02d,01-13-2026", $i / 100, $i % 60, $i * 13 % 60;
		my $body = sprintf "\"%s\"%04dR1L0#%s[#%s|%s]%s", $token, $i + 1, $account, $account, $data, $time;
		(my $escaped = $body) =~ s/"/\\"/g;
		push @text, sprintf "\\n%04X%04X%s\\r", crc($body), length $body, $escaped;
	}
	for my $n (1 .. shift) {
		printf "{\"type\":\"frame\",\"id\":\"bench.1ngd0000000000-%d\",\"at\":\"2026-01-13T20:%02d:%02d.%03dZ\",\"proto\":\"dc09\",\"source\":\"R1\",\"via\":\"tcp\",\"peer\":\"192.0.2.%d:51234\",\"local\":\"192.0.2.1:6001\",\"text\":\"%s\",\"reply\":\"ack\"}\n",
			$n, $n / 60000 % 60, $n / 1000 % 60, $n % 1000, $n % 250, $text[$n % @text];
	}' "$frames" >"$dir/frames"

core=$(taskset -cp $$ 2>/dev/null | sed 's/.*[ ,-]//')
pinned=${core:+taskset -c $core}
events=$("$build/bin/alarmdecode" --json <"$dir/frames" | grep -c '^{"type":"event"')
[ "$events" -eq "$frames" ] || { echo "decode.sh: $frames frames gave $events events" >&2; exit 3; }

TIMEFORMAT='%R %U %S'
for _ in $(seq "$runs"); do
	{ time $pinned "$build/bin/alarmdecode" --json <"$dir/frames" >/dev/null; } 2>&1
done | sort -n | awk -v frames="$frames" -v runs="$runs" '
	{ seconds[NR] = $1; cpu[NR] = $2 + $3 }
	END {
		n = int((NR + 1) / 2)
		printf "{\"frames\":%d,\"runs\":%d,\"seconds\":%.3f,\"frames_per_s\":%d,\"cpu_seconds\":%.3f,\"frames_per_cpu_s\":%d}\n",
			frames, runs, seconds[n], frames / seconds[n], cpu[n], frames / cpu[n]
	}'
