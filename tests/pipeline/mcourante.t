#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The main courante as people and chains use it.
. tests/pipeline/lib.sh
export TZ=Europe/Paris

event() { # ID ZONE [MORE]
	printf '{"type":"event","id":"%s","at":"2026-01-13T20:14:03.120Z","source":"R1","account":"1002","format":"cid","code":"130","qualifier":"E","kind":"alarm","category":"burglary","severity":3,"zone":"%s"%s}\n' "$1" "$2" "${3:-}"
}
mark() { printf '{"type":"mark","id":"m-%s","at":"2026-01-13T20:14:04.000Z","state":"%s"}\n' "$1" "$1"; }
entries() { mcourante list -n 0 --json 2>/dev/null | grep -c '"type":"entry"'; }
texts() { mcourante list -n 0 --text | grep -v '^[0-9-]*$' | cut -c 11-; }
fresh() { rm -rf "$VIGIE_STATE"; }
status() { "$@" >"$T/out" 2>"$T/err"; echo $?; }

# A person's entries.
fresh
out=$(mcourante add -a 1007 "1007 prise" en compte.)
is $? 0 'an entry is written'
like "$out" '^\{"type":"entry","id":"[0-9a-f]{64}","at":"[^"]+Z","number":1,"written":"[^"]+Z","kind":"note","author":"'"$(id -un)"'","account":"1007","text":"1007 prise en compte\."' 'and printed as a record; its author is the Unix user'
is "$(USER=chef LOGNAME=chef mcourante add x | grep -o '"author":"[^"]*"')" "\"author\":\"$(id -un)\"" 'no variable names another author'
like "$(mcourante add -e 10m -k verification 'Un individu.')" '"number":3,.*"delay_s":600,"kind":"verification"' 'what happened earlier keeps both times'
like "$(mcourante list -n 1 --text | tail -1)" "^[0-9:]{8}  \[$(id -un)\] Un individu\. \(written (at|on) .*\)$" 'and its line shows when it was written'
is "$(status mcourante add -e '2999-01-01' x)" 2 'what is still to come cannot have happened'
is "$(status mcourante add --at '2026-01-01 10:00' x)" 2 'outside a sandbox only the clock says when something was written'
like "$(cat "$T/err")" 'VIGIE_SANDBOX' 'and it is said where'
is "$(status mcourante add -k automatic x)" 2 'people write no automatic entries'
is "$(status mcourante add '')" 2 'an entry says something'
is "$(stat -c %a "$VIGIE_STATE/mcourante.db")" 600 'the log is for its owner'
is "$(entries)" 3 'nothing else was written'

# The clock goes back: numbers do not.
export VIGIE_SANDBOX=$T/sandbox
for at in 21:14:03 21:14:45 21:10:00 23:59:59 20:00:00; do mcourante add --at "2026-01-13 $at" "at $at" >/dev/null; done
is "$(mcourante list --json | grep -o '"number":[0-9]*' | tr '\n' ' ')" '"number":1 "number":2 "number":3 "number":4 "number":5 ' 'a clock that goes back takes no number back'
mcourante verify >/dev/null
ok $? 'and the chain holds'
is "$(mcourante list --text | head -2)" $'2026-01-13\n21:14:03  ['"$(id -un)"'] at 21:14:03' 'times are local, under their day'
is "$(mcourante list --text --since '2026-01-13 21:00' --until '2026-01-13 22:00' | grep -c 'at 21')" 3 'a period'
is "$(mcourante list --text --since 2026-01-13 --until 2026-01-13 | grep -c ' at ')" 5 'a date alone is a whole day'
is "$(mcourante list --text --since 2026-01-13T20:14:45Z -n 1 | tail -1 | cut -c 11-)" "[$(id -un)] at 23:59:59" 'the newest of a period'
unset VIGIE_SANDBOX
is "$(entries)" 3 'the sandbox is another log'

# The sink: once, and passed on byte for byte.
fresh
{ event t.a-1 003; mark idle; event t.a-2 004; echo '{"type":"frame","id":"t.a-3","at":"2026-01-13T20:14:03.120Z","text":"x"}'
  printf '{"unknown" : [1, 2.50,"\\u00e9"] , "type":"x"}\n'; } >"$T/in"
mcourante add - <"$T/in" >"$T/out"
is $? 0 'records are taken'
cmp "$T/in" "$T/out"
ok $? 'and passed on byte for byte'
is "$(entries)" 2 'events are written; frames, marks and what is not known are not'
mcourante add <"$T/in" | cmp - "$T/in"
ok $? 'the same again is passed on'
is "$(entries)" 2 'and not written again'
{ event t.a-1 003 ',"site":"Logis-Nord","dup":true'; } | mcourante add >/dev/null
is "$?,$(entries)" 0,2 'what filters add is no other content'
event t.a-1 005 | mcourante add >"$T/out" 2>"$T/err"
is "$?,$(entries)" 1,3 'the same id with other content is kept too'
like "$(cat "$T/err")" '^mcourante: event t\.a-1: .*entry 1' 'standard error tells'
like "$(mcourante list --json -n 1)" '"conflict":1,' 'and the second is marked'
event t.a-1 005 | mcourante add >/dev/null 2>&1
is "$?,$(entries)" 0,3 'each of the two is known from then on'
is "$(mcourante show t.a-1 --json | wc -l)" 2 'the id shows both'
is "$(texts | tail -1)" "[auto] CONFLIT, même identifiant que l'entrée 1, autre contenu : 1002 – alarme intrusion zone 5." 'a person reads it'
event t.w-1 3 >"$T/w"
{ mark warm; cat "$T/w"; mark live; event t.w-2 3; } >"$T/in"
mcourante add <"$T/in" | cmp - "$T/in"
ok $? 'warm records pass'
is "$(entries),$(mcourante show t.w-1 2>/dev/null | wc -l)" 4,0 'and are not written'

# Lines that are no records.
fresh
{ event t.b-1 1; echo 'not JSON at all'; printf 'bytes \xff\x00 here\n'; event t.b-2 2; } >"$T/in"
mcourante add <"$T/in" >"$T/out" 2>"$T/err"
is $? 1 'a line that is no record is bad input'
grep -av '"type":"error"' "$T/out" | cmp - "$T/in"
ok $? 'it is passed on as it came'
like "$(sed -n 3p "$T/out")" '^\{"type":"error","id":"line\+[0-9a-f]{16}","at":"2026-01-13T20:14:03.120Z","error":"record-bad",.*"text":"not JSON at all"\}$' 'with an error behind it'
like "$(sed -n 5p "$T/out")" '"hex":"627974657320ff002068657265"' 'that carries the bytes'
is "$(entries)" 4 'each is an entry'
mcourante add <"$T/in" >/dev/null 2>&1
is "$(entries)" 4 'and is one once'
perl -e 'print "{\"x\":\"" . "a" x 200000 . "\"}\n"' >"$T/long"
{ cat "$T/long"; event t.b-3 3; printf '{"cut'; } | mcourante add >"$T/out" 2>/dev/null
is "$(grep -v '"type":"error"' "$T/out" | head -1 | cmp - "$T/long" && echo same)" same 'a line longer than any record is passed on whole'
is "$(grep -c '"error":"record-bad".*"parts":4' "$T/out")" 4 'its first 64 KiB come as errors'
like "$(tail -1 "$T/out")" '"text":"\{\\"cut"' 'so does a line that was cut off'
is "$(entries)" 10 'and a person sees it all'
echo '{"type":"event","account":"1002","kind":"alarm","severity":3}' >"$T/in"
mcourante add <"$T/in" >/dev/null; mcourante add <"$T/in" >/dev/null
is "$(entries)" 11 'an event without id and time is written, once'
mcourante verify >/dev/null
ok $? 'the chain holds'

# Records that no tool of ours would write, but somebody may.
fresh
cat >"$T/in" <<'END'
{"type":"event","id":"w\u0000-1","at":"2026-01-13T20:14:03.120Z","account":"10\u000002","label":"x\u0000y\ud83d\ude00","n":123456789012345678901234567890,"r":1e999,"site":"\t\u001b[31m","text":"a\"b\\c/\b"}
{"type":"event","id":7,"at":"9999-12-31T23:59:59.999Z","account":1002}
{"type":"event","id":"","at":"2026-13-01T00:00:00Z","severity":99999999999999999999,"warnings":7,"zone":"000","partition":[1]}
{"type":"error"}
{"type":"link","state":7,"at":"2026-01-13T20:14:03.120Z","since":"2027-01-13T20:14:03.120Z"}
{"\u0074ype":"event","id":"w-7","label":"É"}
END
mcourante add <"$T/in" | cmp - "$T/in"
ok $? 'odd records pass as they came'
mcourante add <"$T/in" >/dev/null
is "$?,$(entries)" 0,6 'and are entries, once'
is "$(mcourante show 1 --json | grep -o '"record":.*' | cut -c 10- | sed 's/}$//')" "$(head -n 1 "$T/in")" 'kept as they came'
[ "$(mcourante list --text | tr -d '\n' | LC_ALL=C tr -dc '\000-\037\177' | wc -c)" -eq 0 ]
ok $? 'nothing in them reaches the terminal as a control byte'
mcourante verify >/dev/null
ok $? 'the chain holds'

# Passed on at once when it comes alone.
fresh
mkfifo "$T/pipe"
mcourante add <"$T/pipe" >"$T/out" & children="$children $!"
exec 7>"$T/pipe"
event t.c-1 1 >&7
wait_for 10 grep -q t.c-1 "$T/out"
ok $? 'an event alone is passed on while the pipe stays open'
is "$(entries)" 1 'and is in the log'
exec 7>&-
wait

# The language is the centre's, whoever looks.
fresh
event t.d-1 3 | LC_ALL=C LANGUAGE=en mcourante add >/dev/null
echo 'language = en # for this test' >"$VIGIE_ETC/centre.conf"
event t.d-2 3 | LANGUAGE=fr mcourante add >/dev/null
is "$(texts)" $'[auto] 1002 – alarme intrusion zone 3.\n[auto] 1002 – intrusion alarm zone 3.' 'French, or as centre.conf says'
echo 'timezone=America/Nowhere' >"$VIGIE_ETC/centre.conf"
is "$(status mcourante list)" 2 'a zone that is none is refused'
like "$(cat "$T/err")" 'centre\.conf:1: ' 'with file and line'
echo 'timezone=CET-1CEST,M3.5.0,M10.5.0/3' >"$VIGIE_ETC/centre.conf"
like "$(TZ=UTC mcourante list --text -n 1)" '21:14:03' 'the zone is the centre'\''s'
rm "$VIGIE_ETC/centre.conf"

# Searching.
fresh
{ event t.e-1 1; event t.e-2 2 ',"site":"Logis-Nord"'; } | mcourante add >/dev/null
mcourante add -a 10aF -i 7 -k action 'something' >/dev/null
is "$(mcourante list --json -a 1002 | wc -l)" 2 'by account'
is "$(mcourante list --json -a 10Af | wc -l)" 1 'whose letters have no case'
is "$(mcourante list --json -s Logis-Nord | wc -l),$(mcourante list --json -s 1002 | wc -l)" 1,2 'by site: its name or account'
is "$(mcourante list --json -k action | wc -l),$(mcourante list --json -i 7 | wc -l),$(mcourante list --json -n 1 | wc -l)" 1,1,1 'by kind, incident, number of entries'
is "$(status mcourante list -k nonsense)" 2 'a kind that is none is refused'
is "$(status mcourante show 99)" 1 'what is not there is not shown'
hash=$(mcourante list --json -n 1 | grep -o '"id":"[0-9a-f]*"' | cut -d '"' -f 4)
is "$(mcourante show "$hash" --head | sha256sum | cut -c 1-64)" "$hash" 'an entry by its hash, which is that of its head'
is "$(mcourante show 3 --content | sha256sum | cut -c 1-64)" "$(mcourante show 3 --head | cut -f 6)" 'its content gives the commit'
is "$(mcourante show 3 --head | cut -f 2)" "$(mcourante show 2 --head | sha256sum | cut -c 1-64)" 'and the entry before it the previous hash'
is "$(mcourante show 1 --json | grep -o '"record":.*' | cut -c 10- | sed 's/}$//')" "$(event t.e-1 1)" 'the record is kept as it came'

# Tampering with the file itself.
like "$(mcourante verify --text)" '^entries: 3, intact; the newest is 3, '"$hash"'$' 'verify tells the newest hash'
like "$(mcourante verify)" '^\{"type":"verification",.*"intact":true,"entries":3,"flaws":0,"number":3,"hash":"'"$hash"'"\}$' 'also as a record'
cp "$VIGIE_STATE/mcourante.db" "$T/copy.db"
perl -0pi -e 's/"text":"something/"text":"somethinG/' "$T/copy.db"
is "$(status mcourante verify "$T/copy.db")" 1 'one byte changed in the file'
like "$(cat "$T/err")" 'entry 3: its text or data were changed' 'is named'
chmod 400 "$T/copy.db"
mcourante verify "$VIGIE_STATE/mcourante.db" >/dev/null
ok $? 'the log itself is intact'
perl -e 'open F, "+<", $ARGV[0]; binmode F; seek F, 4096, 0; print F "\xff" x 4096' "$VIGIE_STATE/mcourante.db"
[ "$(status mcourante verify)" -ne 0 ]
ok $? 'a page overwritten is not intact'
echo 'not a database, but long enough to be looked at as if it were one' >"$T/text"
is "$(status mcourante verify "$T/text")" 3 'another file is no log'
fresh
is "$(status mcourante list)" 3 'there is no log yet'
[ ! -e "$VIGIE_STATE" ]
ok $? 'and looking makes none'

# A log that somebody else holds, two writers, a full disk.
mcourante add first >/dev/null
# A sink under a flood holds the lock nearly always; stopped while it does, it keeps it.
perl -e 'my $n; printf qq({"type":"event","id":"t.flood-%d","at":"2026-01-13T20:14:03.120Z"}\n), ++$n while 1' 2>/dev/null |
	mcourante add >/dev/null & holder=$!
children="$children $holder"
held() {
	kill -STOP $holder
	mcourante add --wait 1ms probe >/dev/null 2>&1
	[ $? -eq 3 ] || { kill -CONT $holder; return 1; }
}
wait_for 20 held
ok $? 'somebody holds the log'
event t.f-1 1 | mcourante add --wait 100ms >"$T/out" 2>"$T/err"
is $? 3 'a log that is locked for longer than we wait: exit 3'
is "$(cat "$T/out")" '' 'nothing is passed on'
like "$(cat "$T/err")" 'another process has held it' 'and it is said why'
mcourante list --json -n 1 | grep -q entry
ok $? 'readers are not kept waiting'
event t.f-1 1 | mcourante add >"$T/out" 2>"$T/err" & writer=$!
sleep 0.3
kill -CONT $holder
wait $writer
is "$?,$(wc -l <"$T/out")" 0,1 'once it is free the record is written and passed on'
kill -9 $holder
wait $holder 2>/dev/null
mcourante verify >/dev/null
ok $? 'and the chain holds'

fresh
for w in 1 2 3; do
	(for i in $(seq 200); do event "t.$w-$i" 1; done | mcourante add >"$T/out$w") & writers="${writers:-} $!"
done
for i in 1 2 3 4 5; do mcourante add "by hand $i" >/dev/null; done
wait $writers
is "$(entries)" 605 'several write at once'
mcourante verify >/dev/null
ok $? 'into one chain'

# The disk refuses in the middle of it, at many places: a file may not grow further.
fresh
perl -e 'my ($head, $tail) = split /X/, $ARGV[0]; print "$head$_$tail\n" for 1 .. 20000' "$(event t.g-X 1)" >"$T/in"
refused=0 unwritten=0
for kib in 300 700 1200 2000 3000; do
	(trap '' XFSZ; ulimit -f $kib; exec mcourante add <"$T/in") 2>"$T/err" | cat >"$T/out"
	[ "${PIPESTATUS[0]}" -ne 3 ] || refused=$((refused + 1))
	[ "$(wc -l <"$T/out")" -le "$(entries)" ] || unwritten=$((unwritten + 1))
done
is $refused 5 'a write that is refused: exit 3, each time'
ok $unwritten 'and nothing was passed on that is not in the log'
mcourante add <"$T/in" | cmp - "$T/in"
ok $? 'then all goes through'
is "$(entries)" 20000 'and each is there once'
mcourante verify >/dev/null
ok $? 'the chain holds'

mkdir "$T/small"
if mount -t tmpfs -o size=8m tmpfs "$T/small" 2>/dev/null; then
	VIGIE_STATE=$T/small mcourante add <"$T/in" >"$T/out" 2>"$T/err"
	is $? 3 'a full disk: exit 3'
	like "$(cat "$T/err")" 'no room' 'with a message'
	mount -o remount,size=64m "$T/small"
	passed=$(wc -l <"$T/out")
	written=$(VIGIE_STATE=$T/small mcourante list -n 0 --json | wc -l)
	[ "$passed" -le "$written" ] && [ "$passed" -lt 20000 ]
	ok $? "nothing was passed on that is not there: $passed passed, $written written"
	VIGIE_STATE=$T/small mcourante add <"$T/in" | cmp - "$T/in"
	ok $? 'when there is room again, all goes through'
	is "$(VIGIE_STATE=$T/small mcourante list -n 0 --json | wc -l)" 20000 'and each is there once'
	VIGIE_STATE=$T/small mcourante verify >/dev/null
	ok $? 'the chain holds'
	umount "$T/small"
else
	ok 0 'a full disk # SKIP no small disk can be mounted here'
fi
plan_done
