#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# alarmspool commit: the cursor moves over what came through, and over
# nothing else; what holds it is named.
. tests/pipeline/lib.sh
. tests/pipeline/spool.sh

frames 1 20 >"$(segment 1)"

# pipe NAME FILTER [OPTION...]: a chain with that filter (a shell command)
# until commit ends; the cursor is made first so that it can be made at all.
follow_once() { alarmspool follow -c "$1" --from start "$J" 2>/dev/null; }
mark() { printf '{"type":"mark","id":"m+%s.1","at":"2026-01-13T00:10:00.000Z","state":"%s","cursor":"t1.%s-%s"}\n' "$1" "$1" "$epoch" "$2"; }
# The lines of a chain as follow would print them: all records, then the end.
lines() { cat "$J"/*.jsonl; mark end 20; }
# cursor NAME: a new one at the start.
cursor() { mkdir -p "$J/cursors/$1" && printf '0 0 -\nmoved 2026-01-13T00:00:00.000Z\n' >"$J/cursors/$1/place"; }
commit() { local name=$1; shift; alarmspool commit -c "$name" "$@" "$J" 2>"$T/err"; }

alarmspool commit "$J" </dev/null >/dev/null 2>&1
is $? 2 '-c is needed'
alarmspool commit -c a/b "$J" </dev/null >/dev/null 2>&1
is $? 2 'a name that is none is refused'
lines | commit nobody
is $? 3 'a cursor that nobody made'
like "$(cat "$T/err")" 'cursor nobody: .*follow makes it' 'is said to be missing'

# The whole chain, commit started before there is a cursor.
mkfifo "$T/in"
alarmspool commit -c main "$J" <"$T/in" >"$T/out" 2>"$T/err" & committer=$!; children+=" $committer"
exec 5>"$T/in"
sleep 0.1
alarmspool follow -c main --from start "$J" >&5 & follower=$!; children+=" $follower"
exec 5>&-
wait_for 10 stands_at main "t1.$epoch-20"
ok $? 'the cursor comes to the end, without an end of the pipe'
frames 21 25 >>"$(segment 1)"
wait_for 10 stands_at main "t1.$epoch-25"
ok $? 'and goes on with what is added'
lines | alarmspool commit -c main "$J" 2>"$T/err2"
is $? 3 'a second commit on the cursor is refused'
like "$(cat "$T/err2")" "cursor main: process $committer commits" 'with the process that has it'
kill "$follower"; wait "$follower"
wait "$committer"
is $? 0 'follow ends as asked, and commit with it'
is "$(cat "$T/out")$(cat "$T/err")" '' 'it printed nothing'
is "$(ls "$J/cursors/main")" $'commit.lock\nfollow.lock\nplace' 'nothing else is left'

# A pipe that ends without a mark end is an accident; the place is kept.
cursor cut
cat "$J"/*.jsonl | head -7 | commit cut
is $? 3 'a pipe that ends by itself'
like "$(cat "$T/err")" 'ended before its time' 'is said to'
is "$(at cut)" "t1.$epoch-7" 'the cursor stands behind what came'
cursor term
alarmspool commit -c term "$J" <"$T/in" & committer=$!; children+=" $committer"
exec 5>"$T/in"
cat "$J"/*.jsonl >&5
wait_for 10 stands_at term "t1.$epoch-25"
kill "$committer"; wait "$committer"
is $? 0 'SIGTERM is no accident'
exec 5>&-
cursor torn
{ head -3 "$(segment 1)"; sed -n 4p "$(segment 1)" | head -c 60; } | commit torn
is "$(at torn)" "t1.$epoch-3" 'half a line at the end counts for nothing'

# A record that does not come through.
cursor held
lines | sed '/signal 5"/d; /signal 9"/d' | commit held
is "$(at held)" "t1.$epoch-4" 'the cursor stays before a dropped record'
like "$(cat "$T/err")" "t1.$epoch-5 did not come through.* 1 more" 'which is named, with how many more'
status=$(alarmspool status "$J")
is $? 1 'status exits 1'
like "$status" "\"name\":\"held\".*\"held_by\":\"t1.$epoch-5\",\"held_since\":\"20" 'and names it'
{ sed -n '5,25p' "$(segment 1)"; mark end 25; } | commit held
is $? 0 'when it comes'
is "$(at held)" "t1.$epoch-25" 'all that came is passed'
[ ! -e "$J/cursors/held/held" ]; ok $? 'and nothing is held'

cursor slow
alarmspool commit -c slow --overdue 1s "$J" <"$T/in" 2>"$T/err" & committer=$!; children+=" $committer"
exec 5>"$T/in"
sed '/signal 5"/d' "$(segment 1)" >&5
wait_for 20 grep -q "t1.$epoch-5 did not come through" "$T/err"
ok $? 'it is named while the pipe goes on, when it is overdue'
wait_for 10 test -s "$J/cursors/slow/held"
like "$(alarmspool status "$J")" "\"held_by\":\"t1.$epoch-5\"" 'in status too'
kill "$committer"; wait "$committer"
is "$(at slow)" "t1.$epoch-4" 'the cursor stays'
exec 5>&-

# The last record before a quiet night: only the marks show it.
cursor night
{ sed '/signal 25"/d' "$(segment 1)"; mark idle 25; mark end 25; } | commit night
like "$(cat "$T/err")" "t1.$epoch-25 did not come through" 'a mark shows that the last record is missing'
is "$(at night)" "t1.$epoch-24" 'and the cursor stays'

# Pipes that drop on purpose.
cursor few
{ grep -E 'signal (3|9)"' "$(segment 1)"; mark end 9; } | commit few --filtered
is $?/"$(cat "$T/err")" 0/ '--filtered takes that for granted'
is "$(at few)" "t1.$epoch-9" 'a later record releases'
{ mark idle 20; mark end 20; } | commit few --filtered
is "$(at few)" "t1.$epoch-20" 'so does a mark'

# What stages make of a frame.
event() { printf '{"type":"event","id":"t1.%s-%s","at":"2026-01-13T00:00:01.000Z"%s}\n' "$epoch" "$1" "${2:-}"; }
cursor parts
{ event 1; event 2.1 ',"of":3'; event 2.2 ',"of":3'; event 3; mark end 2; } | commit parts
is "$(at parts)" "t1.$epoch-1" 'two of three events are not the frame'
{ event 2.1 ',"of":3'; event 2.2 ',"of":3'; event 2.3 ',"of":3'; event 3; mark end 3; } | commit parts
is "$(at parts)" "t1.$epoch-3" 'three are'
{ printf '{"type":"error","id":"t1.%s-4","at":"2026-01-13T00:00:01.000Z","error":"crc-bad"}\n' "$epoch"; mark end 4; } | commit parts
is "$(at parts)" "t1.$epoch-4" 'so is an error record'
{ printf '{"type":"delivery","id":"t1.%s-5","at":"2026-01-13T00:00:01.000Z"}\n' "$epoch"; mark end 4; } | commit parts
is "$(at parts)" "t1.$epoch-4" 'a delivery of it is not'
{ printf '{"type":"event","id":"1003+late-close.20260113T184500Z","at":"2026-01-13T18:45:00.000Z"}\n{"type":"check","id":"disk+full.20260113T184500Z","at":"2026-01-13T18:45:00.000Z"}\n'
	event 5; mark end 5; } | commit parts
is $?/"$(cat "$T/err")/$(at parts)" "0//t1.$epoch-5" 'what filters make up is passed over'

# Poison.
cursor poison
{ head -2 "$(segment 1)"; echo 'this is no record'; printf '{"type":"event","id":"t1.%s-3","id":"x"}\n' "$epoch"
	sed -n '3,4p' "$(segment 1)"; head -c 200000 /dev/zero | tr '\0' x; echo; sed -n 5p "$(segment 1)"; mark end 5; } | commit poison
is $? 1 'lines that are no record make it exit 1 in the end'
is "$(at poison)" "t1.$epoch-5" 'and stop nothing'
is "$(grep -c 'a line that is no record' "$T/err")" 3 'each is named'
cursor flood
{ yes '{"poison"' | head -1000; lines; } | commit flood
is $(($(wc -l <"$T/err") < 20)) 1 'a thousand of them are not each named'
is "$(at flood)" "t1.$epoch-25" 'and stop nothing'

# Warm records came through once before: they say nothing now.
cursor warm
{ head -4 "$(segment 1)"; mark end 4; } | commit warm
{ mark warm 4; sed -n '1,20p' "$(segment 1)"; mark live 4; sed -n '5,6p' "$(segment 1)"; mark end 6; } | commit warm
is $?/"$(cat "$T/err")/$(at warm)" "0//t1.$epoch-6" 'between warm and live nothing counts'

# A stage that is stopped on a quiet night.
cat >"$T/chain" <<'END'
alarmspool follow -c main "$1" |
	sh -c 'echo $$ >"$0"; exec cat' "$T/middle" |
	sh -c 'alarmspool commit -c main --silence 2s "$1"; echo $? >"$0"' "$T/status" "$1" 2>"$T/err"
END
bash "$T/chain" "$J" & chain=$!; children+=" $chain"
wait_for 10 test -s "$T/middle"
middle=$(cat "$T/middle"); children+=" $middle"
sleep 3
[ ! -e "$T/status" ]; ok $? 'marks keep a quiet chain alive'
kill -STOP "$middle"
wait_for 20 test -s "$T/status"
is "$(cat "$T/status")" 3 'a stopped stage is noticed: commit exits 3'
like "$(cat "$T/err")" 'nothing came through the pipe for 2 s' 'and says why'
kill -CONT "$middle"
wait "$chain"
kill -0 "$middle" 2>/dev/null
is $? 1 'and the whole chain ends'
sleep 3 | commit main --silence 0
like "$(cat "$T/err")" 'ended before its time' '--silence 0 waits for the end'

# A disk that is full does not end the chain.
cursor full
if mkdir "$T/small" && mount -t tmpfs -o size=64k tmpfs "$T/small" 2>/dev/null; then
	mkdir -p "$T/small/cursors/main"
	frames 1 3 >"$T/small/0000000001.jsonl"
	printf '0 0 -\nmoved 2026-01-13T00:00:00.000Z\n' >"$T/small/cursors/main/place"
	head -c 200000 /dev/zero >"$T/small/filler" 2>/dev/null
	alarmspool commit -c main "$T/small" <"$T/in" 2>"$T/err" & committer=$!; children+=" $committer"
	exec 5>"$T/in"
	frames 1 2 >&5
	wait_for 10 grep -q 'cursor main: not written' "$T/err"
	ok $? 'a full disk is said'
	rm "$T/small/filler"
	{ frames 3 3; mark end 3; } >&5
	exec 5>&-
	wait "$committer"
	is $? 0 'when there is room it goes on'
	like "$(cat "$T/err")" 'written again' 'says so'
	is "$(sed -n '1s/.* //p' "$T/small/cursors/main/place")" "t1.$epoch-3" 'and has lost nothing'
	umount "$T/small"
else
	for what in 1 2 3 4; do ok 0 "a full disk # SKIP no mount here"; done
fi
plan_done
