#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A hardware receiver on a TCP port: heartbeats, events and damage, answered
# in its own way, kept, and decoded; its silence told.
. tests/pipeline/lib.sh

# field KEY...: of each record on stdin, a line each.
field() {
	perl -MJSON::PP -e '@k = splice @ARGV; while (<STDIN>) { my $r = decode_json($_);
		print join(" ", map { my $v = $r->{$_}; ref $v ? join(",", @$v) : $v // "-" } @k), "\n" }' "$@"
}

alarmrecv surgard+tcp://127.0.0.1:0#R2 --spool "$T/spool" --reserve 0 >/dev/null 2>"$T/err" &
receiver=$!
wait_for 10 grep -q 'listening on surgard+tcp://' "$T/err"
port=$(sed -n 's/.*surgard+tcp:.*:\([0-9]*\)#R2.*/\1/p' "$T/err")
exec 3<>"/dev/tcp/127.0.0.1/$port"
# answers N: so many bytes off the connection, as hexadecimal digits.
answers() { head -c "$1" <&3 | od -An -tx1 | tr -d ' \n'; }
printf '1011           @    \x14' >&3
is "$(answers 1)" 06 'a heartbeat is acknowledged'
printf '5021 181003E13001004\x145021 181003R13001004\x14S021[#1005|NFA' >&3
is "$(answers 2)" 0606 'two in a segment: one byte each'
printf '12]\x14' >&3
is "$(answers 1)" 06 'what a segment cut in two'
printf '5021 18103E13001004\x14' >&3
is "$(answers 1)" 15 'a byte lost: refused'
printf '1020      0000 A  15\x14Q021 what is this\x14' >&3
is "$(answers 2)" 0606 'the receiver of itself; a type that nobody published'
exec 3>&-
kill -TERM $receiver
wait $receiver
is "$(alarmdecode "$T"/spool/*.jsonl | field type source account kind category zone error)" 'event R2 1003 alarm burglary 004 -
event R2 1003 restoral burglary 004 -
event R2 1005 alarm fire 12 -
error R2 - - - - width-bad
event R2 0000 trouble system 15 -
event R2 - undefined untyped - -' 'kept and decoded'
is "$(cat "$T"/spool/*.jsonl | grep -c '@')" 0 'the heartbeat is not kept'

# A receiver that listens: we dial, and dial again.
port=$(free_port)
alarmrecv "surgard+tcp-connect://127.0.0.1:$port#R4" --spool "$T/dialled" --reserve 0 2>"$T/err" &
receiver=$!
is "$(timeout 30 perl -MIO::Socket::INET -e '
	my $listener = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1", LocalPort => shift, ReuseAddr => 1) or die;
	for my $records (["1011           @    \x14", "5021 181003E13001004\x14"], ["5021 181003R13001004\x14", "5021 18103R13001004\x14"]) {
		my $s = $listener->accept;
		for (@$records) {
			syswrite $s, $_;
			sysread $s, my $answer, 8;
			print unpack "H*", $answer;
		}
	}' "$port")" 06060615 'a receiver that listens is dialled, and dialled again when it hangs up'
kill -TERM $receiver
wait $receiver
is "$(alarmdecode "$T"/dialled/*.jsonl | field type source kind error)" 'event R4 alarm -
event R4 restoral -
error R4 - width-bad' 'and what it says is kept'

# Whoever knows the receiver's account is told of its silence.
echo 'R2 * 0000 interval=30s' >"$T/accounts"
alarmrecv -a "$T/accounts" wire:- --until 2026-01-15T09:35:00Z >"$T/records" 2>"$T/err" <<'WIRE'
2026-01-15T09:29:30.000Z ser:R2 1011···········@····<14>
2026-01-15T09:30:00.000Z ser:R2 1011···········@····<14>
WIRE
is "$(field type at source account state since <"$T/records")" \
	'link 2026-01-15T09:31:30.000Z R2 - down 2026-01-15T09:30:00.000Z' 'S08: silent for 90 seconds'
# One that the file does not name is supervised from its first heartbeat on;
# a line without an interval says that it shall not be.
silent() {
	alarmrecv ${1:+-a "$1"} wire:- --until 2026-01-15T09:40:00Z 2>"$T/err" <<-'WIRE' | field type at source state
	2026-01-15T09:29:00.000Z ademco-685:R3 <0A>00 OKAY @<0D>
	2026-01-15T09:29:30.000Z ser:R2 5021·181003E13001004<14>
	WIRE
}
is "$(silent '')" 'frame 2026-01-15T09:29:30.000Z R2 -
link 2026-01-15T09:31:15.000Z R3 down' 'not in the file: after its first heartbeat, by the usual interval of its kind'
echo 'R3 * 0000' >"$T/accounts"
is "$(silent "$T/accounts")" 'frame 2026-01-15T09:29:30.000Z R2 -' 'in the file without an interval: not supervised'

# We were away: what it had kept comes first.
alarmrecv wire:- --spool "$T/kept" 2>"$T/err" <<'WIRE'
2026-01-15T09:30:00.000Z ser:R2 1011···········@····<14>
2026-01-15T09:30:20.000Z ser:R2 5021·181001E13001001<14>
WIRE
alarmrecv wire:- --spool "$T/kept" 2>"$T/err" <<'WIRE'
2026-01-15T09:35:00.000Z ser:R2 5021·181001E13001002<14>
2026-01-15T09:35:00.400Z ser:R2 5021·181001E13001003<14>
2026-01-15T09:35:30.000Z ser:R2 1011···········@····<14>
2026-01-15T09:35:31.000Z ser:R2 5021·181001E13001004<14>
WIRE
is "$(cat "$T"/kept/*.jsonl | alarmdecode | field zone warnings)" '001 -
002 delayed
003 delayed
004 -' 'our own stop: events are delayed until the next heartbeat'
is "$(cat "$T"/kept/*.jsonl | alarmdecode | grep -o '"delayed_since":"[^"]*"' | sort -u)" '"delayed_since":"2026-01-15T09:30:20.000Z"' 'since we were there last'
# Down when we stopped, back when we start: told.
printf '%s\n' '2026-01-15T10:00:00.000Z ser:R2 1011···········@····<14>' >"$T/wire"
alarmrecv "wire:$T/wire" --until 2026-01-15T10:05:00Z --spool "$T/down" 2>"$T/err"
for start in 11 12; do
	printf '%s\n' "2026-01-15T$start:00:00.000Z ser:R2 1011···········@····<14>" >"$T/wire"
	alarmrecv "wire:$T/wire" --spool "$T/down" 2>"$T/err"
done
is "$(cat "$T"/down/*.jsonl | grep link | field at source state since)" '2026-01-15T10:01:30.000Z R2 down 2026-01-15T10:00:00.000Z
2026-01-15T11:00:00.000Z R2 up 2026-01-15T10:00:00.000Z' 'a receiver that was down at the start comes back, once'
echo 'R1 * 1002 interval=30s' >"$T/accounts"
alarmrecv -a "$T/accounts" --unknown refuse --show-replies wire:- >"$T/records" 2>"$T/err" <<'WIRE'
2026-01-15T09:30:00.000Z ser:R2 1011···········@····<14>
2026-01-15T09:30:01.000Z ser:R2 5021·181003E13001004<14>
WIRE
is "$(grep -c '<06>$' "$T/err") $(field reply flags <"$T/records")" '2 duh account-unknown' \
	'an unknown account: kept for a person, and the calls behind it are not held up'

# A key for all accounts is for those who can encrypt.
(umask 077; echo 'key * 00112233445566778899AABBCCDDEEFF' >"$T/keys")
alarmrecv -k "$T/keys" --clear refuse wire:- >"$T/records" 2>"$T/err" <<'WIRE'
2026-01-15T09:30:01.000Z ser:R2 5021·181003E13001004<14>
2026-01-15T09:30:02.000Z ip:R1 136A0022"SIA-DCS"0001L0#1002[#1002|NZZ003]
WIRE
is "$(field proto reply flags <"$T/records")" 'surgard ack -
dc09 duh unencrypted' 'what a receiver prints is never encrypted, and not refused for it'

# Pasted by a technician.
is "$(printf '%s\n' '5011·181234E12101001<14>' '5011 181234E12101001\x14' '5011 181234E12101001' '2026-01-15T09:41:06.4Z ser:R2 5011·181234E12101001<14>' |
	alarmdecode -p surgard | field account code user source)" '1234 121 001 -
1234 121 001 -
1234 121 001 -
1234 121 001 R2' 'blanks as dots, the end in any writing or not at all'
like "$(echo '5011 181234E13001004<14>' | alarmdecode -p surgard --explain)" '^  event +130 Intrusion alarm .alarm burglary., partition 01, zone 004$' 'explained to its event'
plan_done
