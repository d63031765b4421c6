#!/bin/bash
# How fast reception is, over IP and on serial lines, each ACK behind its fsync, and what it needs.
# Prints one JSON object: medians of RUNS runs of SECONDS each.  Takes a few
# minutes; run it on a quiet machine.
#
#	BUILD=build RUNS=3 SECONDS_EACH=3 tests/bench/run.sh
#
# The journal lies in $BENCH_DIR (default: the build folder), which must be on
# a real disk.  decode.sh, capture.sh and proof.sh, beside this, measure decoding,
# captures and the proof of a log, and are called too.
set -u
cd "$(dirname "$0")/../.." || exit 3
build=${BUILD:-build}
case $build in /*) ;; *) build=$PWD/$build ;; esac
runs=${RUNS:-3}
length=${SECONDS_EACH:-3}
load=$build/bench/load
dir=$(mktemp -d "${BENCH_DIR:-$build}/bench.XXXXXX") || exit 3
figures=$dir/figures
export VIGIE_ETC=$dir/etc VIGIE_STATE=$dir/state VIGIE_NODE=bench LC_ALL=C.UTF-8
mkdir -p "$figures" "$VIGIE_ETC" "$VIGIE_STATE"
receiver=
baseline=
cleanup() {
	[ -z "$receiver" ] || kill -9 "$receiver" 2>/dev/null
	[ -z "$baseline" ] || kill -9 "$baseline" 2>/dev/null
	rm -rf "$dir"
}
trap cleanup EXIT
say() { echo "run.sh: $*" >&2; }
give_up() { say "$*"; exit 3; }

case $(stat -f -c %T "$dir") in
tmpfs | ramfs) give_up "$dir is in memory: set BENCH_DIR to a folder on a disk" ;;
esac
for tool in "$build/bin/alarmrecv" "$load" "$build/bench/baseline" "$build/bench/disk"; do
	[ -x "$tool" ] || give_up "$tool is missing: make bench builds it"
done
# 10 000 connections at both ends, each in its own process.
ulimit -n 24000 2>/dev/null || ulimit -n "$(ulimit -Hn)"
idle=10000
[ "$(ulimit -n)" -ge 11000 ] || idle=$(($(ulimit -n) - 200))

printf 'key * 00112233445566778899AABBCCDDEEFF\n' >"$VIGIE_ETC/keys"
chmod 600 "$VIGIE_ETC/keys"

free_port() { perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport'; }
listens() { perl -MIO::Socket::INET -e 'exit !IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $ARGV[0])' "$1"; }
rss_kib() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }

start_receiver() { # SPOOL
	port=$(free_port)
	"$build/bin/alarmrecv" "dc09+tcp://:$port#R1" --spool "$1" --keys "$VIGIE_ETC/keys" $RECV_OPTIONS 2>"$dir/recv.err" &
	receiver=$!
	for _ in $(seq 500); do listens "$port" && return; sleep 0.02; done
	cat "$dir/recv.err" >&2
	give_up 'alarmrecv does not listen'
}

stop_receiver() {
	kill "$receiver"
	wait "$receiver" || { cat "$dir/recv.err" >&2; say "alarmrecv ended with $?"; }
	receiver=
}

RECV_OPTIONS=${RECV_OPTIONS:-}

# measure NAME LOAD-OPTION...: one run; its acknowledgements are summed up in `acked`.
acked=0
measure() {
	local name=$1 line; shift
	line=$("$load" "$@") || say "$name: $line"
	echo "$line" >>"$figures/$name"
	case $name in *polls*) ;; *) acked=$((acked + $(echo "$line" | sed 's/.*"acked":\([0-9]*\).*/\1/'))) ;; esac
}

measure_disk() { "$build/bench/disk" "$dir" 1000 300 >>"$figures/disk"; }

say "baseline: a server that parses and stores nothing"
coproc "$build/bench/baseline"
baseline=$COPROC_PID
read -r port <&"${COPROC[0]}"
for _ in $(seq "$runs"); do
	for c in 1 16 256; do measure "baseline%$c" -u -c $c -t "$length" "$port"; done
	measure "baseline%per_message" -u -m -c 16 -t "$length" "$port"
done
kill "$baseline"
baseline=
acked=0

start_receiver "$dir/spool"
for run in $(seq "$runs"); do
	say "run $run of $runs"
	measure_disk
	for c in 1 16 256; do
		measure "plain%$c" -c $c -t "$length" "$port"
		measure "aes%$c" -e -c $c -t "$length" "$port"
	done
	measure "plain%per_message" -m -c 16 -t "$length" "$port"
	measure "aes%per_message" -m -e -c 16 -t "$length" "$port"
	measure "rate_1000" -r 1000 -c 64 -t "$length" "$port"
	measure "polls%256" -p -c 256 -t "$length" "$port"
done
stop_receiver
stored=$(cat "$dir"/spool/*.jsonl | grep -c '^{"type":"frame"')
printf '{"acked":%d,"stored":%d,"equal":%s}\n' "$acked" "$stored" "$([ "$acked" -eq "$stored" ] && echo true || echo false)" \
	>"$figures/journal"

say "memory: $idle idle connections, then 200 000 short ones"
start_receiver "$dir/spool2"
at_start=$(rss_kib "$receiver")
coproc "$load" -i -c "$idle" "$port"
read -r line <&"${COPROC[0]}"
at_idle=$(rss_kib "$receiver")
held=$(echo "$line" | sed 's/.*"acked":\([0-9]*\).*/\1/')
kill "$COPROC_PID"
wait "$COPROC_PID" 2>/dev/null
"$load" -m -c 16 -n 1000 "$port" >/dev/null
before=$(rss_kib "$receiver")
"$load" -m -c 16 -n 100000 "$port" >/dev/null || say "short connections: some failed"
after=$(rss_kib "$receiver")
"$load" -m -c 16 -n 100000 "$port" >/dev/null || say "short connections: some failed"
again=$(rss_kib "$receiver")
stop_receiver
printf '{"start_kib":%d,"idle_connections":%d,"idle_kib":%d,"short_before_kib":%d,"after_100000_kib":%d,"after_200000_kib":%d}\n' \
	"$at_start" "$held" "$at_idle" "$before" "$after" "$again" >"$figures/memory"

say "eight receivers on serial lines of 115200 baud"
for run in $(seq "$runs"); do
	coproc "$build/bench/lines" -c 8 -b 115200 -t "$length"
	sources=
	for line in 1 2 3 4 5 6 7 8; do
		read -r device <&"${COPROC[0]}"
		sources="$sources surgard+serial://$device?baud=115200#L$line"
	done
	"$build/bin/alarmrecv" $sources --spool "$dir/spool3.$run" 2>"$dir/recv.err" &
	receiver=$!
	until [ "$(grep -c 'listening on' "$dir/recv.err")" = 8 ]; do
		kill -0 "$receiver" || { cat "$dir/recv.err" >&2; give_up 'alarmrecv does not listen'; }
		sleep 0.02
	done
	echo go >&"${COPROC[1]}"
	read -r line <&"${COPROC[0]}"
	stop_receiver
	sent=$(echo "$line" | sed 's/.*"events":\([0-9]*\).*/\1/')
	stored=$(cat "$dir/spool3.$run"/*.jsonl | grep -c '^{"type":"frame".*"reply":"ack"')
	[ "$sent" -eq "$stored" ] || say "serial lines: $sent events, $stored stored"
	echo "${line%\}},\"lost\":$((sent - stored))}" >>"$figures/serial_lines"
done

if [ -x tests/bench/decode.sh ]; then
	say "decoding"
	for format in sia cid; do
		tests/bench/decode.sh $format >"$figures/decode%$format" || rm -f "$figures/decode%$format"
	done
fi
if [ -x tests/bench/capture.sh ]; then
	say "a capture"
	BENCH_DIR=$dir tests/bench/capture.sh >"$figures/capture" || rm -f "$figures/capture"
fi
if [ -x tests/bench/proof.sh ]; then
	say "a log sealed, verified and exported"
	BENCH_DIR=$dir tests/bench/proof.sh >"$figures/proof" || rm -f "$figures/proof"
fi
printf '{"cpus":%d,"kernel":"%s","filesystem":"%s","runs":%d,"seconds_each":%s}\n' "$(nproc)" "$(uname -r)" \
	"$(stat -f -c %T "$dir")" "$runs" "$length" >"$figures/machine"
perl tests/bench/median.pl "$figures"
