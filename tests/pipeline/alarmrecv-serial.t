#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Receivers on serial lines.  Over pseudo-terminals, which have no speed and
# no parity; with VIGIE_TEST_PORTS=/dev/ttyUSB0,/dev/ttyUSB1 the families run
# on that null-modem pair too.  libserialport's own calls run over a
# pseudo-terminal that looks like a real port (tests/preload/modem.c).
. tests/pipeline/lib.sh

line_begin
# field KEY...: of each record on stdin, a line each.
field() {
	perl -MJSON::PP -e '@k = splice @ARGV; while (<STDIN>) { my $r = decode_json($_);
		print join(" ", map { my $v = $r->{$_}; ref $v ? join(",", @$v) : $v // "-" } @k), "\n" }' "$@"
}
runs=0
# receive SOURCE...: sets $receiver, $said and $spool.
receive() {
	runs=$((runs + 1)) said=$T/said.$runs spool=$T/spool.$runs
	alarmrecv "$@" --spool "$spool" --reserve 0 2>"$said" &
	receiver=$!
	children="$children $receiver"
	disown $receiver
}
listens() { wait_for 10 grep -q "listening on $1" "$said"; }
leave() {
	kill -TERM $receiver
	wait_for 10 not kill -0 $receiver
}
not() { ! "$@"; }
# What a hung up line has not handed over is lost: wait until $receiver has read it.
bytes_read() { sed -n 's/^rchar: //p' "/proc/$receiver/io"; }
reads_more() { [ "$(bytes_read)" -gt "$before" ]; }

# family NAME HEARTBEAT ITS_ANSWER EVENT ITS_ANSWER DAMAGED ITS_ANSWER DECODED: "-" for a heartbeat is none.
hears() { far send R2 "$1" >/dev/null; far hear R2 $((${#2} / 2)); }
family() {
	local name=$1 decoded=$8
	$begin "$name"
	listens "$name+serial"
	ok $? "$name over $over: open"
	kill -0 $receiver || { cat "$said" >&2; return; }
	[ "$2" = - ] || is "$(hears "$2" "$3")" "$3" "$name over $over: a heartbeat is acknowledged"
	is "$(hears "$4" "$5")" "$5" "$name over $over: an event is acknowledged"
	is "$(hears "$4" "$5")" "$5" "$name over $over: and so when it comes again"
	is "$(hears "$6" "$7")" "$7" "$name over $over: damage is refused"
	is "$(hears "$4" "$5")" "$5" "$name over $over: what follows is taken"
	leave
	is "$(field type via reply error <"$(echo "$spool"/*.jsonl)" | uniq -c | sed 's/^ *//')" "2 frame serial ack -
1 error - - ${9:-width-bad}
1 frame serial ack -" "$name over $over: kept, the heartbeat not"
	is "$(grep -c '"repeat":"t1\.[^"]*-1"' "$spool"/*.jsonl)" 2 "$name over $over: the repetitions are marked"
	is "$(alarmdecode "$spool"/*.jsonl | field type account kind | grep event | uniq -c | sed 's/^ *//')" "$decoded" "$name over $over: decoded once"
}
families() {
	family surgard '1011           @    \x14' 06 '5021 181003E13001004\x14' 06 '5021 18103E13001004\x14' 15 '1 event 1003 alarm'
	family radionics-6500 '\x0A1010           @    \x14' 06 '\x0Aa011 123418113101015\x14' 06 '\x0Aa011 12341811310101\x14' 15 '1 event 1234 alarm'
	family bosch-sia '\x0AB4A70B\x0900430101[]\x0D' 0a4234413730420930303433303130315b5d0d \
		'\x0A8EFA16v00430101[#1234|NBA98]\x0D' 0a4234413730420930303433303130315b5d0d \
		'\x0A8EFA16v00430101[#1234|NBA99]\x0D' 0a3837433430420930303030303130305b5d0d '1 event 1234 alarm' crc-bad
	family ademco-685 '\x0A00 OKAY @\x0D' 06 '\x0A11 1234 18 E131 01 C015 \x0D' 06 '\x0A11 1234 18 E131 01 C0\x0D' 15 '1 event 1234 alarm'
	family caps '\x0A00 OKAY @\x0D' 06 '\x0A11 1234 0 3 5A' 06 '\x0A11 1234 9 9 5A' 15 '1 event 1234 undefined'
	family fbi-cp220 - - '111234A3\x0D' 06 '111234A\x0D' 15 '1 event 1234 undefined'
	family ademco-8000 '\x03051697"124039"02"0000"\\\x0D' 06 '&051697"081356"01"0002"01101\x051234"31L\x0D' 06 \
		'&051697"081356"01"0002"01101\x051234"32L\x0D' 15 '1 event 1234 undefined' check-byte
	family sk9000 - - "'062794\"0345\"51\\x051234\"QX01T\\x0D" 06 "'062794\"0345\"51\\x051234\"QX02T\\x0D" 15 '1 event 1234 undefined' check-byte
	family iti-generic '\x0A00 OKAY @\x0D' 06 '\x0A1B1j23458b45A\x0D' 06 '\x0A1B1j23458b4\x0D' 15 '1 event 12345 alarm'
}

over=a-pseudo-terminal
begin=on_pty
on_pty() { far plug R2 "$T/rx" >/dev/null; receive "$1+serial://$T/rx#R2"; }
families
if [ -n "${VIGIE_TEST_PORTS:-}" ]; then
	near=${VIGIE_TEST_PORTS%%,*} there=${VIGIE_TEST_PORTS##*,} over=$VIGIE_TEST_PORTS
	on_port() { far port R2 "$there" 9600 8n1 >/dev/null; receive "$1+serial://$near?baud=9600&mode=8n1#R2"; }
	begin=on_port
	families
	far port R2 "$there" 9600 7o1 >/dev/null
	receive "surgard+serial://$near?baud=9600&mode=7e1#R2"
	listens surgard
	is "$(hears '5021 181003E13001004\x14' 15)" 15 'the wrong parity on every character is damage'
	leave
	like "$(cat "$spool"/*.jsonl)" '"error":"line-error"' 'and is called so'
else
	echo '# the families ran over pseudo-terminals; VIGIE_TEST_PORTS=a,b runs them on a null-modem pair too'
fi

# --- libserialport's own calls.
preloaded() {
	far plug R2 "$T/rx" >/dev/null
	: >"$T/lines"
	MODEM_LOG=$T/lines LD_PRELOAD=$(preload modem) receive "surgard+serial://$T/rx?$1#R2"
	listens surgard
}
preload() { printf '%s' "$BUILD/tests/$1.so"; }
preloaded 'baud=1200&mode=7e2'
is "$(stty -F "$T/rx" -a | grep -oE 'speed 1200|[-]?cstopb|[-]?parmrk|[-]?icanon|min = 1' | tr '\n' ' ')" 'speed 1200 min = 1 cstopb parmrk -icanon ' \
	'through libserialport: speed, stop bits, errors marked'
is "$(tail -2 "$T/lines" | sort | tr '\n' ' ')" 'dtr on rts on ' 'DTR and RTS are on'
is "$(hears '5021 181003E13001004\x14' 06)" 06 'and it receives'
far pull R2 >/dev/null
wait_for 10 grep -q 'the port is gone' "$said"
far plug R2 "$T/rx" >/dev/null
wait_for 10 sh -c "[ \$(grep -c listening '$said') = 2 ]"
is "$(hears '5021 181003R13001004\x14' 06)" 06 'pulled and put back: it receives again'
leave
preloaded 'baud=2400&mode=7o1'
is "$(hears '5021 181003E13001004\x14' 06)" 06 'the same port again, set otherwise'
leave
preloaded 'dtr=off&rts=off'
is "$(tail -2 "$T/lines" | sort | tr '\n' ' ')" 'dtr off rts off ' 'DTR and RTS are off where that is wanted'
leave

# --- What stands in the way, in one line with what to do.
is "$(alarmrecv surgard+serial:///dev/null 2>&1; echo $?)" 'alarmrecv: surgard+serial:///dev/null: not a serial port
3' 'not a serial port'
far plug R2 "$T/rx" >/dev/null
is "$(alarmrecv "surgard+serial://$T/rx?baud=1234" 2>&1; echo $?)" "alarmrecv: surgard+serial://$T/rx?baud=1234: this port cannot be set to this speed and mode: choose others with baud= and mode=
3" 'a speed that it does not have'
receive "surgard+serial://$T/rx#R2" "surgard+serial://$T/none#R3" 'dc09+tcp://127.0.0.1:0#R1'
listens dc09
like "$(cat "$said")" "$T/none#R3: no such device: is it plugged in\? .*; it will be tried again" 'not there: said, and waited for'
first=$receiver
receive "surgard+serial://$T/rx#R2"
wait_for 10 grep -q busy "$said"
like "$(cat "$said")" "$T/rx#R2: busy: another program has this port open; fuser -v shows which, as root; it will be tried again" 'busy'
sleep 1.5
is "$(grep -c . "$said")" 1 'and said once'
is "$(hears '5021 181003E13001004\x14' 06)" 06 'its owner is not disturbed'
second=$receiver receiver=$first
leave
receiver=$second
listens surgard
ok $? 'free again: taken'
far plug R3 "$T/none" >/dev/null
leave
if [ "$(id -u)" = 0 ]; then
	alarmrecv -u nobody --json "surgard+serial://$T/rx#R2" >"$T/out" 2>"$T/said" &
	receiver=$! said=$T/said
	children="$children $receiver"
	disown $receiver
	wait_for 10 grep -q 'once unplugged' "$said"
	like "$(cat "$said")" "rx#R2: open, but once unplugged this user cannot open it again: add it to the group dialout" 'rights that were given up: said before they are missed'
	far pull R2 >/dev/null
	far plug R2 "$T/rx" >/dev/null
	chmod 711 "$T"
	wait_for 10 grep -q 'no permission' "$said"
else
	chmod 0 "$(readlink "$T/rx")"
	receive "surgard+serial://$T/rx#R2"
	wait_for 10 grep -q 'no permission' "$said"
fi
like "$(cat "$said")" "rx#R2: no permission: add this user to the group dialout, then start anew" 'no permission'
leave

# --- The plug is pulled within a frame; the other sources go on.
far plug R2 "$T/rx" >/dev/null
receive "surgard+serial://$T/rx#R2" 'dc09+tcp://127.0.0.1:0#R1'
listens dc09
port=$(sed -n 's/.*dc09+tcp:.*:\([0-9]*\)#R1$/\1/p' "$said")
signal() { alarmsend -a 1002 --cid "1130 01 $1" -s "$1" --time none --tries 1 "dc09+tcp://127.0.0.1:$port" >/dev/null 2>&1; }
is "$(hears '5021 181003E13001004\x14' 06)" 06 'a receiver and panels'
before=$(bytes_read)
far send R2 '5021 18100' >/dev/null
wait_for 10 reads_more
far pull R2 >/dev/null
wait_for 10 grep -q 'the port is gone; it will be tried again' "$said"
ok $? 'a pulled plug is told'
signal 101
ok $? 'IP is received meanwhile'
far plug R2 "$T/rx" >/dev/null
wait_for 10 sh -c "[ \$(grep -c 'listening on surgard' '$said') = 2 ]"
ok $? 'put back: it is open again'
is "$(grep -c 'gone\|no such' "$said")" 1 'said once'
is "$(hears '5021 181003R13001004\x14' 06)" 06 'and received from'
far send R2 '5021 18' >/dev/null
signal 102
leave
is "$(grep '"R2"' "$spool"/*.jsonl | field type source text error | tr -d '\024')" 'frame R2 5021 181003E13001004 -
error R2 5021 18100 width-bad
frame R2 5021 181003R13001004 -
error R2 5021 18 incomplete' 'no byte of a half frame is lost'

# --- S08 in small: the line is cut, and its receiver keeps what comes.
printf '%s\n' 'R2 * 0000 interval=1s' '* * 1002' '* * 1003' '* * 1005' >"$T/accounts"
far plug R2 "$T/rx" >/dev/null
receive "surgard+serial://$T/rx#R2" 'dc09+tcp://127.0.0.1:0#R1' -v -a "$T/accounts"
listens dc09
port=$(sed -n 's/.*dc09+tcp:.*:\([0-9]*\)#R1$/\1/p' "$said")
is "$(hears '1011           @    \x14' 06)" 06 'S08: a heartbeat'
far pull R2 >/dev/null
wait_for 20 grep -q '"state":"down"' "$spool"/*.jsonl
ok $? 'S08: cut: the receiver is down'
signal 101
ok $? 'S08: IP goes on'
wait_for 20 sh -c "[ \$((\$(date +%s) - $(date +%s))) -ge 10 ]"
far plug R2 "$T/rx" >/dev/null
wait_for 10 sh -c "[ \$(grep -c 'listening on surgard' '$said') = 2 ]"
for record in '1011           @    ' '5021 181003E13001004' '5021 181003R13001004' '5021 181005E60200000'; do
	is "$(hears "$record\x14" 06)" 06 "S08: $record"
done
leave
is "$(grep '"R2"' "$spool"/*.jsonl | field type state flags text | tr -d '\024')" 'link down - -
frame - - 1011           @    
link up - -
frame - delayed 5021 181003E13001004
frame - delayed 5021 181003R13001004
frame - delayed 5021 181005E60200000' 'S08: down, up, and three events of unknown time'
like "$(cat "$said")" 'R2: heartbeats answered: 2' 'S08: heartbeats are counted'
is "$(grep -o '"since":"[^"]*"' "$spool"/*.jsonl | sort -u | wc -l)" 1 'S08: all since the receiver was heard last'

# --- Eight lines at once.
sources= names=
for n in 1 2 3 4 5 6 7 8; do
	far plug L$n "$T/rx$n" >/dev/null
	sources="$sources surgard+serial://$T/rx$n?baud=115200#L$n" names="$names${names:+,}L$n"
done
receive $sources
wait_for 10 sh -c "[ \$(grep -c listening '$said') = 8 ]"
is "$(far drum 250 $names)" 'L1=250 L2=250 L3=250 L4=250 L5=250 L6=250 L7=250 L8=250' 'eight lines: every event acknowledged'
leave
is "$(cat "$spool"/*.jsonl | field type source reply | sort | uniq -c | sed 's/^ *//' | tr '\n' ,)" \
	'250 frame L1 ack,250 frame L2 ack,250 frame L3 ack,250 frame L4 ack,250 frame L5 ack,250 frame L6 ack,250 frame L7 ack,250 frame L8 ack,' \
	'and none lost'
is "$(cat "$spool"/*.jsonl | field source text | sort -u | wc -l)" 2000 'each once'

# --- Killed again and again: a receiver's acknowledged event is on disk.
killed=$T/killed sources="surgard+serial://$T/rx1#L1 surgard+serial://$T/rx2#L2"
far plug L1 "$T/rx1" >/dev/null
far plug L2 "$T/rx2" >/dev/null
begin_killed() {
	alarmrecv $sources --spool "$killed" --reserve 0 2>"$T/said" &
	receiver=$! said=$T/said
	children="$children $receiver"
	disown $receiver
	wait_for 10 sh -c "[ \$(grep -c listening '$said') = 2 ]"
}
begin_killed
printf 'drum 3000 L1,L2\n' >&"${LINE[1]}"
for round in $(seq $(((${ROUNDS:-20} + 4) / 5))); do
	sleep "0.$((RANDOM % 5 + 1))"
	kill -9 $receiver
	wait_for 10 not kill -0 $receiver
	begin_killed
done
read -r drummed <&"${LINE[0]}"
is "$drummed" 'L1=3000 L2=3000' 'killed and started again: every event is acknowledged in the end'
leave
is "$(cat "$killed"/*.jsonl | grep '"reply":"ack"' | field source text | sort -u | wc -l)" 6000 'and each is on disk'
plan_done
