#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The sink is killed at random moments while records stream in, and begins
# again with the same input, as a chain does behind its cursor: each record is
# in the log once, and nothing was passed on that is not there.
. tests/pipeline/lib.sh

total=4000
perl -e 'for (1 .. $ARGV[0]) {
	printf qq({"type":"event","id":"t.k-%d","at":"2026-01-13T20:14:03.%03dZ","account":"1002","format":"cid","code":"130","qualifier":"E","kind":"alarm","category":"burglary","severity":3,"zone":"003"}\n), $_, $_ % 1000;
	printf qq({"type":"mark","id":"m%d","at":"2026-01-13T20:14:04.000Z","state":"idle"}\n), $_ if $_ % 10 == 0;
}' $total >"$T/in"

# Lines in uneven gushes, so that some are written together and some alone.
stream() {
	perl -e '$| = 1; while (my $line = <STDIN>) { print $line; select undef, undef, undef, rand 0.006 if rand() < 0.05 }' <"$T/in"
}

written() { mcourante list -n 0 --json | grep -o '"record":{"type":"event","id":"[^"]*"' | cut -d '"' -f 10 | sort; }

rounds=${ROUNDS:-20}
torn=0 unwritten=0 broken=0 cut=0
for round in $(seq "$rounds"); do
	[ $((round % 5)) -ne 1 ] || rm -rf "$VIGIE_STATE"
	rm -f "$T/pipe"; mkfifo "$T/pipe"
	stream >"$T/pipe" 2>/dev/null & source=$!
	mcourante add <"$T/pipe" >"$T/out" 2>/dev/null & sink=$!
	disown $sink $source
	sleep "$(perl -e 'printf "%.3f", 0.02 + rand 0.5')"
	kill -9 $sink 2>/dev/null && cut=$((cut + 1))
	kill -9 $source 2>/dev/null
	wait_for 10 eval "! kill -0 $sink 2>/dev/null"
	# Whole lines only: a kill may cut the last one.
	perl -0777 -pe 's{[^\n]*\z}{}' "$T/out" >"$T/passed"
	head -n "$(wc -l <"$T/passed")" "$T/in" | cmp -s - "$T/passed" || torn=$((torn + 1))
	grep -o '"type":"event","id":"[^"]*"' "$T/passed" | cut -d '"' -f 8 | sort >"$T/ids"
	written >"$T/written"
	[ -z "$(comm -23 "$T/ids" "$T/written")" ] || unwritten=$((unwritten + 1))
	# Killed while the log was being made: no entry, and none was passed on.
	mcourante verify >/dev/null 2>"$T/why" || { grep -q '(empty)' "$T/why" && [ ! -s "$T/ids" ]; } || broken=$((broken + 1))
	# Some rounds go on where the last was killed, others to the end.
	[ $((round % 5)) -eq 0 ] || continue
	mcourante add <"$T/in" >"$T/out" 2>"$T/err"
	is $? 0 "rounds to $round: the rest goes through"
	is "$(written | uniq | wc -l),$(written | wc -l)" "$total,$total" "rounds to $round: each event is there, and once"
	mcourante verify >/dev/null
	ok $? "rounds to $round: the chain holds"
done
ok $torn "what was passed on is what came, in its order"
ok $unwritten "nothing was passed on that is not in the log"
ok $broken "after each of $rounds kills the chain holds"
[ "$cut" -ge $((rounds / 2)) ]
ok $? "$cut of $rounds kills came in time"
plan_done
