#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Relay to another centre: in order, at least once, nothing passed on before
# it is acknowledged.
. tests/pipeline/lib.sh

bodies() { cut -c9- "$log"; }
relay() { alarmsend --time none -w 300ms "$@" >"$T/out" 2>"$T/err"; status=$?; }

frame() { # SEQ TEXT-AFTER-ACCOUNT [MORE]
	printf '{"type":"frame","id":"pc1.mbvq3k7h2f-%s","at":"2026-01-13T20:14:03.120Z","proto":"dc09","source":"R1","text":"\\n%s\\r","reply":"ack"%s}\n' "$1" "$(printf '%s' "$2" | sed 's/"/\\"/g')" "${3:-}"
}
mark() { printf '{"type":"mark","id":"m-%s","at":"2026-01-13T20:14:04.000Z","state":"%s","cursor":""}\n' "$1" "$2"; }
event() { printf '{"type":"event","id":"pc1.mbvq3k7h2f-%s","at":"2026-01-13T20:14:03.120Z","proto":"dc09","receiver":"1","line":"0","seq":"0101","account":"1002",%s}\n' "$1" "$2"; }
first='ED25003D"ADM-CID"0101R1L0#1002[#1002|1130 01 003]_20:14:03,01-13-2026'

# Frames are framed anew, with the number of their record.
receiver tcp ack
{ frame 41 "$first"; frame 42 '55F10029"ADM-CID"0101R1L0#1002[#1002|1130 01 003]'; mark 1 idle; frame 20000 '33C10029"NULL"0306R1L0#1002[]_02:22:30,01-14-2026'; } >"$T/in"
relay "$to" <"$T/in"
is $status 0 'relayed'
cmp -s "$T/in" "$T/out"
ok $? 'every line passed on as it came'
is "$(bodies)" '"ADM-CID"0041R1L0#1002[#1002|1130 01 003]
"ADM-CID"0042R1L0#1002[#1002|1130 01 003]
"NULL"0002R1L0#1002[]' 'content kept, our own number, no mark sent'
relay -R 7 -L 9 --occurred "$to" <"$T/in"
is "$(bodies | sed -n 4p)" '"ADM-CID"0041R7L9#1002[#1002|1130 01 003][H20:14:03,01-13-2026]' 'receiver, line and time of reception as asked'
relay --verbatim "$to" <"$T/in"
is "$(sed -n 7p "$log")" "$first" 'verbatim: the bytes themselves'
alarmsend "$to" <"$T/in" >"$T/out"
like "$(bodies | tail -n 3 | head -n 1)" "\]_[0-9:]{8},[0-9-]{6}$(date -u '+%Y')$" 'and with our time'

# What was refused at home, answers, and captures of our own answers are not signals.
receiver tcp ack
{ frame 1 "$first" | sed 's/"reply":"ack"/"reply":"nak"/'; frame 2 "$first" | sed 's/"reply":"ack"/"reply":"duh"/'
  frame 3 '5A2F0014"ACK"0101R1L0#1002[]'; mark 1 idle; printf '{"type":"error","id":"e","at":"2026-01-13T20:14:03.120Z","error":"noise","text":"x"}\n'
  printf '{"type":"link","id":"l","at":"2026-01-13T20:14:03.120Z","account":"1002","state":"down"}\n'; } >"$T/in"
relay "$to" <"$T/in"
is $status 0 'nothing to send'
cmp -s "$T/in" "$T/out"
ok $? 'all passed on'
is "$(cat "$log")" '' 'none sent'

# Between warm and live nothing is sent.
{ mark 1 warm; frame 1 "$first"; mark 2 live; frame 2 "$first"; } >"$T/in"
relay "$to" <"$T/in"
cmp -s "$T/in" "$T/out"
ok $? 'warm records pass'
is "$(bodies)" '"ADM-CID"0002R1L0#1002[#1002|1130 01 003]' 'but only what follows live is sent'

# Events.
receiver tcp ack
{ event 1 '"format":"cid","code":"130","qualifier":"E","kind":"alarm","category":"burglary","zone":"003","partition":"01"'
  event 2 '"format":"cid","code":"401","qualifier":"R","kind":"closing","user":"012"'
  event 3.1 '"format":"sia","code":"BA","kind":"alarm","category":"burglary","zone":"003","partition":"1","text":"porte \"quai\"\r\n"'
  event 4 '"format":"cid","code":"130","qualifier":"P","zone":"12345","partition":"01"'
  event 5 '"format":"vds","code":"1","kind":"alarm","category":"fire","zone":"7"'
  event 6 '"format":"vds","code":"2","kind":"dance","category":"moon","zone":"7"'; } >"$T/in"
relay "$to" <"$T/in"
is $status 0 'events relayed'
is "$(bodies)" '"ADM-CID"0001R1L0#1002[#1002|1130 01 003]
"ADM-CID"0002R1L0#1002[#1002|3401 00 012]
"SIA-DCS"0003R1L0#1002[#1002|Nri1/BA003^porte  quai   ^]
"ADM-CID"0004R1L0#1002[#1002|6130 01 000][I01/12345]
"SIA-DCS"0005R1L0#1002[#1002|NFA7^vds 1^]
"SIA-DCS"0006R1L0#1002[#1002|NUX7^vds 2^]' 'as Contact ID or SIA; another language by its meaning'

# A receiver that dies before it answers: nothing is passed on before its ACK, nothing overtakes.
receiver tcp ack die
for i in 1 2 3 4 5; do frame $i "$first"; done >"$T/in"
alarmsend --time none -w 300ms "$to" <"$T/in" >"$T/out" 2>"$T/err" &
relay=$!
children="$children $relay"
wait_for 10 sh -c "! kill -0 $receiver 2>/dev/null"
wait_for 10 grep -q 'Connection refused' "$T/err"
is "$(wc -l <"$T/out")" 1 'only what was acknowledged has been passed on'
: >"$T/again"
perl tests/pipeline/receiver.pl tcp "$T/port.again" "$T/again" "port=$port" ack &
receiver=$!
disown $receiver
children="$children $receiver"
wait $relay
is $? 0 'it comes back, all is relayed'
cmp -s "$T/in" "$T/out"
ok $? 'in order'
is "$(cut -c18-21 "$log" "$T/again" | tr '\n' ' ')" '0001 0002 0002 0003 0004 0005 ' 'the unanswered one again, with its number'

# The backup takes over.
receiver tcp ack
backup=$to
free=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport')
relay "dc09+tcp://127.0.0.1:$free" "$backup" <"$T/in"
is $status 0 'the primary is away, the backup takes all'
is "$(wc -l <"$log")" 5 'each once'

# What a centre refuses, and what is no record.
receiver tcp ack duh ack
relay "$to" <"$T/in"
is $status 1 'one refused: 1'
is "$(grep -o 'h2f-[0-9]*' "$T/out" | tr '\n' ' ')" 'h2f-1 h2f-3 h2f-4 h2f-5 ' 'it is not passed on, the others are'
like "$(cat "$T/err")" 'alarmsend: pc1.mbvq3k7h2f-2: refused' 'and it is named'
receiver tcp ack duh ack
relay --skip-refused "$to" <"$T/in"
is "$(sed -n 3p "$T/out" | grep -o '"error":"relay-refused"')" '"error":"relay-refused"' '--skip-refused: passed on, an error behind it'
is "$(grep -c '"type":"frame"' "$T/out")" 5 'all five'
receiver tcp ack
{ echo 'not json'; frame 1 "$first"; head -c 200000 /dev/zero | tr '\0' x; echo; frame 2 "$first"; printf '%s' "$(frame 3 "$first")"; } >"$T/in"
relay "$to" <"$T/in"
is $status 1 'lines that are no records: 1'
is "$(wc -l <"$log")" 3 'the records between them are relayed'
is "$(grep -v '"type":"error"' "$T/out" | cksum)" "$( (cat "$T/in"; echo) | cksum)" 'every byte passed on'
is "$(grep -c '"error":"record-bad"' "$T/out")" 2 'an error behind each'

# With tries it ends; told to stop it ends; what is behind is not sent.
receiver tcp ack silent
for i in 1 2 3; do frame $i "$first"; done >"$T/in"
relay --tries 2 "$to" <"$T/in"
is $status 1 '--tries: unanswered: 1'
is "$(cut -c18-21 "$log" | tr '\n' ' ')" '0001 0002 0002 ' 'nothing overtakes'
is "$(wc -l <"$T/out")" 1 'nothing unacknowledged is passed on'
alarmsend "dc09+tcp://127.0.0.1:$free" <"$T/in" >"$T/out" 2>"$T/err" &
relay=$!
children="$children $relay"
wait_for 5 grep -q refused "$T/err"
kill $relay
wait $relay
is $? 3 'SIGTERM while nobody answers: 3'
is "$(cat "$T/out")" '' 'nothing passed on'

# A pipe that stays open: each is passed on when it is acknowledged, polls go out between.
receiver tcp ack
mkfifo "$T/fifo"
alarmsend -a 9999 --poll 50ms --records --time none "$to" <"$T/fifo" >"$T/out" 2>"$T/err" &
relay=$!
children="$children $relay"
exec 5>"$T/fifo"
frame 1 "$first" >&5
wait_for 5 grep -q 'h2f-1"' "$T/out"
ok $? 'passed on while the pipe is open'
wait_for 5 sh -c "[ \$(grep -c 'NULL.0000L0#9999' '$log') -ge 3 ]"
ok $? 'polls go out in between'
frame 2 "$first" >&5
exec 5>&-
wait $relay
is $? 0 'and it ends with its input'
is "$(grep -c . "$T/out")" 2 'no poll in the pipe'
plan_done
