#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Galaxy and Osborne-Hoffman panels on real connections: they wait for each
# answer, send again what was not answered, come two at a time, and are killed
# in between.
. tests/pipeline/lib.sh

# field KEY...: of each record on stdin, a line each; KEY.MEMBER of an object; text of events alone.
field() {
	perl -MJSON::PP -e '@k = splice @ARGV; while (<STDIN>) { my $r = decode_json($_); delete $r->{text} if $r->{type} ne "event";
		print join(" ", map { my ($k, $m) = split /\./; my $v = $r->{$k}; $v = $v->{$m} if $m;
			ref $v ? join(",", @$v) : $v // "-" } @k), "\n" }' "$@"
}
# begin PROTOCOL SPOOL [OPTION...]: sets $receiver, $port.
begin() { reception "$1+tcp://127.0.0.1:${port:-0}#R1" --spool "$T/$2" "${@:3}" >/dev/null; }
stop() {
	kill -TERM $receiver
	wait $receiver
	port=0
}
galaxy() { perl tests/pipeline/galaxy-panel.pl "$port" "$@"; }
oh() { perl tests/pipeline/oh-panel.pl "$port" "$@"; }
events() { alarmdecode "$T/$1"/*.jsonl 2>/dev/null; }

begin galaxy g1
is "$(galaxy 'session=023499,ti23:42/id023/pi013/CG, PART SET USER')" 'ack
ack
ack
ack' 'a Galaxy that waits: each block is acknowledged'
is "$(galaxy pieces=1 'session=002113,ti10:35/ri01/BA1023,+INTRUDER.' raw=000000 account=100201 2>&1 | head -4)" 'ack
ack
ack
ack' 'byte by byte'
is "$(galaxy glue account=000077 glue event=FA0003 glue text=+FIRE end)" 'ack ack ack ack' 'one that does not wait'
is "$(galaxy account=55 bad=BA0015 bad=BA0015 event=BA0015)" 'ack
reject
reject
ack' 'damaged: refused, until it is sound'
is "$(galaxy account=56 block=ET21 block=XSA event=BA0017)" 'ack
ack
ack
ack' 'what nobody reads is acknowledged, and so is what comes behind'
is "$(galaxy event=BA0099)" ack 'an alarm before any account'
is "$(galaxy quiet='#57' quiet=NBA0018 end)" ack 'who asks for no answer gets none'
is "$(galaxy raw=0501815968)" closed 'an encrypted module is not answered'
like "$(cat "$T/err")" 'encrypted Galaxy .*56\.4\.9' 'and people are told what to do'
stop
is "$(events g1 | field type account kind zone severity text error)" 'event 023499 closing - 0 - -
event 023499 status - 0 PART SET USER -
event 002113 alarm 1023 3 - -
event 002113 status - 0 +INTRUDER. -
event 000077 alarm 0003 4 +FIRE -
error 55 - - - - check-byte
error 55 - - - - check-byte
event 55 alarm 0015 3 - -
error 56 - - - - structure-bad
event 56 status - 0 - -
event 56 alarm 0017 3 - -
event - alarm 0099 3 - -
event 57 alarm 0018 3 - -
error - - - - - neighbour' 'kept and decoded: each alarm, its text behind it or with it'
is "$(field account reply <"$T"/g1/*.jsonl | sed -n '$!p' | sort | uniq -c | awk '{ print $3, $1 }' | sort | tr '\n' ' ')" '- 2 ack 10 none 1 ' 'a record says whether it was answered'
like "$(events g1)" '"zone":"0099".*"account-missing"' 'that it had no account is said'

begin galaxy g2
galaxy account=1001 deaf event=BA0001 >/dev/null
is "$(galaxy account=1001 event=BA0001 again account=1002 event=BA0001 new account=1001 again)" 'ack
ack
ack
ack
ack
ack
ack' 'what was not answered comes again, on this and on another connection'
galaxy account=1003 event=BA0001 event=BR0001 event=BA0001 end >/dev/null
galaxy account=1003 event=BA0001 >/dev/null
stop
is "$(events g2 | field type account kind repeat data.repeat warnings | sed 's/t1\.[^ ]*-/#/g')" 'event 1001 alarm - - -
frame - - #1 - -
frame - - #1 - -
event 1002 alarm - - -
event 1003 alarm - - -
event 1003 restoral - - -
event 1003 alarm - - -
event 1003 alarm - #7 repeat-unsure' 'one event; of each panel; and an alarm that comes again behind its end is one'

printf '%s\n' 'R1 * 023499 interval=30s' '* * 1234' >"$T/accounts"
begin galaxy g3 --accounts "$T/accounts"
is "$(galaxy path-check=23499,60 new path-check=1234,30 new path-check=77,30)" "$(printf '00%s000000000000000000003c%s0000000000\n' 3030303233343939 3c 3030303031323334 1e 3030303030303737 1e)" \
	'a path check is sent back'
stop
is "$(field type proto flags <<<"$(cat "$T"/g3/*.jsonl)")" 'frame galaxy account-unknown' 'of an account that is known, zeros in front or not, it is no news'
cat >"$T/wire" <<'WIRE'
2026-01-15T09:00:00.000Z galaxy:R1 <00>00023499<00><00><00><00><00><00><00><00><00><00><3C><1E><00><00><00><00><00>
2026-01-15T09:00:30.000Z galaxy:R1 <00>00001234<00><00><00><00><00><00><00><00><00><00><3C><1E><00><00><00><00><00>
WIRE
alarmrecv --accounts "$T/accounts" wire:"$T/wire" --until 2026-01-15T09:10:00Z >"$T/records" 2>"$T/err"
is "$(field type account at state <"$T/records")" 'link 023499 2026-01-15T09:01:30.000Z down
link 1234 2026-01-15T09:02:00.000Z down' 'its silence is told: by the accounts file, else as the panel announced it'
is "$(printf '%s\n' '>#002113 NBA1023/ti10:35/A+INTRUDER.' 'F#023499<9F>FNBA0015<F0>' | alarmdecode -p galaxy | field account code zone text)" '002113 BA 1023 +INTRUDER.
023499 BA 0015 -' 'pasted'
like "$(echo 'F#023499<9F>FNBA0015<F0>' | alarmdecode -p galaxy --explain)" 'parity|023499' 'explained'

begin osborne-hoffman o1
is "$(oh heartbeat "event=0001,001234,Nri01/NR001*'HA'NM" "timed=0002,005412,Nri04/UA105*'HA det. woonk'NM" 'cid=0005,005412,1150 04 261')" 'ACK\r
ACK\r
ACK\r
ACK\r' 'Osborne-Hoffman out of the cipher: acknowledged under it'
is "$(oh pieces=5 damaged=0006,001234,NBA1 event=0006,001234,NBA1 old-heartbeat)" 'NACK\r
ACK\r
ACK\r' 'in pieces; damaged, and once more'
is "$(oh clear event=0007,001234,NFA1 heartbeat)" 'ACK\r\n
ACK\r\n' 'in clear'
oh deaf event=0008,001234,NBA8 >/dev/null
is "$(oh event=0008,001234,NBA8)" 'ACK\r' 'once more under another key'
is "$(oh 'raw=#40R0001L0001A001234S0040aaaaaaaaaaaaaaaa')" closed 'version 4'
like "$(cat "$T/err")" 'version 4 .*version 3' 'is named, and what to do'
oh wrong-key event=0009,001234,NBA9 >/dev/null
stop
is "$(events o1 | field type account code user zone text sent error)" 'event 001234 NR - 001 HA - -
event 005412 UA - 105 HA det. woonk 2020-07-14T20:57:14Z -
event 005412 150 - 261 - - -
error - - - - - - length-bad
event 001234 BA - 1 - - -
event 001234 FA - 1 - - -
event 001234 BA - 8 - - -
frame - - - - - - -
error - - - - - - neighbour
error - - - - - - key-wrong' 'kept as it came out of the cipher, and decoded'
is "$(grep -c SR0001 "$T"/o1/*.jsonl)" 0 'heartbeats are no news'

# Killed under load, two panels of each at once.
for protocol in galaxy osborne-hoffman; do
	panel=galaxy-panel.pl
	[ $protocol = galaxy ] || panel=oh-panel.pl
	port=$(free_port)
	panels=
	for account in 007001 007002; do
		: >"$T/log.$account"
		perl tests/pipeline/$panel "$port" "until-killed=$account,$T/log.$account" &
		disown $!
		panels="$panels $!"
		children="$children $!"
	done
	for round in $(seq $((${ROUNDS:-20} / 4 + 2))); do
		begin $protocol "$protocol-killed"
		before=$(cat "$T"/log.* | wc -l)
		more() { [ "$(cat "$T"/log.* | wc -l)" -gt $((before + 4)) ]; }
		wait_for 20 more
		{ kill -9 $receiver && wait $receiver; } 2>/dev/null
	done
	kill $panels
	sort -u "$T"/log.* >"$T/acknowledged"
	events $protocol-killed | field account zone | sort -u >"$T/events"
	is "$(comm -23 "$T/acknowledged" "$T/events" | head)" '' "$protocol: of $(wc -l <"$T/acknowledged") acknowledged alarms none is missing"
	is "$(cut -d' ' -f1 "$T/acknowledged" | uniq | tr '\n' ' ')" '007001 007002 ' "$protocol: of both panels"
	rm -f "$T"/log.*
done
plan_done
