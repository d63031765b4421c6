#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# SIGKILL at random moments, under load from several panels: not one
# acknowledged frame is missing, none is torn, ids have no gap.
. tests/pipeline/lib.sh

rounds=${ROUNDS:-20}
port=$(free_port)
spool=$T/spool
begin() {
	alarmrecv "dc09+tcp://127.0.0.1:$port#R1" --spool "$spool" --reserve 0 --segment 1 2>>"$T/err" &
	receiver=$!
}
serves() {
	local before=$(cat "$T"/log.* | wc -l)
	more() { [ "$(cat "$T"/log.* | wc -l)" -gt "$before" ]; }
	wait_for 20 more
}

panels=
for account in 7001 7002 7003 7004; do
	: >"$T/log.$account"
	perl tests/pipeline/panel.pl "$port" $account 100000000 "$T/log.$account" &
	disown $!
	panels="$panels $!"
done
children=$panels

served=0
for round in $(seq "$rounds"); do
	begin
	children="$panels $receiver"
	serves && served=$((served + 1))	# and between nothing and 400 ms more
	sleep "$(awk -v s="$RANDOM" 'BEGIN { print s % 400 / 1000 }')"
	{ kill -9 "$receiver" && wait "$receiver"; } 2>/dev/null	# bash says "Killed"
done
is $served "$rounds" 'it began to serve again after each kill'
begin
children="$panels $receiver"
serves
kill $panels
kill "$receiver"
wait "$receiver"
is $? 0 'SIGTERM ends it: 0'

is "$(perl tests/pipeline/journal-check.pl "$spool" "$T"/log.* 2>"$T/count" | head -20)" '' \
	"$rounds rounds: each of $(cat "$T/count") acknowledged frames is in the journal, whole, ids without a gap"
[ "$(cat "$T/count")" -gt "$rounds" ]
ok $? 'and they were many'
plan_done
