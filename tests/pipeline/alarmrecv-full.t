#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A full disk: no acknowledgement, a clear message, and recovery by itself
# when there is room.
if [ -z "${FULL_INSIDE:-}" ]; then
	for flags in -Urm -m; do
		unshare $flags true 2>/dev/null && FULL_INSIDE=1 exec unshare $flags bash "$0"
	done
	echo '1..0 # SKIP unshare is not allowed here'
	exit 0
fi
. tests/pipeline/lib.sh

small=$T/small
mkdir "$small"
if ! mount -t tmpfs -o size=4m none "$small" 2>/dev/null; then
	echo '1..0 # SKIP no tmpfs can be mounted here'
	exit 0
fi
trap 'kill -9 $children 2>/dev/null; umount -l "$small"; cleanup' EXIT

spool=$small/spool
alarmrecv 'dc09+tcp://127.0.0.1:0#R1' --spool "$spool" --reserve 1 --segment 1 2>"$T/err" &
receiver=$!
children=$receiver
disown $receiver
wait_for 10 grep -q listening "$T/err"
port=$(sed -n 's/.*listening on .*:\([0-9]*\)#.*/\1/p' "$T/err")
seq=0
# One try; the number and zone are new each time.
send() {
	seq=$((seq + 1))
	local zone=$(printf %03d $((seq % 1000)))
	alarmsend -a 1002 --cid "1130 01 $zone" -s $seq --time none --tries 1 -w "${1:-3s}" "dc09+tcp://127.0.0.1:$port" >/dev/null 2>&1 || return 1
	printf '1002 %04d %s\n' $seq "$zone" >>"$T/log"
}
send
ok $? 'with room: acknowledged'

# All there is, the last page of the segment too: how many were taken until one was not.
fill() {
	dd if=/dev/zero of="$small/fill.$1" bs=4k 2>/dev/null
	taken=0
	while [ $taken -lt 400 ] && send 2s; do taken=$((taken + 1)); done
}

fill 1
[ $taken -lt 400 ]
ok $? 'the disk is full: not acknowledged'
like "$(cat "$T/err")" 'the disk is full; the reserve of 1 MiB is given back' 'the reserve is given back, and that is said'
wait_for 10 send
ok $? 'so that it is acknowledged again'

for turn in 2 3; do
	fill $turn
	[ $taken -lt 400 ] && ! send 1s && ! send 1s
	ok $? "turn $turn: nothing is left: nothing is acknowledged"
	like "$(cat "$T/err")" 'the disk is full and nothing is acknowledged' 'and it says so'
	exec 3<>"/dev/tcp/127.0.0.1/$port"
	printf '\nED25003D"ADM-CID"0101R1L0#1002[#1002|1130 01 003]_20:14:03,01-13-2026\r' >&3
	answer=$(timeout 20 cat <&3)
	is "$? $answer" '0 ' 'the connection is closed without an answer'
	exec 3>&-
	kill -0 $receiver
	ok $? 'it goes on'
	rm "$small"/fill.*
	wait_for 30 send
	ok $? 'there is room: acknowledged again, by itself'
done
lines=$(wc -l <"$T/err")
[ "$lines" -lt 40 ]
ok $? "and it did not fill the log: $lines lines"

kill $receiver
wait_for 10 sh -c "! kill -0 $receiver 2>/dev/null"
ok $? 'SIGTERM ends it'
is "$(perl tests/pipeline/journal-check.pl "$spool" "$T/log" 2>/dev/null)" '' 'each acknowledged frame is in the journal, ids without a gap'
plan_done
