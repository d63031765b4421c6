#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Reception and each stage of the chain killed at random moments under load,
# ROUNDS times: every signal that a panel saw acknowledged is in the main
# courante, each exactly once.
. tests/pipeline/lib.sh
rounds=${ROUNDS:-20}
spool=$T/spool
panels=4
signals=$((rounds * 25))

receive() {
	alarmrecv "dc09+tcp://127.0.0.1:${port:-0}#R1" --spool "$spool" 2>>"$T/receiver.log" &
	receiver=$!
	disown $receiver
	children="$children $receiver"
}
listening() { grep -q 'listening on' "$T/receiver.log"; }

# stage NAME COMMAND...: its pid is in $T/NAME.pid.
stage() { sh -c 'echo $$ >"$0"; exec "$@"' "$T/$1.pid" "${@:2}"; }
chain() {
	set -o pipefail
	stage follow alarmspool follow -c main --from start --json "$spool" | stage decode alarmdecode --json |
		stage log mcourante add - | stage commit alarmspool commit -c main --silence 20s "$spool"
}
start_chain() {
	rm -f "$T"/{follow,decode,log,commit}.pid
	chain >/dev/null 2>>"$T/chain.log" &
	chain=$!
	children="$children $chain"
}
end_chain() { wait $chain 2>/dev/null; }
pid_of() { case $1 in receive) echo $receiver ;; *) cat "$T/$1.pid" 2>/dev/null ;; esac; }

receive
wait_for 10 listening || { cat "$T/receiver.log"; exit 3; }
port=$(sed -n 's/.*listening on dc09+tcp:\/\/127.0.0.1:\([0-9]*\).*/\1/p' "$T/receiver.log")
start_chain
for n in $(seq $panels); do
	perl tests/pipeline/panel.pl "$port" "100$n" $signals "$T/acked.$n" &
	sender=$!
	senders="${senders:-} $sender"
	children="$children $sender"
done

stages=(receive follow decode log commit)
ended=0
for round in $(seq $rounds); do
	sleep 0.0$((RANDOM % 10))$((RANDOM % 10))
	victim=${stages[round % 5]}
	[ $victim = receive ] || wait_for 20 test -s "$T/$victim.pid"	# it may not have begun yet
	kill -9 "$(pid_of $victim)" 2>/dev/null
	if [ $victim = receive ]; then
		receive
	else
		end_chain
		ended=$((ended + 1))
		start_chain
	fi
done
ok 0 "$rounds kills, the chain ended and began again $ended times"

wait $senders
is "$(cat "$T"/acked.* | wc -l)" $((panels * signals)) 'every panel had every signal acknowledged in the end'

behind() { alarmspool status --json "$spool" 2>/dev/null | grep -q '"behind_records":0[,}]'; }
wait_for 60 behind
ok $? 'the cursor came to the end of the journal' || alarmspool status "$spool"
kill "$(pid_of follow)" 2>/dev/null
end_chain
kill $receiver 2>/dev/null

mcourante list -n 1000000 --json >"$T/entries"
# What an entry stands for: account, number and zone of its event.
perl -MJSON::PP -ne '
	my $e = decode_json($_); my $r = $e->{record} or next; $r = decode_json($r) unless ref $r;
	next unless $r->{type} eq "event"; print "$r->{account} $r->{seq} $r->{zone} $r->{id}\n"' "$T/entries" | sort >"$T/logged"
is "$(cut -d' ' -f4 "$T/logged" | sort | uniq -d)" '' 'no event stands twice in the main courante'
cut -d' ' -f1-3 "$T/logged" | sort -u >"$T/logged.signals"
sort -u "$T"/acked.* >"$T/acked.signals"
is "$(comm -23 "$T/acked.signals" "$T/logged.signals")" '' 'every acknowledged signal is in it'
mcourante verify >/dev/null 2>"$T/err"
ok $? 'and it verifies'
alarmspool cat --json "$spool" >"$T/journal"
is "$(grep -c '"type":"frame"' "$T/journal")" "$(grep -h '^{"type":"frame"' "$spool"/*.jsonl | wc -l)" 'no frame is torn'
plan_done
