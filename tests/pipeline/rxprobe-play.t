#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A receiver that is played, against alarmrecv and against rxprobe itself as
# the one who answers; and a line whose settings are sought.
. tests/pipeline/lib.sh

field() {
	perl -MJSON::PP -e '@k = splice @ARGV; while (<STDIN>) { my $r = decode_json($_);
		print join(" ", map { my $v = $r->{$_}; ref $v ? join(",", @$v) : $v // "-" } @k), "\n" }' "$@"
}
words() { sed -n 's/.*"check":"\([a-z0-9-]*\)","state":"\([a-z]*\)".*/\1 \2/p'; }
events() {
	printf '%s\n' '{"type":"event","id":"x-1","at":"2026-01-15T09:00:00.000Z","account":"1003","code":"130","qualifier":"E","zone":"4","partition":"1"}' \
		'{"type":"mark","id":"m","at":"2026-01-15T09:00:00.000Z","state":"live"}' \
		'{"type":"event","id":"x-2","at":"2026-01-15T09:00:01.000Z","account":"1003","code":"130","qualifier":"R","zone":"4","partition":"1"}'
}
runs=0
# centre PROTOCOL: alarmrecv, with $port and $spool.
centre() {
	runs=$((runs + 1)) spool=$T/spool.$runs
	: >"$T/centre"
	alarmrecv "$1+tcp://127.0.0.1:0#R2" --spool "$spool" --reserve 0 2>"$T/centre" &
	centre=$!
	children="$children $centre"
	disown $centre
	wait_for 10 grep -q 'listening on' "$T/centre"
	port=$(sed -n 's/.*:\([0-9]*\)#R2$/\1/p' "$T/centre")
}
leave() { kill -TERM $centre; wait_for 10 sh -c "! kill -0 $centre"; }
# rehearse PROTOCOL [OPTION…]: the events, played; $status.
rehearse() { rxprobe --json --simulate "$1" "${@:2}" "tcp-connect://127.0.0.1:$port#R2" >"$T/said" 2>"$T/err"; status=$?; }

for family in surgard radionics-6500 bosch-sia ademco-685; do
	centre $family
	rehearse $family < <(events)
	is "$status $(field type account reply tries cause <"$T/said" | tr '\n' ,)" '0 delivery 1003 ack 1 x-1,delivery 1003 ack 1 x-2,' "$family: both are acknowledged"
	leave
	is "$(alarmdecode "$spool"/*.jsonl | field type account code qualifier zone partition | grep ^event | tr '\n' ,)" \
		'event 1003 130 E 004 01,event 1003 130 R 004 01,' "$family: and arrived"
done
centre surgard
rehearse surgard <<<'{"type":"event","id":"s-1","at":"2026-01-15T09:00:00.000Z","account":"1234","code":"BA","zone":"03"}'
is "$status $(field text reply <"$T/said" | tr -d '\024')" '0 S011[#1234|NBA03] ack' 'an event in SIA'
for fault in lost-ack garbage cut; do
	rehearse surgard --wait 300ms --fault $fault < <(events)
	is "$status $(field reply <"$T/said" | tr '\n' ,)" '0 ack,ack,' "$fault: acknowledged in the end"
done
rehearse surgard --fault slow < <(events)
is "$status $(field reply tries <"$T/said" | tr '\n' ,)" '0 ack 1,ack 1,' 'slow: acknowledged'
rehearse surgard --wait 100ms --fault parity < <(events)
is "$status $(field reply <"$T/said" | sort -u | tr '\n' ,)" '1 none,' 'parity: no answer, and exit 1'
like "$(cat "$T/centre")" 'seven data bits and parity on a line set to eight' 'the centre says why'
rehearse surgard <<<'{"type":"frame","id":"f","at":"2026-01-15T09:00:00.000Z","text":"5021 18100'
is $status 1 'a line that is no record'
rehearse surgard <<<'{"type":"event","id":"e","at":"2026-01-15T09:00:00.000Z","account":"1234","code":"rubbish"}'
is "$status $(cat "$T/err")" '1 rxprobe: an event that surgard has no record for' 'an event that cannot be written'
leave
is "$(cat "$spool"/*.jsonl | field type repeat | grep -c '^frame t1')" 2 'lost-ack: the centre marks what came again'
port=$(free_port)
rehearse surgard < <(events)
is $status 3 'nobody there'

# --- One plays, one answers.
listen() {
	port=$(free_port)
	: >"$T/err.2"
	rxprobe -v --json "$@" "${proto}tcp://127.0.0.1:$port#R5" >"$T/took" 2>"$T/err.2" &
	listener=$!
	children="$children $listener"
	wait_for 10 grep -q 'listening on' "$T/err.2"
}
for proto in '' bosch-sia+ ademco-8000+; do
	listen --answer --for 4s
	case $proto in
	ademco*) rehearse ademco-8000 < <(printf '%s\n' '{"type":"frame","id":"q","at":"2026-01-15T09:00:00.000Z","text":"&051697\"081356\"01\"0002\"01101\u00051234\"31L\r"}') ;;
	bosch*) rehearse bosch-sia < <(events) ;;
	*) rehearse surgard < <(events) ;;
	esac
	is "$status $(field reply <"$T/said" | sort -u)" '0 ack' "${proto:-found out}: answered"
	wait $listener
	is "$(grep '"type":"frame"' "$T/took" | field source reply | sort -u)" 'R5 ack' "${proto:-found out}: and printed before"
	is "$(grep -c '"type":"check"' "$T/took" | sed 's/[1-9][0-9]*/some/')" some "${proto:-found out}: then what was found"
done
like "$(cat "$T/err.2")" 'answer takes signals off the receiver' 'it warns'
proto=
listen --answer --for 4s
rehearse surgard --wait 300ms --fault lost-ack < <(events)
wait $listener
is "$(grep '"type":"frame"' "$T/took" | field text repeat | sed 's/t1\.[^ ]*/first/' | tr -d '\024' | tr '\n' ,)" \
	'5011 181003E13001004 -,5011 181003E13001004 first,5011 181003R13001004 -,5011 181003R13001004 first,' 'what comes again is marked'
is "$(grep '"type":"frame"' "$T/took" | alarmdecode | field type | sort | uniq -c | tr -s ' \n' ' ')" ' 2 event 2 frame ' 'and decoded once'
listen --for 2s
rehearse surgard --wait 200ms < <(events)
wait $listener
is "$status $(field reply tries <"$T/said" | tr '\n' ,)" '1 none 4,none 4,' 'nobody answers: four times each, and exit 1'
is "$(words <"$T/took" | grep -c '^unanswered')" 1 'which shows to who listens'
listen --for 3s
rxprobe --simulate surgard --every 300ms --for 1500ms "tcp-connect://127.0.0.1:$port" >"$T/said" 2>"$T/err" </dev/null
is "$? $(grep -c 'heartbeat was not' "$T/err" | sed 's/[1-9].*/some/')" '0 0' 'heartbeats alone wait'
wait $listener
like "$(cat "$T/took")" '"check":"protocol"' 'and are heard'

# --- Settings that are sought, over the model of a wire.
line_begin
asan=
case $(ldd "$build/bin/rxprobe") in *libasan*) asan="$(gcc -print-file-name=libasan.so):" ;; esac
# seek FAR_BAUD FAR_MODE SETTINGS TEXT: a record again and again until it is over.
seek() {
	: >"$T/err"
	far plug R2 "$T/rx" >/dev/null
	LD_PRELOAD=$asan$build/tests/uart.so UART_FAR="$1 $2" rxprobe -v --json --try --for 10s "serial://$T/rx?$3#R2" >"$T/said" 2>"$T/err" &
	seeker=$!
	children="$children $seeker"
	wait_for 10 grep -q 'listening on' "$T/err"
	for turn in $(seq 100); do
		kill -0 $seeker 2>/dev/null || break
		far send R2 "$4" >/dev/null
		sleep 0.8
	done
	wait $seeker
	status=$?
	tried=$(grep -c 'baud=.*: ' "$T/err")
	said=$(sed -n 's/.*"check":"\(settings[a-z-]*\|no-settings\)".*"text":"[^"]*: \([^"]*\)","confidence.*/\1 \2/p' "$T/said")
}
HB='1011           @    \x14'
seek 9600 8n1 'baud=9600&mode=8n1' "$HB"
is "$status $said" "0 settings-right surgard+serial://$T/rx?baud=9600&mode=8n1#R2" 'right from the start'
seek 9600 7e1 'baud=9600&mode=8n1' "$HB"
is "$status $tried $said" "1 2 settings surgard+serial://$T/rx?baud=9600&mode=7e1#R2" 'parity: found with the second'
seek 19200 7e1 'baud=9600&mode=8n1' "$HB"
is "$status $said" "1 settings surgard+serial://$T/rx?baud=19200&mode=7e1#R2" "MLR2E: found, with number $tried"
seek 1200 7o2 'baud=9600&mode=8n1' '\x0A00 OKAY @\x0D'
like "$said" "^settings ademco-685\+serial://$T/rx\?baud=1200&mode=7o[12]#R2" "an old 685: found, with number $tried"
seek 4800 8n1 'baud=9600&mode=8n1' '5021 181003E13001004\x14'
is "$said" "settings surgard+serial://$T/rx?baud=4800&mode=8n1#R2" "by an event: found, with number $tried"
seek 9600 8n1 'baud=9600&mode=8n1' '{nothing; of; ours}'
is "$status $said" "1 no-settings $tried settings" 'no-settings: none'
is "$(far quiet R2)" - 'and not a byte was written'

# --- It asks when it is told to.
far plug R2 "$T/rx" >/dev/null
rxprobe -v --json --ask --for 3s "ademco-685+serial://$T/rx#R2" >"$T/said" 2>"$T/err" &
asker=$!
children="$children $asker"
is "$(far hear R2 1)" 53 'S to a 685'
far send R2 '\x0A00 OKAY @\x0D' >/dev/null
wait $asker
is "$(words <"$T/said" | grep -c '^phone-side')" 1 'which answers: phone-side'
like "$(rxprobe --ask "surgard+serial://$T/rx" 2>&1; echo $?)" 'no harmless question' 'none for a Sur-Gard'

# --- What does not go together.
for call in '--try tcp://:1025' '--try --answer serial:///dev/ttyS0' '--answer wire:-' '--nagios --answer serial:///dev/ttyS0' \
	'--simulate dc09 tcp://:1025' '--simulate surgard --fault none tcp://:1025'; do
	rxprobe $call 2>"$T/err" </dev/null
	is "$? $(grep -c . "$T/err" | sed 's/[1-9].*/said/')" '2 said' "$call: refused"
done
plan_done
