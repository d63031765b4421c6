#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Store, then acknowledge: the power fails at random moments, and the disk
# forgets whatever was not synced.  Not one acknowledged frame is missing.
. tests/pipeline/lib.sh

rounds=${ROUNDS:-20}
port=$(free_port)
spool=$T/spool
panels=
for account in 7001 7002 7003; do
	: >"$T/log.$account"
	perl tests/pipeline/panel.pl "$port" $account 100000000 "$T/log.$account" &
	disown $!
	panels="$panels $!"
done
children=$panels

cuts=0
for round in $(seq "$rounds"); do
	{
		FORGET_DIR=$spool FORGET_ONE_IN=$((20 << RANDOM % 7)) LD_PRELOAD=$BUILD/tests/forget.so \
			timeout 60 alarmrecv "dc09+tcp://127.0.0.1:$port#R1" --spool "$spool" --reserve 0 --segment 1 2>>"$T/err"
		[ $? -ne 137 ] || cuts=$((cuts + 1))
	} 2>/dev/null	# bash says "Killed"
done
is $cuts "$rounds" 'the power failed in each round'
kill $panels
wait_for 5 sh -c "! kill -0 $panels 2>/dev/null"

is "$(perl tests/pipeline/journal-check.pl "$spool" "$T"/log.* 2>"$T/count" | head -20)" '' \
	"$rounds power cuts: each of $(cat "$T/count") acknowledged frames is in the journal"
[ "$(cat "$T/count")" -gt "$rounds" ]
ok $? 'and they were many'

# The journal is taken up where it is.
alarmrecv "dc09+tcp://127.0.0.1:$port#R1" --spool "$spool" --reserve 0 2>"$T/err" &
children=$!
disown $children
wait_for 10 grep -q 'listening' "$T/err"
alarmsend -a 1002 --cid '1130 01 003' "dc09+tcp://127.0.0.1:$port" >/dev/null
ok $? 'after all that it serves'
plan_done
