#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# alarmspool follow: from the cursor on, then what comes; marks, warm records,
# temporary cursors, and who may follow.
. tests/pipeline/lib.sh
. tests/pipeline/spool.sh

frames 1 20 >"$(segment 1)"

# An unknown cursor is a decision for a person.
alarmspool follow -c main "$J" >"$T/out" 2>"$T/err" </dev/null
is $? 2 'an unknown cursor without --from exits 2'
like "$(cat "$T/err")" 'cursor main: .*--from' 'and says what to do'
[ ! -e "$J/cursors/main" ]; ok $? 'and makes none'
for name in . .. a/b 'a b' ''; do
	alarmspool follow -c "$name" --from start "$J" >/dev/null 2>&1 </dev/null
	is $? 2 "\"$name\" is no name"
done
alarmspool follow --from start "$J" >/dev/null 2>&1
is $? 2 '-c is needed'
alarmspool follow -c main --from yesterday "$J" >/dev/null 2>&1
is $? 2 'yesterday is no place'
alarmspool follow -c main --from t1.nosuch-7 "$J" >/dev/null 2>"$T/err"
is $? 1 'an id that is not there exits 1'
like "$(cat "$T/err")" 't1.nosuch-7' 'and is named'

# follow, in the background, its lines in $T/out.
start() { rm -f "$T/out"; alarmspool follow "$@" "$J" >"$T/out" 2>"$T/err" & pid=$!; children+=" $pid"; }
stop() { kill "$pid"; wait "$pid"; }
idle() { grep -q '"state":"idle"' "$T/out"; }
records() { grep -v '"type":"mark"' "$T/out"; }

start -c main --from start
wait_for 10 idle
ok $? 'it catches up and says so'
is "$(records)" "$(cat "$(segment 1)")" 'everything came, byte for byte'
frames 21 25 >>"$(segment 1)"
wait_for 10 grep -q 'signal 25' "$T/out"
ok $? 'what is added comes too'
frames 26 30 >"$(segment 2)"
wait_for 10 grep -q 'signal 30' "$T/out"
ok $? 'and what a new segment holds'
is "$(records)" "$(cat "$J"/*.jsonl)" 'each once, in order'
alarmspool follow -c main "$J" >/dev/null 2>"$T/err2"
is $? 3 'a second follow on the cursor is refused'
like "$(cat "$T/err2")" "cursor main: process $pid follows" 'with the process that has it'
marks() { [ "$(grep -c '"state":"idle"' "$T/out")" -ge "$1" ]; }
wait_for 20 marks 4
ok $? 'marks go on while nothing comes'
is "$(grep '"type":"mark"' "$T/out" | key id | sort | uniq -d)" '' 'no two marks have the same id'
is "$(grep '"state":"idle"' "$T/out" | tail -1 | key cursor)" "t1.$epoch-30" 'a mark says behind which record'
stop
is $? 0 'SIGTERM ends it'
is "$(tail -1 "$T/out" | key state)" end 'with a mark end'
is "$(at main)" - 'it has not moved the cursor'

start -c main
wait_for 10 idle
is "$(records | wc -l)" 30 'so everything comes again'
stop

# Where a cursor begins.
for from in "now 0" "t1.$epoch-28 3" "2026-01-13T00:00:29Z 2" "start 30"; do
	set -- $from
	start -c "new-$2" --from "$1"
	wait_for 10 idle
	is "$(records | wc -l)" "$2" "--from $1"
	stop
done
start -c new-0 --from start
wait_for 10 idle
is "$(records | wc -l)" 0 'a cursor that is there stays where it is'
stop

# Warm: the records of some time before the cursor, between two marks.
start -c new-2 --warm 10s
wait_for 10 idle
is "$(head -1 "$T/out" | key state)" warm 'the mark warm comes first'
is "$(key state <"$T/out" | head -3 | tr '\n' ' ')" 'warm live idle ' 'then live, then idle'
is "$(sed -n '/"state":"warm"/,/"state":"live"/p' "$T/out" | grep frame | key text | tr '\n' ' ')" \
	"$(seq -f 'signal %g' 18 28 | tr '\n' ' ')" 'ten seconds before the cursor are warm, with the record it stands behind'
is "$(sed -n '/"state":"live"/,$p' "$T/out" | grep frame | key text)" $'signal 29\nsignal 30' 'what is behind it is live'
is "$(grep -E '"state":"(warm|live)"' "$T/out" | key cursor | sort -u)" "t1.$epoch-28" 'both marks name the cursor'
is "$(grep '"state":"live"' "$T/out" | key at)" 2026-01-13T00:00:28.000Z 'and live has its time, not the present'
stop
start -c new-30 --warm 36h
wait_for 10 idle
is "$(head -2 "$T/out" | key state | tr '\n' ' ')" 'warm live ' 'nothing is before the start'
is "$(sed -n 2p "$T/out" | key at)" "$(sed -n 3p "$T/out" | key at)" 'and the marks do not run ahead of the first record'
is "$(records | wc -l)" 30 'then all'
stop

# Temporary cursors.
start -c visit --from start --temporary
wait_for 10 idle
[ -s "$J/cursors/visit/place" ]; ok $? 'a temporary cursor is there'
stop
[ ! -e "$J/cursors/visit" ]; ok $? 'and ends with its process'
start -c visit --from start --temporary
wait_for 10 idle
kill -9 "$pid"; wait "$pid" 2>/dev/null
alarmspool follow -c visit --temporary "$J" >/dev/null 2>&1
is $? 2 'what a kill left of one is not gone on with'
start -c visit --from now --temporary
wait_for 10 idle
is "$(records | wc -l)" 0 'but begun anew'
stop
alarmspool follow -c main --temporary "$J" >/dev/null 2>"$T/err"
is $? 2 'a lasting cursor is not made temporary'
[ -s "$J/cursors/main/place" ]; ok $? 'and stays'

# Nobody reads.
alarmspool follow -c main "$J" 2>"$T/err" | head -1 >/dev/null
is "${PIPESTATUS[0]}" 3 'it ends when nobody reads'
start -c new-0 --json
wait_for 10 idle
stop
mkfifo "$T/pipe"
alarmspool follow -c new-0 "$J" >"$T/pipe" 2>/dev/null & pid=$!; children+=" $pid"
head -2 "$T/pipe" >/dev/null
wait "$pid"
is $? 3 'on a quiet night too'

# No journal yet.
rm -f "$T/out"
alarmspool follow -c main --from start "$T/later" >"$T/out" 2>"$T/err" & pid=$!; children+=" $pid"
wait_for 10 grep -q 'no journal here yet' "$T/err"
ok $? 'a directory that is not there is said'
[ ! -s "$T/out" ]; ok $? 'and no mark pretends that all is well'
mkdir "$T/later"
frames 1 3 >"$T/later/0000000001.jsonl"
wait_for 10 idle
is "$(records | wc -l)" 3 'when it is there its records come'
stop
is $? 0 'and it ends'

# A cursor that cannot be read is for a person to judge.
printf '\0\0\0\0' >"$J/cursors/main/place"
alarmspool follow -c main --from start "$J" >/dev/null 2>"$T/err"
is $? 3 'a broken cursor is not begun anew by itself'
like "$(cat "$T/err")" 'main/place: .*--from' 'it is named, with what to do'
plan_done
