#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# How fast a capture of DC-09 exchanges becomes records, and how much memory
# that needs when connections are many.  Prints one JSON object, the median of
# RUNS runs:
#
#	BUILD=build RUNS=3 EXCHANGES=1000000 tests/bench/capture.sh
#
# The capture is made by bench/capture and lies in $BENCH_DIR (default: the
# build folder); it is read once before, so that it is in memory where there is
# room.  `open` is the same number of connections that are all open at once,
# 20000 of them followed.
set -u
cd "$(dirname "$0")/../.." || exit 3
build=${BUILD:-build}
runs=${RUNS:-3}
exchanges=${EXCHANGES:-1000000}
for tool in "$build/bin/alarmcap" "$build/bench/capture"; do
	[ -x "$tool" ] || { echo "capture.sh: $tool is missing: make bench builds it" >&2; exit 3; }
done
dir=$(mktemp -d "${BENCH_DIR:-$build}/bench.XXXXXX") || exit 3
trap 'rm -rf "$dir"' EXIT
chmod 755 "$dir"
export LC_ALL=C.UTF-8 VIGIE_ETC=$dir/etc

# Seconds by the clock, KiB, and seconds of the processor, of one run that ends well.
timed() { perl -MTime::HiRes=time -e '
	open STDOUT, ">", "/dev/null";
	my $began = time;
	my $child = fork // die;
	if (!$child) { open STDERR, ">", "/dev/null"; exec @ARGV or exit 127 }
	my $most = 0;
	until (waitpid($child, 1)) {
		if (open my $f, "<", "/proc/$child/status") { /^VmHWM:\s+(\d+)/ and $most = $1 > $most ? $1 : $most while <$f> }
		select undef, undef, undef, 0.05;
	}
	exit 1 if $?;
	my (undef, undef, $user, $system) = times;
	printf STDERR "%.3f %d %.3f\n", time - $began, $most, $user + $system' "$@"; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

"$build/bench/capture" "$exchanges" 1000 >"$dir/held.pcap" || exit 3
frames=$("$build/bin/alarmcap" -r "$dir/held.pcap" dc09+tcp://:6001 | grep -c '"reply":"ack"')
[ "$frames" -eq "$exchanges" ] || { echo "capture.sh: $exchanges exchanges gave $frames answered frames" >&2; exit 3; }
for _ in $(seq "$runs"); do
	timed "$build/bin/alarmcap" -r "$dir/held.pcap" dc09+tcp://:6001 2>>"$dir/records"
	timed "$build/bin/alarmcap" --report -r "$dir/held.pcap" dc09+tcp://:6001 2>>"$dir/report"
done
bytes=$(stat -c %s "$dir/held.pcap")
rm "$dir/held.pcap"
"$build/bench/capture" "$exchanges" 1 open >"$dir/open.pcap" || exit 3
timed "$build/bin/alarmcap" -r "$dir/open.pcap" dc09+tcp://:6001 2>>"$dir/open"
seconds=$(awk '{ print $1 }' "$dir/records" | median)
printf '{"exchanges":%d,"capture_bytes":%d,"runs":%d,"records_s":%s,"records_cpu_s":%s,"exchanges_per_s":%.0f,"records_kib":%d,"report_s":%s,"open_s":%s,"open_kib":%d}\n' \
	"$exchanges" "$bytes" "$runs" "$seconds" "$(awk '{ print $3 }' "$dir/records" | median)" "$(awk -v n="$exchanges" -v s="$seconds" 'BEGIN { print n / s }')" \
	"$(awk '{ print $2 }' "$dir/records" | median)" "$(awk '{ print $1 }' "$dir/report" | median)" \
	"$(awk '{ print $1 }' "$dir/open")" "$(awk '{ print $2 }' "$dir/open")"
