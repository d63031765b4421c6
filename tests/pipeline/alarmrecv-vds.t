#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A transmitter of VdS 2465 over TCP/IP: it is spoken to first, and its events
# come back as acknowledgements; in clear, sealed, sent again, refused.
. tests/pipeline/lib.sh

sync=000000300000a00158f5010203050201010100000000000000000000000000000000000000000000000000000000000000000000
event=000000300000a00222410102030604010d0456214365870502010500012200000000000000000000000000000000000000000000
# The same under the key 7.
sealed=00070030bd68dc2a133eee099829a51d618285f8026263970d72beadb4e36e9f1a1bea5aa98ef23a4ed526481f13e5e366437b9a
(umask 077; echo 'key vds:7 hex:00112233445566778899AABBCCDDEEFF' >"$T/keys"; echo 'key vds:7 hex:00112233445566778899AABBCCDDEE00' >"$T/other")

# bytes HEX: written to the connection.
bytes() { printf "$(printf %s "$1" | sed 's/../\\x&/g')" >&3; }
# answers N: so many bytes off the connection, as hexadecimal digits.
answers() { head -c "$1" <&3 | od -An -v -tx1 | tr -d ' \n'; }
# received OPTION...: a reception of its own, connected on 3.
received() {
	rm -rf "$T/spool"
	reception "$@" 'vds2465+tcp://127.0.0.1:0#R1' --spool "$T/spool"
	exec 3<>"/dev/tcp/127.0.0.1/$port"
}
ended() {
	exec 3>&-
	kill -TERM $receiver
	wait $receiver
}

received
like "$(answers 18)" '^0000000e.{8}.{4}0000000001010101$' 'the receiver speaks first'
bytes $sync
like "$(answers 17)" '^0000000d.{8}.{4}0000a002030100$' 'then polls, with the last counter and one'
bytes $event
like "$(answers 24)" '^00000014.{8}.{4}0000a00304010705030105000122$' 'the event comes back as its acknowledgement'
bytes $event
like "$(answers 24)" '0705030105000122$' 'and once more when it is sent again'
bytes "${event%????}fffe"
ended
is "$(alarmdecode "$T"/spool/*.jsonl 2>/dev/null | grep -o '"type":"[a-z]*"\|"repeat"\|"account":"[0-9]*"\|"category":"[a-z]*"\|crc-bad' | tr -d '\n')" \
	'"type":"event""account":"12345678""category":"burglary""type":"frame""repeat""type":"error"crc-bad' \
	'one event, its repetition, and what was damaged'

# What the journal has becomes the same event, whoever opens it.
read_event() { alarmdecode "$@" "$T"/spool/*.jsonl | grep -c '"account":"12345678".*"code":"22".*"zone":"5"'; }
received -k "$T/keys"
answers 18 >/dev/null
bytes $sealed
like "$(answers 52)" '^00070030.{96}$' 'sealed: so is the answer'
ended
is "$(grep -c "\"hex\":\"$sealed\",\"clear\":\"00070030${event#00000030}\"" "$T"/spool/*.jsonl) $(read_event)" '1 1' 'kept as it came, and opened'
received -k "$T/keys" --no-clear
answers 18 >/dev/null
bytes $sealed
answers 52 >/dev/null
ended
is "$(grep -c '"clear"' "$T"/spool/*.jsonl) $(read_event -k "$T/keys") $(read_event)" '0 1 0' 'kept closed: opened by who has the key'
received -k "$T/other"
answers 18 >/dev/null
bytes $sealed
wait_for 10 grep -q . "$T"/spool/*.jsonl
ended
like "$(alarmdecode "$T"/spool/*.jsonl)" '"error":"key-wrong".*"proto":"vds2465"' 'another key: a person sees it'

# The key is changed while the connection stands.
(umask 077; cp "$T/other" "$T/changing")
received -k "$T/changing"
answers 18 >/dev/null
bytes $sealed
wait_for 10 grep -q key-wrong "$T"/spool/*.jsonl
cp "$T/keys" "$T/changing"
kill -HUP $receiver
wait_for 10 grep -q 'read again' "$T/err"
bytes $sealed
like "$(answers 52)" '^00070030.{96}$' 'SIGHUP: the new key opens what comes on the same connection'
ended
is "$(grep -c '"reply":"ack"' "$T"/spool/*.jsonl) $(grep -c '"repeat"' "$T"/spool/*.jsonl)" '1 0' 'what was refused before is no first of a repetition'

# Who is not in the accounts file is refused, in the words of VdS 2465.
echo 'R1 * 4711 interval=90s' >"$T/accounts"
received -a "$T/accounts" --unknown refuse
answers 18 >/dev/null
bytes $event
like "$(answers 21)" '0402110003$|02110003$' 'an unknown account is told so'
ended
alarmrecv vds2465+udp://:0 2>"$T/err"
is "$? $(grep -c 'needs a connection' "$T/err")" '2 1' 'datagrams have no conversation'
plan_done
