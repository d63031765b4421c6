#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Write, then pass on: the power fails at random moments, and the disk forgets
# whatever was not synced.  Not one record that was passed on is missing.
. tests/pipeline/lib.sh

total=300
perl -e 'printf qq({"type":"event","id":"t.p-%d","at":"2026-01-13T20:14:03.120Z","account":"1002","kind":"alarm","severity":3}\n), $_ for 1 .. $ARGV[0]' $total >"$T/in"

# Now and then a few come together.
stream() {
	perl -e '$| = 1; while (my $line = <STDIN>) { print $line or exit; select undef, undef, undef, 0.001 if rand() < 0.7 }' <"$T/in" 2>/dev/null
}

rounds=${ROUNDS:-20}
passed=$VIGIE_STATE/.reserve-passed	# one of the names that the power cut leaves alone
cuts=0 missing=0 broken=0 all=0
for round in $(seq "$rounds"); do
	[ $((round % 4)) -ne 1 ] || { rm -rf "$VIGIE_STATE"; mkdir "$VIGIE_STATE"; }
	{
		stream | FORGET_DIR=$VIGIE_STATE FORGET_ONE_IN=$((20 << RANDOM % 5)) LD_PRELOAD=$BUILD/tests/forget.so \
			mcourante add >>"$passed" 2>>"$T/err"
		[ "${PIPESTATUS[1]}" -ne 137 ] || cuts=$((cuts + 1))
	} 2>/dev/null	# bash says "Killed"
	mcourante list -n 0 --json 2>/dev/null | grep -o '"record":{"type":"event","id":"[^"]*"' | cut -d '"' -f 10 | sort >"$T/written"
	grep -o '^{"type":"event","id":"[^"]*".*}$' "$passed" | cut -d '"' -f 8 | sort -u >"$T/ids"
	[ -z "$(comm -23 "$T/ids" "$T/written")" ] || missing=$((missing + 1))
	[ -z "$(uniq -d "$T/written")" ] || missing=$((missing + 1))
	[ ! -s "$T/ids" ] || mcourante verify >/dev/null 2>>"$T/err" || broken=$((broken + 1))
	all=$((all + $(wc -l <"$T/ids")))
done
[ $cuts -ge $((rounds / 2)) ]
ok $? "the power failed in $cuts of $rounds rounds"
[ $all -gt $rounds ]
ok $? "while records were passed on: $all"
ok $missing 'each of them is in the log, and once'
ok $broken 'whose chain holds'
mcourante add <"$T/in" | cmp - "$T/in"
ok $? 'after all that it takes the rest'
is "$(mcourante list -n 0 --json | wc -l)" $total 'and has each once'
mcourante verify >/dev/null
ok $? 'in one chain'
plan_done
