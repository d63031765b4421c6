#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Journals as a power cut, a full disk or a mistake leaves them, read by every
# verb: nothing is skipped in silence.  Also replay, prune and status.
. tests/pipeline/lib.sh
. tests/pipeline/spool.sh

new() { rm -rf "$J"; mkdir "$J"; }
old() { touch -d '1 minute ago' "$J"/*.jsonl; }
# through: a whole chain over the journal; what came out in $T/out.
through() {
	rm -f "$T/out"
	alarmspool follow -c main --from start "$J" 2>/dev/null | tee "$T/out" | alarmspool commit -c main "$J" 2>"$T/err" & chain=$!
	children+=" $chain"
	wait_for 10 grep -q '"state":"idle"' "$T/out"
	wait_for 10 alarmspool_done
	kill "$(alarmspool status "$J" | key follow_pid)"
	wait "$chain"
}
alarmspool_done() { [ "$(alarmspool status "$J" | key behind_bytes)" = 0 ]; }
errors() { grep '"type":"error"' "$T/out" | key "$1" | tr '\n' ' '; }
frames_out() { grep -c '"type":"frame"' "$T/out"; }

# A sound journal.
new
frames 1 10 >"$(segment 1)"
frames 11 20 >"$(segment 2)"
is "$(alarmspool cat "$J")" "$(cat "$J"/*.jsonl)" 'cat: every byte as it stands'
is "$(alarmspool cat --from "t1.$epoch-9.2" --to "t1.$epoch-12" "$J" | key text | tr '\n' ,)" 'signal 9,signal 10,signal 11,signal 12,' 'cat: from an id to an id'
is "$(alarmspool cat --from 2026-01-13T00:00:18Z "$J" | key text | tr '\n' ,)" 'signal 18,signal 19,signal 20,' 'cat: from a time'
is "$(alarmspool cat --to 2026-01-13T01:00:02+01:00 "$J" | key text | tr '\n' ,)" 'signal 1,signal 2,' 'cat: to a time, of another zone'
is "$(alarmspool cat --from 2030-01-01T00:00:00Z "$J")" '' 'cat: nothing is of a later time'
alarmspool cat --from x.y-1 "$J" 2>/dev/null
is $? 1 'cat: an id that is not there'
alarmspool cat --from "t1.$epoch-5" --to "t1.$epoch-4" "$J" >/dev/null 2>&1
is $? 1 'cat: an end before the beginning'
alarmspool cat --from tomorrow "$J" 2>/dev/null
is $? 2 'cat: tomorrow is neither'
alarmspool cat "$T/nowhere" 2>"$T/err"
is $? 3 'cat: no journal'
like "$(cat "$T/err")" "$T/nowhere: " 'is said'
mkdir -p "$VIGIE_STATE"; ln -s "$J" "$VIGIE_STATE/spool"
is "$(alarmspool cat | wc -l)" 20 'without a directory it is that of the centre'
alarmspool verify "$J" >"$T/out" 2>"$T/err"
is $?/"$(cat "$T/out" "$T/err")" 0/ 'verify: sound, and silent'
like "$(alarmspool verify -v "$J" 2>&1)" '20 records, all sound' 'verify: -v counts'

# The last line is torn and its writer dead.
new
frames 1 5 >"$(segment 1)"
size=$(stat -c %s "$(segment 1)")
frame 6 | head -c 50 >>"$(segment 1)"
old
alarmspool verify "$J" >"$T/out" 2>"$T/err"
is $? 1 'verify: a torn line exits 1'
is "$(errors id)$(errors error)" "0000000001@$size journal-torn " 'and is named, with its place'
through
is "$(frames_out) $(errors error)" '5 journal-torn ' 'follow prints it as an error'
like "$(cat "$T/out")" "$(frame 6 | head -c 50 | sed 's/[\\"]/\\\\&/g; s/[{.[]/\\&/g')" 'with its bytes'
is "$(sed -n '1s/ t1.*//p' "$J/cursors/main/place")" "1 $((size + 50))" 'and commit passes it'
frames 1 3 | sed s/0k0/0m0/ >"$(segment 2)"
through
is "$(frames_out) $(errors error)" '3 ' 'the next start of reception is followed, the tear not told twice'

# While its writer lives a torn line is only not yet whole.
new
frames 1 5 >"$(segment 1)"
frame 6 | head -c 50 >>"$(segment 1)"
old
flock "$J/.lock" -c "echo \$\$ >'$J/.lock'; while [ ! -e '$T/finish' ]; do sleep 0.05; done" & writer=$!; children+=" $writer"
wait_for 10 test -s "$J/.lock"
alarmspool verify "$J" >"$T/out" 2>&1
is $?/"$(cat "$T/out")" 0/ 'verify: a line that is being written is no damage'
like "$(alarmspool status "$J")" '"writer_pid":[0-9]+' 'status: there is a writer'
rm -f "$T/out"
alarmspool follow -c main --from start "$J" >"$T/out" & follower=$!; children+=" $follower"
idles() { [ "$(grep -c '"state":"idle"' "$T/out")" -ge 3 ]; }
wait_for 20 idles
is "$(frames_out) $(errors error)" '5 ' 'follow waits for it'
frame 6 | tail -c +51 >>"$(segment 1)"
wait_for 10 grep -q 'signal 6' "$T/out"
ok $? 'and prints it when it is whole'
kill "$follower"; wait "$follower"
touch "$T/finish"; wait "$writer"
like "$(alarmspool status "$J")" '"newest_at":"[^"]*","cursors"' 'status: nobody writes any more'

# Zeros, rubbish, a missing number, an old number, a missing segment.
new
frames 1 5 >"$(segment 1)"
head -c 4096 /dev/zero >>"$(segment 1)"
frames 1 3 | sed s/0k0/0m0/ >"$(segment 2)"
through
is "$(frames_out) $(errors error)" '8 journal-zeros ' 'zeros of a power cut are named'
is "$(at main)" "t1.${epoch/0k0/0m0}-3" 'and passed'
new
{ frames 1 3; echo 'rubbish'; frames 4 5; frames 7 8; frame 2; frames 9 10; } >"$(segment 1)"
through
is "$(frames_out) $(errors error)" '9 journal-damage journal-gap journal-order ' 'rubbish, a gap, an old number'
is "$(at main)" "t1.$epoch-10" 'all passed'
alarmspool verify "$J" >"$T/out" 2>"$T/err"
is "$?/$(errors error)" '1/journal-damage journal-gap journal-order ' 'verify names the same'
like "$(cat "$T/err")" '9 records are sound, 3 places are damaged' 'and counts'
alarmspool cat "$J" >"$T/out"
is "$?/$(errors error)" '1/journal-damage journal-gap journal-order ' 'cat prints them and exits 1'
# Dropping the error about damage holds the cursor as dropping a record does.
rm -rf "$J/cursors"; mkdir -p "$J/cursors/main"; printf '0 0 -\nmoved 2026-01-13T00:00:00.000Z\n' >"$J/cursors/main/place"
grep -v journal-gap "$T/out" | alarmspool commit -c main "$J" 2>"$T/err"
like "$(cat "$T/err")" '0000000001@[0-9]+ did not come through' 'an error that is dropped is missed like a record'
is "$(at main)" "t1.$epoch-5" 'and holds the cursor'
new
frames 1 5 >"$(segment 1)"
frames 6 9 >"$(segment 2)"
frames 10 12 >"$(segment 3)"
rm "$(segment 2)"
through
like "$(frames_out) $(errors error)" '^8 journal-missing ' 'a segment that is gone is named'
is "$(at main)" "t1.$epoch-12" 'and passed'

# Another journal in the place of the old one: its signals do not wait behind
# a cursor of the old.
new
for n in 1 2 3 4; do frames $((n * 10 - 9)) $((n * 10)) >"$(segment $n)"; done
through
is "$(sed -n '1s/ .*//p' "$J/cursors/main/place")" 4 'a cursor in segment 4'
rm "$J"/*.jsonl
frames 1 3 | sed s/0k0/0m0/ >"$(segment 1)"
frames 4 5 | sed s/0k0/0m0/ >"$(segment 2)"
through
is "$(frames_out)" 5 'a new journal with fewer segments is printed from its start'
is "$(at main)" "t1.${epoch/0k0/0m0}-5" 'and committed'
rm "$T/out"
alarmspool follow -c main "$J" >"$T/out" 2>"$T/err" & follower=$!; children+=" $follower"
wait_for 10 grep -q '"state":"idle"' "$T/out"
mv "$J" "$J.old"; mkdir "$J"
wait "$follower"
is $? 3 'follow ends when the journal is replaced under it'
like "$(cat "$T/err")" 'replaced' 'and says so'
rm -rf "$J.old"

# Replay.
new
{ frame 1 2026-01-13T20:00:00.250Z; frame 2 2026-01-13T20:00:00.900Z; frame 3 2026-01-13T20:00:05.000Z
	frame 4 2026-01-13T20:00:04.000Z; frame 5 2026-01-14T06:30:00.500Z; } >"$(segment 1)"
alarmspool replay "$J" >"$T/once"; is $? 0 'replay'
alarmspool replay "$J" >"$T/twice"
cmp -s "$T/once" "$T/twice"; ok $? 'replay: the same bytes twice'
alarmspool replay --speed 1000000 --to 2026-01-13T20:00:30Z "$J" >"$T/fast"
is "$(sed -E 's/.*"type":"mark".*"at":"([^"]*)","state":"([^"]*)".*/\2 \1/; s/.*"id":"t1[^"]*-([0-9]+)".*/\1/' "$T/once" | tr '\n' ,)" \
	'1,2,idle 2026-01-13T20:00:04.000Z,3,4,idle 2026-01-14T06:30:00.000Z,5,end 2026-01-14T06:30:00.500Z,' \
	'a mark carries the time through each gap, and one ends it'
is "$(tail -1 "$T/fast" | key at)" 2026-01-13T20:00:30.000Z '--to: the mark end has that time'
is "$(grep -v '"type":"mark"' "$T/fast" | wc -l)" 4 'and nothing later comes'
alarmspool replay --speed 10000 --from 2026-01-13T20:00:05Z "$J" >"$T/slow" & first=$!
alarmspool replay --speed 10000 --from 2026-01-13T20:00:05Z "$J" >"$T/slow2"
wait "$first"
cmp -s "$T/slow" "$T/slow2"; ok $? 'at a speed: the same bytes twice'
is "$(grep -c '"state":"idle"' "$T/slow")" 3 'marks go on as the time does'
alarmspool replay --speed 0 "$J" >/dev/null 2>&1
is $? 2 'no speed is no speed'
is "$(alarmspool replay --to 2026-01-13T19:00:00Z "$J" | key state)" end 'nothing before the end: the mark alone'

# Prune.
new
now=$(date +%s)
days() { date -u -d "@$((now - $1 * 86400))" +%FT%T.000Z; }
n=0
for age in 200 150 100 50 10 0; do
	n=$((n + 1))
	frame "$n" "$(days "$age")" >"$(segment "$n")"
done
left() { ls "$J" | grep -c jsonl; }
alarmspool prune "$J" 2>/dev/null
is $? 2 'prune: how much is to stay must be said'
alarmspool prune --keep 90d -n "$J" 2>"$T/err"
is "$?/$(grep -c 'would be removed' "$T/err")/$(left)" 0/3/6 'prune -n: says, removes nothing'
cursor_at() { mkdir -p "$J/cursors/$1"; printf '%s %s t1.%s-%s\nmoved %s\n' "$2" "$(stat -c %s "$(segment "$2")")" "$epoch" "$2" "$3" >"$J/cursors/$1/place"; }
cursor_at main 2 "$(days 1)"
alarmspool prune --keep 90d "$J" 2>"$T/err"
is "$?/$(cat "$T/err")/$(left)" 0//5 'prune: what a cursor still stands in is kept'
cursor_at main 2 "$(days 8)"
alarmspool prune --keep 90d --stale 30d "$J"
is "$(left)" 5 'prune: --stale says how long a cursor is waited for'
alarmspool prune --keep 90d "$J" 2>"$T/err"
is "$?/$(left)" 0/3 'prune: a stale cursor is passed over'
like "$(cat "$T/err")" 'cursor main: unmoved since .*passed over' 'and named'
like "$(alarmspool status "$J")" '"stale":true' 'status calls it stale'
alarmspool status "$J" >/dev/null
is $? 1 'and exits 1'
through
like "$(cat "$T/out")" '"error":"journal-missing"' 'its chain is told what is gone'
is "$(frames_out)" 3 'and goes on with what there is'
alarmspool status "$J" >/dev/null
is $? 0 'then all is well'
alarmspool prune --keep 0s "$J"
is "$(left)" 1 'the newest segment always stays'
printf 'x' >"$J/cursors/main/place"
frame 7 >"$(segment 7)"
alarmspool prune --keep 0s "$J" 2>"$T/err"
is "$?/$(left)" 3/2 'a cursor that cannot be read: nothing is removed'
like "$(cat "$T/err")" 'cursor main: ' 'it is named'
like "$(alarmspool status "$J")" '"name":"main","error":"unreadable"' 'status names it too'
plan_done
