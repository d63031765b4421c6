#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Our own chain on loopback, seen by tcpdump and by alarmcap itself: what the
# wire shows is what was received.  Needs the right to capture.
. tests/pipeline/lib.sh

# What alarmcap says where it may not capture, whoever runs this.
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	mkdir -p "$T/bin" && cp "$build/bin/alarmcap" "$T/bin/" && chmod 755 "$T" "$T/bin"
	said=$(cd / && setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all \
		"$T/bin/alarmcap" -i lo dc09+tcp://:6001 2>&1)
	is $? 3 'without the right to capture: exit 3'
	like "$said" '^alarmcap: lo: not allowed: .*setcap cap_net_raw' 'and what to do'
	is "$(printf '%s\n' "$said" | wc -l)" 1 'in one line'
fi

port=$(free_port)
alarmcap -v -i lo dc09+tcp://:"$port" dc09+udp://:"$port" >"$T/live" 2>"$T/live.err" &
live=$!
children="$children $live"
alarmcap -v --report --json -i lo dc09+tcp://:"$port" dc09+udp://:"$port" >"$T/page" 2>"$T/page.err" &
page=$!
children="$children $page"
begun() { grep -q 'until told to stop' "$2" || ! kill -0 "$1" 2>/dev/null; }
wait_for 20 begun $live "$T/live.err"
wait_for 20 begun $page "$T/page.err"
if ! kill -0 $live 2>/dev/null; then
	echo "ok $((tap_count += 1)) # SKIP no right to capture on lo: $(head -1 "$T/live.err")"
	plan_done
fi
grep -q '^CapEff:[[:space:]]*0*$' "/proc/$live/status"
ok $? 'no capability is kept'
if [ "$(id -u)" -eq 0 ]; then
	[ "$(awk '/^Uid:/ { print $2 $3 $4 }' "/proc/$live/status")" != 000 ]
	ok $? 'nor the user root'
fi

tcpdump=
if command -v tcpdump >/dev/null; then
	tcpdump -i lo -U -Z root -w "$T/dump.pcap" "port $port" 2>"$T/dump.err" &
	tcpdump=$!
	children="$children $tcpdump"
	wait_for 5 grep -q 'listening on' "$T/dump.err"
fi

alarmrecv "dc09+tcp://127.0.0.1:$port#R1" "dc09+udp://127.0.0.1:$port#R2" --spool "$T/spool" 2>"$T/recv.err" &
receiver=$!
children="$children $receiver"
to=dc09+tcp://127.0.0.1:$port
wait_for 10 alarmsend -a 1002 --token NULL --tries 1 "$to"
for zone in 001 002 003 004 005; do
	alarmsend -a 1002 --cid "1130 01 $zone" "$to" >>"$T/sent"
done
alarmsend -a 1003 --cid "1130 01 006" "dc09+udp://127.0.0.1:$port" >>"$T/sent"
is "$(grep -c '"reply":"ack"' "$T/sent")" 6 'six signals were acknowledged'
kill $receiver
wait $receiver

signals() { grep '"type":"frame"' "$@" | grep -v '"NULL' | sed 's/.*"text":"\(.*\)","reply.*/\1/'; }
signals -h "$T"/spool/*.jsonl >"$T/received"
all_seen() { [ "$(signals "$T/live" | wc -l)" -ge 6 ]; }
wait_for 10 all_seen
ok $? 'alarmcap has seen them while they passed'
kill -INT $live $page
wait $live
is $? 0 'SIGINT ends a capture: exit 0'
wait $page
is $? 0 'and one with a report'
is "$(signals "$T/live")" "$(cat "$T/received")" 'the frames of the wire are those of the journal'
is "$(signals "$T/live" | wc -l) $(grep -v '"NULL' "$T/live" | grep -c '"reply":"ack","delay_ms":')" '6 6' 'each with its answer and delay'
is "$(alarmdecode <"$T/live" | grep -c '"type":"event"')" 6 'and alarmdecode gives the events'
like "$(cat "$T/page")" '"check":"panel".*"account":"1002".*"unanswered":0' 'the report came at the end'

if [ -n "$tcpdump" ]; then
	dump_has() { [ "$(alarmcap -r "$T/dump.pcap" "$to" "dc09+udp://:$port" 2>/dev/null | signals | wc -l)" -ge 6 ]; }
	wait_for 10 dump_has
	kill $tcpdump
	wait $tcpdump
	alarmcap -r "$T/dump.pcap" "$to" "dc09+udp://:$port" >"$T/read" 2>"$T/read.err"
	is $? 0 'what tcpdump captured is read'
	is "$(signals "$T/read")" "$(cat "$T/received")" 'and shows the same'
	is "$(grep -cv 'before their checksum was computed' "$T/read.err")" 0 'with nothing to remark but sums that the card would compute'
else
	echo "ok $((tap_count += 1)) # SKIP tcpdump is not there"
fi
plan_done
