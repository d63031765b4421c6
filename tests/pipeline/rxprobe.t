#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What rxprobe says of recorded lines: each symptom of its table has a line
# that shows it.  Those of wrong settings are in rxprobe-line.t.
. tests/pipeline/lib.sh

HB='1011···········@····<14>'
LIFE='<0A>00·OKAY·@·<0D>'
BEAT='<03>051697"124039"02"0000"<V><0D>'

# words: of stdin's records, as "word state".
words() { sed -n 's/.*"check":"\([a-z0-9-]*\)","state":"\([a-z]*\)".*/\1 \2/p'; }
# shows NAME WORD STATE [OPTION…] <<NOTES: the recording shows that.
shows() {
	local name=$1 word=$2 state=$3; shift 3
	perl tests/pipeline/rxprobe-wire.pl >"$T/line"
	rxprobe --json "$@" wire:"$T/line" >"$T/said" 2>"$T/err"
	words <"$T/said" >"$T/words"
	grep -qx "$word $state" "$T/words"
	local status=$?
	ok $status "$word: $name"
	[ $status = 0 ] || sed 's/^/# /' "$T/words" "$T/err"
}
# and_not WORD: nor that.
and_not() { ! grep -q "^$1 " "$T/words"; ok $? "and not $1"; }

# --- A line that is well.
shows 'heartbeats, an event' protocol ok <<-.
	x3 +30 ser:R2 $HB
	+5 ser:R2 5021·181003E13001004<14>
.
is "$(grep -vc ' ok' "$T/words")" 0 'nothing is amiss'
is "$(sed -n 's/.*"device":"\([^"]*\)","check":"\(heartbeat\|account\|header\)".*"text":".*: \([^"]*\)","confidence":\([0-9]*\),*.*/\1 \2 \3 \4/p' "$T/said")" \
	'R2 header 3 90
R2 account 4 90
R2 heartbeat 30; supervise it with interval=30s in the accounts file, an alarm after 90 s 95' 'widths and period'
rxprobe wire:"$T/line" >"$T/said"
is $? 0 'exit 0'

# --- Nothing, or no more.
shows 'NUL and break' break critical <<-.
	x3 +1 ser:R2 <00!><break>
.
shows 'three heartbeats are missing' silent critical --until 2026-01-15T09:03:00Z <<-.
	x3 +30 ser:R2 $HB
.
shows 'two are missing' heartbeat ok --until 2026-01-15T09:02:40Z <<-.
	x3 +30 ser:R2 $HB
.
and_not silent
rxprobe --nagios --until 2026-01-15T09:03:00Z wire:"$T/line" >"$T/said"
is "$? $(sed 's/:.*|/ |/' "$T/said")" "2 VIGIE CRITICAL | 'R2 heartbeat'=30s;; 'R2 errors'=0%;0;5 'R2 age'=90s;60;90" 'nagios: critical, with the age'
rxprobe --nagios -w age=200 -c age=300 --until 2026-01-15T09:03:00Z wire:"$T/line" >"$T/said"
is "$? $(cat "$T/said")" "0 VIGIE OK: 6 checks | 'R2 heartbeat'=30s;; 'R2 errors'=0%;0;5 'R2 age'=90s;200;300" 'nagios: with thresholds of ones own'
shows 'a D6500 in manual mode' manual-mode critical --until 2026-01-15T10:00:00Z <<-.
	x2 +60 radionics-6500:R2 1010···········@····<14>
	+5 radionics-6500:R2 a011·123418113101015<14>
.

# --- What speaks.
shows 'some damage in clean text' noise warning <<-.
	x3 +30 ser:R2 $HB
	+30 ser:R2 1011·····<20!>·····@····<14>
.
shows 'a burst that is measured' framing critical <<-.
	x7 +0.03 ser:R2 <E1!><5F!><21!>
.
like "$(cat "$T/said")" 'a burst lasts 180 ms, as the 21 characters of a heartbeat do at about 1200' 'and what its length says'
shows 'B32 headers' b32 critical <<-.
	x3 +30 ser:R2 <00><00><00><19>$HB
.
shows '14 typed in decimal' terminator-0e critical <<-.
	x3 +30 ser:R2 1011···········@····<0E>
.
shows 'headers of two widths' header-width warning <<-.
	+1 ser:R2 5021·181003E13001004<14>
	+1 ser:R2 501001·181003E13001004<14>
.
shows 'another protocol' other-protocol critical <<-.
	x3 +30 surgard:R2 $LIFE
.
shows 'no protocol' unknown-protocol critical <<-.
	+1 ser:R2 {hello};{what·is·this};{nothing}
.
shows 'a burst of digits' no-terminator warning <<-.
	+1 ser:R2 1234
	+1 ser:R2 567812
.
shows 'check bytes wrong in clean text' converter critical <<-.
	x3 +5 ser:R2 <03>051697"124039"02"0000"A<0D><0A>
.
shows 'half records' damaged warning <<-.
	x3 +30 ser:R2 $HB
	+1 ser:R2 5021·181003E130<14>
.
shows 'a packet that never comes' split-message critical --until 2026-01-15T09:02:00Z <<-.
	+5 ser:R2 &051697"081356"01"0002"01101<05>1234"31,<V><0D>
.
shows 'a packet that comes' protocol ok --until 2026-01-15T09:02:00Z <<-.
	+5 ser:R2 &051697"081356"01"0002"01101<05>1234"31,<V><0D>
	+1 ser:R2 &051697"081356"01"0002"01101<05>1235"32<V><0D>
.
and_not split-message

# --- Is it answered?
shows 'every 4 s, four times, a pause, again' unanswered warning <<-.
	x4 +4 ser:R2 5021·181003E13001004<14>
	x4 +4 ser:R2 $HB
	x4 +4 ser:R2 5021·181003E13001004<14>
.
and_not nak
shows 'acknowledged and sent again' ack-ignored critical <<-.
	+1 ser:R2 5021·181003E13001004<14>
	+0.1 host:R2 <06>
	+4 ser:R2 5021·181003E13001004<14>
	+0.1 host:R2 <06>
	+4 ser:R2 5021·181003E13001004<14>
.
shows '25 times without a pause' nak critical <<-.
	x25 +0.2 ser:R2 5021·181003E13001004<14>
	+0.2 ser:R2 5021·181003R13001004<14>
.
and_not unanswered
shows 'three times, then the next' skipped critical <<-.
	x3 +0.5 radionics-6500:R2 a011·123418113101015<14>
	+0.5 radionics-6500:R2 a011·123418313101015<14>
.
shows 'SIA mode answered with a bare 06' reply-malformed critical <<-.
	x6 +4 ser:R2 <0A>8EFA16v00430101[#1234|NBA98]<0D>
.
shows 'each twice, then each once' computer-fault critical <<-.
	x2 +2 ser:R2 <0A>11·1234·18·E131·01·C015·<0D>
	+30 ser:R2 <0A>11·1234·18·E132·01·C016·<0D>
	+9 ser:R2 <0A>11·1234·18·R132·01·C016·<0D>
.
shows 'each once, and no answer' ack-disabled warning <<-.
	+1 fbi-cp220:R2 111234A3<0D>
	+5 fbi-cp220:R2 111235A3<0D>
	+5 fbi-cp220:R2 111236A3<0D>
.
shows 'ten repetitions' computer-fail critical <<-.
	x10 +1 fbi-cp220:R2 111234A3<0D>
	+1 fbi-cp220:R2 COMPUTER·FAIL<0D>
.
shows 'heartbeats without a pause' computer-trouble critical <<-.
	x6 +0.5 ser:R2 $BEAT
.
shows 'every 2 s for ever' every-2s critical <<-.
	x6 +2 exprecium:R2 12:01·15/01·R1L1·1234·ALARM·3<0D>
.
shows 'two records without an answer between' second-talker warning <<-.
	+1 ser:R2 5021·181003E13001004<14>
	+0.1 host:R2 <06>
	+1 ser:R2 5021·181003R13001004<14>
	+1 ser:R2 5021·181004E13001004<14>
.
shows 'copies glued together' glued warning <<-.
	+1 ser:R2 1061······1234···1··1061······1234···1··1061······1234···1··<14>
.

# --- Heartbeats and events.
shows 'heartbeats alone' no-events ok <<-.
	x3 +30 ser:R2 $HB
.
shows 'ITI: alive but idle' no-events ok <<-.
	x3 +45 iti-generic:R2 $LIFE
.
shows 'events and no heartbeat' no-heartbeat warning --until 2026-01-15T09:10:00Z <<-.
	+1 ser:R2 5021·181003E13001004<14>
	+50 ser:R2 5021·181003R13001004<14>
.
shows 'it answers when asked' phone-side warning <<-.
	+1 host:R2 S
	+1 ser:R2 $LIFE
	+20 host:R2 S
	+1 ser:R2 $LIFE
.
shows 'the receiver alone' internal-only warning <<-.
	x2 +30 ser:R2 $HB
	+1 ser:R2 S011[#0000|NLT01]<14>
.
shows 'a memory being emptied' backlog warning <<-.
	+1 ser:R2 5021·181003E13001004<14>
	+0.4 ser:R2 5021·181003R13001004<14>
	+0.4 ser:R2 5021·181005E60200000<14>
	+0.4 ser:R2 5021·181006E60200000<14>
.
like "$(cat "$T/said")" '"check":"events","state":"ok","value":4' 'events are counted'

shows 'S08: cut for 11 min 05 s, and three stored events' outage warning <<-.
	x3 +30 ser:R2 $HB
	+665 ser:R2 $HB
	+1 ser:R2 5021·181003E13001004<14>
	+0.4 ser:R2 5021·181003R13001004<14>
	+0.4 ser:R2 5021·181005E60200000<14>
	+30 ser:R2 $HB
.
like "$(cat "$T/said")" '"check":"outage","state":"warning","value":665' 'for 665 s'
like "$(cat "$T/words")" '^backlog warning' 'and backlog'

# --- The receiver of itself.
shows 'queue full' queue-full critical <<-.
	x2 +30 ser:R2 $BEAT
	+1 ser:R2 <02>051697"124039"02"0003"i<V><0D>
.
like "$(cat "$T/said")" 'STOPS ANSWERING PHONES: its queue is full: 69 Receiver: QUEUE FULL' 'said aloud'
LC_ALL= LC_MESSAGES= LANG=fr_FR.UTF-8 rxprobe --json wire:"$T/line" >"$T/said"
like "$(cat "$T/said")" '69 Récepteur : FILE PLEINE' 'and in French'
shows 'output absent and back' com-absent critical <<-.
	+1 ser:R2 1010······0000·A··05<14>
	+9 ser:R2 1010······0000·R··05<14>
	+30 ser:R2 1010······0000·A··05<14>
	+9 ser:R2 1010······0000·R··05<14>
.
shows 'mains' receiver-trouble critical <<-.
	+1 ser:R2 1010······0000·A··15<14>
.
shows 'printer' receiver-status warning <<-.
	+1 ser:R2 1010······0000·A··01<14>
.
shows 'phone line back' receiver-restored ok <<-.
	+1 ser:R2 1010······0000·R··30<14>
.
shows 'a command refused' reject-command warning <<-.
	+1 radionics-6500:R2 3010REJECT·COMMAND··<14>
.

# --- Connections.
shows 'closed at once' two-masters critical <<-.
	+1 tcp:R2 <open>
	+0.1 tcp:R2 <close>
	+1 tcp:R2 <open>
	+0.1 tcp:R2 <close>
.
shows 'no heartbeat within two periods' wrong-port critical --until 2026-01-15T09:02:00Z <<-.
	+1 tcp:R2 <open>
.
shows 'a console' wrong-port critical <<-.
	+1 tcp:R2 <open>
	+1 tcp:R2 System·III·console<0D><0A>Enter·password:
.
shows 'again and again' reconnects critical <<-.
	+1 tcp:R2 <open>
	+1 tcp:R2 5021·181003E13001004<14>
	+9 tcp:R2 <close>
	+1 tcp:R2 <open>
	+1 tcp:R2 5021·181003E13001004<14>
	+9 tcp:R2 <close>
.
shows 'TLS' stranger warning <<-.
	+1 tcp:R2 <open>
	+1 tcp:R2 <16><03><01><02><00><01><00><01>
.
shows 'HTTP' stranger warning <<-.
	+1 tcp:R2 <open>
	+1 tcp:R2 GET·/·HTTP/1.1<0D><0A>
.
and_not protocol
shows 'two in one piece' merged ok <<-.
	+1 tcp:R2 <open>
	+1 tcp:R2 5021·181003E13001004<14>5021·181003R13001004<14>$HB
.

# --- Real connections.
# talk PORT BYTES: a receiver that listens there, says that and stays.
talk() {
	perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1", LocalPort => $ARGV[0], ReuseAddr => 1) or die;
		open my $f, ">", $ARGV[2]; close $f;
		while (my $c = $s->accept) { print $c $ARGV[1]; $c->flush; next if $ARGV[1] eq ""; my $got; 1 while sysread $c, $got, 9; print STDERR "got $got" if length $got; }' "$@" &
	children="$children $!"; disown $!
	wait_for 5 test -e "$3"
}
port=$(free_port)
talk $port "$(printf '1011           @    \x145021 181003E13001004\x14')" "$T/ready.1" 2>"$T/written"
rxprobe --json --for 800ms "tcp-connect://127.0.0.1:$port#R3" >"$T/said"
is "$(words <"$T/said" | tr '\n' ,)" 'protocol ok,header ok,account ok,merged ok,events ok,age ok,' 'a receiver that listens on TCP'
is "$(cat "$T/written")" '' 'nothing was written to it'
port=$(free_port)
talk $port '' "$T/ready.2"
rxprobe --json --for 800ms "tcp-connect://127.0.0.1:$port" >"$T/said"
is "$(words <"$T/said" | grep -c '^two-masters critical')" 1 'two-masters: a real one that closes at once'
rxprobe --json --for 800ms "tcp-connect://127.0.0.1:$(free_port)" >"$T/said"
is "$? $(words <"$T/said" | head -1)" '1 refused critical' 'refused'
rxprobe --json --for 200ms "tcp://127.0.0.1:0" >"$T/said"
is "$? $(words <"$T/said" | head -1)" '1 nobody critical' 'nobody'
port=$(free_port)
rxprobe -v --json --for 2s "surgard+tcp://127.0.0.1:$port#R4" >"$T/said" 2>"$T/err" &
probe=$!
wait_for 10 grep -q 'listening on' "$T/err"
perl -MIO::Socket::INET -e 'my $c = IO::Socket::INET->new("127.0.0.1:$ARGV[0]") or die; print $c "5021 181003E13001004\x14"; $c->flush; sleep 1' $port
wait $probe
is "$(words <"$T/said" | tr '\n' ,)" 'protocol ok,header ok,account ok,events ok,age ok,' 'a receiver that dials'

# --- What stands in the way.
is "$(rxprobe serial://$T/none 2>&1; echo $?)" "rxprobe: serial://$T/none: no such device: is it plugged in? ls /dev/serial/by-id shows those that are
3" 'no such device'
is "$(rxprobe --nagios serial:///dev/null; echo $?)" 'VIGIE UNKNOWN: /dev/null: not a serial port
3' 'nagios: unknown'
like "$(rxprobe udp://:1025 2>&1; echo $?)" 'receivers speak over serial lines and TCP' 'no datagrams'
is "$(printf 'nonsense\n' | rxprobe --json wire:- 2>&1 >/dev/null; echo $?)" \
	'rxprobe: stdin:1: a line is TIME PATH FRAME, such as 2026-01-15T09:29:00.000Z ser:R2 1011…@…<14>, in the order of time
1' 'a recording that is none'
rxprobe wire:"$T/none" 2>/dev/null
is $? 3 'a recording that is not there'

# --- Every symptom is named by one test or another.
for word in $(sed -n 's/^SYMPTOM([A-Z0-9_]*, "\([^"]*\)".*/\1/p' lib/link/symptoms.def); do
	cat tests/pipeline/rxprobe.t tests/pipeline/rxprobe-line.t tests/pipeline/rxprobe-play.t | grep -qE "(shows|sees|is|like|fits) .*\b$word\b"
	ok $? "$word has a test"
done
plan_done
