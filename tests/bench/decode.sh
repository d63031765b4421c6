#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# How many frames a second one core turns from frame records to event records.
# Prints a JSON object for each event language, the medians of RUNS runs:
#
#	BUILD=build RUNS=5 FRAMES=300000 tests/bench/decode.sh [sia] [cid]
#
# SIA and Contact ID in DC-09, of many accounts, each frame with a sound CRC,
# an id and a time of its own, read from a file that is in memory already and
# written to /dev/null.  `seconds` is by the clock, so the machine should be
# quiet; `cpu_seconds` is what the core was used for.
set -u
cd "$(dirname "$0")/../.." || exit 3
build=${BUILD:-build}
runs=${RUNS:-5}
frames=${FRAMES:-300000}
[ -x "$build/bin/alarmdecode" ] || { echo "decode.sh: $build/bin/alarmdecode is missing: make bench builds it" >&2; exit 3; }
dir=$(mktemp -d "${TMPDIR:-/tmp}/vigie-bench.XXXXXX") || exit 3
trap 'rm -rf "$dir"' EXIT
export LC_ALL=C.UTF-8 VIGIE_NODE=bench
core=$(taskset -cp $$ 2>/dev/null | sed 's/.*[ ,-]//')
pinned=${core:+taskset -c $core}
TIMEFORMAT='%R %U %S'

compose() { # TOKEN PAYLOAD...
	perl -e '
	use strict; use warnings;
	sub crc { my $c = 0; for (unpack "C*", shift) { $c ^= $_; $c = $c & 1 ? $c >> 1 ^ 0xA001 : $c >> 1 for 1 .. 8 } return $c }
	my ($frames, $token, @data) = @ARGV;
	my @text;
	for my $i (0 .. 1999) {
		my $account = 1000 + $i * 7 % 9000;
		my $time = sprintf "_%02d:%02d:%02d,01-13-2026", $i / 100, $i % 60, $i * 13 % 60;
		my $body = sprintf "\"%s\"%04dR1L0#%s[#%s|%s]%s", $token, $i + 1, $account, $account, $data[$i % @data], $time;
		(my $escaped = $body) =~ s/"/\\"/g;
		push @text, sprintf "\\n%04X%04X%s\\r", crc($body), length $body, $escaped;
	}
	for my $n (1 .. $frames) {
		printf "{\"type\":\"frame\",\"id\":\"bench.1ngd0000000000-%d\",\"at\":\"2026-01-13T20:%02d:%02d.%03dZ\",\"proto\":\"dc09\",\"source\":\"R1\",\"via\":\"tcp\",\"peer\":\"192.0.2.%d:51234\",\"local\":\"192.0.2.1:6001\",\"text\":\"%s\",\"reply\":\"ack\"}\n",
			$n, $n / 60000 % 60, $n / 1000 % 60, $n % 1000, $n % 250, $text[$n % @text];
	}' "$frames" "$@"
}

measure() { # FORMAT, its frames in $dir/frames
	local events
	events=$("$build/bin/alarmdecode" --json <"$dir/frames" | grep -c "^{\"type\":\"event\".*\"format\":\"$1\"")
	[ "$events" -eq "$frames" ] || { echo "decode.sh: $frames frames gave $events events of $1" >&2; exit 3; }
	for _ in $(seq "$runs"); do
		{ time $pinned "$build/bin/alarmdecode" --json <"$dir/frames" >/dev/null; } 2>&1
	done | awk -v format="$1" -v frames="$frames" -v runs="$runs" '
		function median(a, n,   i, j, t) {
			for (i = 2; i <= n; i++) for (j = i; j > 1 && a[j - 1] > a[j]; j--) { t = a[j]; a[j] = a[j - 1]; a[j - 1] = t }
			return a[int((n + 1) / 2)]
		}
		{ seconds[NR] = $1; cpu[NR] = $2 + $3 }
		END {
			s = median(seconds, NR)
			c = median(cpu, NR)
			printf "{\"format\":\"%s\",\"frames\":%d,\"runs\":%d,\"seconds\":%.3f,\"frames_per_s\":%d,\"cpu_seconds\":%.3f,\"frames_per_cpu_s\":%d}\n",
				format, frames, runs, s, frames / s, c, frames / c
		}'
}

[ $# -gt 0 ] || set -- sia cid
for format; do
	case $format in
	sia) compose SIA-DCS Nri1/BA003 Nri1/FA020 Nri0/AT000 Nri1/OP007 Nri2/CL003 Nri1/TA007 NRP ;;
	cid) compose ADM-CID '1130 01 003' '3130 01 003' '1401 01 012' '3401 01 012' '1602 00 000' '1110 01 020' '1301 00 000' ;;
	*) echo "decode.sh: $format: sia or cid is wanted" >&2; exit 3 ;;
	esac >"$dir/frames"
	measure "$format"
done
