#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Ports that are not set as the receiver is.  A pseudo-terminal has neither
# speed nor parity: a model of the wire (tests/preload/uart.c) makes of each
# byte what such a port would read.  With VIGIE_TEST_PORTS=a,b the same runs
# on that null-modem pair.
. tests/pipeline/lib.sh

line_begin
words() { sed -n 's/.*"check":"\([a-z0-9-]*\)","state":"\([a-z]*\)".*/\1 \2/p'; }

# A sanitized tool wants its runtime first.
asan=
case $(ldd "$build/bin/rxprobe") in *libasan*) asan="$(gcc -print-file-name=libasan.so):" ;; esac
# probe FAR_BAUD FAR_MODE SOURCE_SETTINGS [OPTION…]: begins; what is said goes to $T/said.
probe() {
	local baud=$1 mode=$2 settings=$3; shift 3
	: >"$T/err"
	if [ $over = model ]; then
		far plug R2 "$T/rx" >/dev/null
		LD_PRELOAD=$asan$build/tests/uart.so UART_FAR="$baud $mode" rxprobe -v --json "$@" "auto+serial://$T/rx?$settings#R2" >"$T/said" 2>"$T/err" &
	else
		far port R2 "$there" "$baud" "$mode" >/dev/null
		rxprobe -v --json "$@" "auto+serial://$near?$settings#R2" >"$T/said" 2>"$T/err" &
	fi
	probe=$!
	children="$children $probe"
	wait_for 10 grep -q 'listening on' "$T/err"
}
finish() { wait $probe; status=$?; words <"$T/said" >"$T/words"; }
HEARTBEAT='1011           @    \x14'
# sees NAME FAR_BAUD FAR_MODE SETTINGS WORD…: three heartbeats so sent show all of these.
sees() {
	local name=$1 baud=$2 mode=$3 settings=$4 word seen=0; shift 4
	probe "$baud" "$mode" "$settings" --for 1500ms
	for word in 1 2 3; do far send R2 "${record:-$HEARTBEAT}" >/dev/null; sleep 0.15; done
	finish
	for word in "$@"; do grep -q "^$word " "$T/words" || seen=1; done
	ok $seen "$name ($over): $*"
	[ $seen = 0 ] || sed 's/^/# /' "$T/words" "$T/err"
}
fits() { like "$(cat "$T/said")" "$1" "$over: $2"; }
and_not() { ! grep -q "^$1 " "$T/words"; ok $? "$over: and not $1"; }

rows() {
	sees 'set right' 9600 8n1 'baud=9600&mode=8n1' protocol header no-events errors
	is $status 0 "$over: all is well"
	sees '7e1 read as 8n1' 9600 7e1 'baud=9600&mode=8n1' parity-7e1 protocol ack-heard
	fits '"check":"parity-7e1","state":"critical","text":"[^"]*set mode=7e1","confidence":99,"bytes":"B1 30 B1 B1 A0' 'with the bytes that show it'
	and_not too-fast
	sees '7o1 read as 8n1' 9600 7o1 'baud=9600&mode=8n1' parity-7o1 protocol ack-parity
	fits 'set mode=7o1","confidence":99,"bytes":"31 B0 31 31 20' 'with the bytes that show it'
	sees '8n1 read as 7e1' 9600 8n1 'baud=9600&mode=7e1' parity-none protocol
	sees '8n1 read as 7o1' 9600 8n1 'baud=9600&mode=7o1' parity-none ack-unknown
	fits '06 arrives as 86' 'what the ACK becomes'
	sees '7e1 read as 7o1' 9600 7e1 'baud=9600&mode=7o1' parity-opposite ack-parity
	sees '7o1 read as 7e1' 9600 7o1 'baud=9600&mode=7e1' parity-opposite ack-parity
	sees '9600 read at 4800' 9600 8n1 'baud=4800&mode=8n1' too-slow speed
	fits 'baud=9600&mode=8n1' 'the speed that fits'
	sees '9600 read at 2400' 9600 8n1 'baud=2400&mode=8n1' too-slow framing
	sees '9600 read at 1200' 9600 8n1 'baud=1200&mode=8n1' too-slow framing
	sees '9600 read at 19200' 9600 8n1 'baud=19200&mode=8n1' too-fast speed framing
	fits 'baud=9600&mode=8n1' 'the speed that fits'
	sees 'MLR2E as it leaves the factory' 19200 7e1 'baud=9600&mode=8n1' too-slow speed mlr2e-factory
	record='\x0A00 OKAY @\x0D' sees 'a 685 at 7o2' 9600 7o2 'baud=9600&mode=8n1' parity-7o2 protocol
	sees '8n2 read as 8n1' 9600 8n2 'baud=9600&mode=8n1' protocol errors
	is $status 0 "$over: a second stop bit harms nobody"
}
over=model
rows
# A mark bit is an eighth one that is always set.
record=$(perl -e 'printf "\\x%02X", ord($_) | 128 for split //, "1011           \@    \x14"')
sees 'mark parity' 9600 8n1 'baud=9600&mode=8n1' parity-mark protocol
record=
probe 9600 8n1 'baud=9600&mode=8n1' --for 300ms
finish
is "$(grep -c '^nothing critical' "$T/words") $status" '1 1' 'nothing at all'
rxprobe --json --for 300ms "ademco-685+serial://$T/rx#R2" >"$T/said"
is "$(words <"$T/said" | grep -c '^dtr critical')" 1 'dtr: nothing at all of a 685'

# --- The port is pulled; it belongs to somebody else; nothing is written to it.
probe 9600 8n1 'baud=9600&mode=8n1' --for 20s
far send R2 "$HEARTBEAT" >/dev/null
wait_for 10 test "$(far quiet R2)" = -
is "$(far quiet R2)" - 'not a byte is written'
like "$(awk '{ print $2 }' /proc/$probe/fdinfo/* 2>/dev/null | tr '\n' ' '; ls -l /proc/$probe/fd | grep pts; cat /proc/$probe/fdinfo/$(ls -l /proc/$probe/fd | sed -n 's/.* \([0-9]*\) -> .dev.pts.*/\1/p' | head -1))" 'flags:\s+0[0-9]*0$' 'the port is open for reading alone'
is "$(rxprobe "serial://$T/rx" 2>&1; echo $?)" "rxprobe: serial://$T/rx: busy: another program has this port open; fuser -v shows which, as root
3" 'busy'
far pull R2 >/dev/null
finish
is "$(grep -c '^port-gone critical' "$T/words") $status" '1 1' 'port-gone: pulled'
if [ -n "${VIGIE_TEST_PORTS:-}" ]; then
	near=${VIGIE_TEST_PORTS%%,*} there=${VIGIE_TEST_PORTS##*,} over=$VIGIE_TEST_PORTS
	rows
	echo "# on the ports $VIGIE_TEST_PORTS too"
else
	echo '# over pseudo-terminals and the model of a wire; VIGIE_TEST_PORTS=a,b runs it on a null-modem pair too'
fi
plan_done
