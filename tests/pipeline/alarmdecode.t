#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Records of the pipe: frames become events, all else goes on as it came.
. tests/pipeline/lib.sh

frame() { # ID TEXT [MORE]: a record; TEXT as it stands in JSON
	printf '{"type":"frame","id":"%s","at":"2026-01-15T01:02:03.500Z","proto":"dc09","source":"R1","via":"tcp","peer":"192.0.2.7:51234","text":"%s"%s}\n' \
		"$1" "$2" "${3-,\"reply\":\"ack\"}"
}
one='\nED25003D\"ADM-CID\"0101R1L0#1002[#1002|1130 01 003]_20:14:03,01-13-2026\r'
three='\n3B560046\"SIA-DCS\"0003L0#1002[#1002|Nri1/BA003/BA005/TA007]_01:02:03,01-15-2026\r'
poll='\nF9EB0029\"NULL\"0000L000#0717[]_20:59:58,01-15-2026\r'
crc='\nFFFF003D\"ADM-CID\"0019R1L0#1002[#1002|1130 01 003]_01:02:03,01-15-2026\r'

# The event, key by key, in the order of the design.
sample='{"type":"frame","id":"pc1.mbvq3k7h2f-42","at":"2026-01-13T20:14:03.120Z","proto":"dc09","source":"R1","via":"tcp","peer":"192.0.2.7:51234","text":"'$one'","reply":"ack"}'
is "$(echo "$sample" | alarmdecode)" \
	'{"type":"event","id":"pc1.mbvq3k7h2f-42","at":"2026-01-13T20:14:03.120Z","sent":"2026-01-13T20:14:03Z","drift_s":-0.1,"proto":"dc09","source":"R1","peer":"192.0.2.7:51234","receiver":"1","line":"0","seq":"0101","account":"1002","format":"cid","code":"130","qualifier":"E","kind":"alarm","category":"burglary","severity":3,"zone":"003","partition":"01","label":"Intrusion alarm"}' \
	'a frame, its event'
echo "$sample" | alarmdecode --language fr >"$T/fr"
is "$(sed 's/"label":"[^"]*"//' "$T/fr")" "$(echo "$sample" | alarmdecode | sed 's/"label":"[^"]*"//')" 'in French only the label differs'
like "$(cat "$T/fr")" '"label":"Alarme intrusion"' 'and it is French'

# Several events of one frame.
frame t1.e-7 "$three" | alarmdecode >"$T/out"
is "$(grep -o '"id":"[^"]*"\|"code":"..","\|"zone":"[0-9]*"\|"of":[0-9]*' "$T/out" | tr -d '\n')" \
	'"id":"t1.e-7.1""code":"BA",""zone":"003""of":3"id":"t1.e-7.2""code":"BA",""zone":"005""of":3"id":"t1.e-7.3""code":"TA",""zone":"007""of":3' \
	'three events in order, numbered, each says how many'

# What is no news goes on byte for byte, in its place.
{
	echo '{"type":"mark","id":"m1","at":"2026-01-15T01:00:00.000Z","state":"warm","cursor":"t1.e-1"}'
	frame t1.e-8 "$poll"
	frame t1.e-9 "$one" ',"reply":"ack","repeat":"t1.e-7"'
	printf ' { "type" : "link", "id":"l1" ,"unknown":{"a":[1,2.50e3,null]},  "at":"2026-01-15T01:00:00Z" } \t\n'
	echo '{"type":"error","id":"s@12","at":"2026-01-15T01:00:00.000Z","error":"torn","text":"\u0000é"}'
	echo '{"no":"type"}'
	echo '{}'
	echo
} >"$T/in"
alarmdecode <"$T/in" >"$T/out"
is $? 0 'nothing bad among marks, links, polls, repeats and records that are not known'
cmp "$T/in" "$T/out"
ok $? 'all passed on byte for byte'
for odd in '""' null false 7 '{}'; do
	like "$(frame t1.e-9 "$one" ",\"repeat\":$odd" | alarmdecode)" '"type":"event"' "\"repeat\":$odd names no frame, so the event is printed"
done

# What reception refused.
refusal() { frame t1.e-10 "$one" "$1" | alarmdecode; }
like "$(refusal ',"reply":"nak","flags":["account-unknown"]')" \
	'^\{"type":"error","id":"t1.e-10","at":"2026-01-15T01:02:03.500Z","error":"time-window","detail":"[^"]+","proto":"dc09","source":"R1","peer":"192.0.2.7:51234","account":"1002","text":"' \
	'NAK: an error that says why, with account and bytes'
for why in key-missing key-wrong unencrypted account-unknown token-unknown; do
	like "$(refusal ",\"reply\":\"duh\",\"flags\":[\"line-empty\",\"$why\"]")" "\"error\":\"$why\".*\"account\":\"1002\"" "DUH: $why"
done
like "$(refusal ',"reply":"duh"')" '"type":"error".*"account":"1002"' 'DUH without a reason is an error too'
refusal ',"reply":"duh"' >/dev/null
is $? 1 'and the exit status is 1'
like "$(frame t1.e-11 "$one" ',"reply":"ack","flags":["unencrypted","no-such-word"]' | alarmdecode)" '"warnings":\["unencrypted"\]' \
	'flags of reception stand among the warnings'

# Bad frames.
like "$(frame t1.e-12 "$crc" | alarmdecode)" '"type":"error","id":"t1.e-12",.*"error":"crc-bad",.*"account":"1002","text":"\\nFFFF003D' 'a CRC that fits in no way'
like "$(frame t1.e-12 "$crc" | alarmdecode --ignore-crc)" '"type":"event".*"code":"130".*"warnings":\["crc-bad"\]' 'read all the same when asked to'
like "$(frame t1.e-13 'GET / HTTP/1.1' | alarmdecode)" '"error":"neighbour","detail":"HTTP"' 'a neighbour is named'
frame t1.e-14 "$one" | sed 's/dc09/morse/' >"$T/in"
alarmdecode <"$T/in" >"$T/out"
is "$?" 1 'a protocol that is not known: exit 1'
is "$(sed -n 1p "$T/out")" "$(cat "$T/in")" 'the frame goes on as it came'
like "$(sed -n 2p "$T/out")" '"type":"error","id":"t1.e-14".*"error":"protocol-unknown"' 'an error behind it'
for lacking in id at text; do
	frame t1.e-15 "$one" | perl -pe "s/\"$lacking\":\"(?:[^\"\\\\]|\\\\.)*\",//" >"$T/in"
	alarmdecode <"$T/in" >"$T/out"
	is "$(sed -n 1p "$T/out")" "$(cat "$T/in")" "a frame without $lacking goes on as it came"
	like "$(sed -n 2p "$T/out")" '"type":"error","id":"[^"]+","at":"[^"]+","error":"record-bad"' 'an error behind it'
	is "$(grep -c '""' "$T/out")" 0 'with nothing empty in it'
	[ $lacking = text ] || like "$(alarmdecode --explain <"$T/in")" 1002 'and it is explained all the same'
done

# Poison lines: each goes on as it came, an error behind it.
poison() { # NAME REASON COMMAND...: the line it prints
	local name=$1 reason=$2; shift 2
	"$@" >"$T/in"
	frame t1.e-16 "$one" >>"$T/in"
	alarmdecode <"$T/in" >"$T/out"
	is $? 1 "$name: exit 1"
	cmp -s <(sed -n 1p "$T/in") <(sed -n 1p "$T/out")
	ok $? "$name: passed on as it came"
	like "$(sed -n 2p "$T/out" | cut -c1-200)" "^\{\"type\":\"error\",.*\"error\":\"record-bad\",\"detail\":\"$reason" "$name: an error behind it"
	like "$(sed -n 3p "$T/out")" '"type":"event","id":"t1.e-16"' "$name: the next frame is read"
	is "$(wc -l <"$T/out")" 3 "$name: three lines"
}
long() { printf '{"a":"'; head -c "$1" /dev/zero | tr '\0' x; echo '"}'; }
poison 'half a record' '' echo '{"type":"frame","id":'
poison 'a key twice' 'a key stands twice' echo '{"type":"event","id":"1","id":"2"}'
poison 'no UTF-8' 'bytes that are no UTF-8' printf '{"type":"event","a":"\xff\xfe"}\n'
poison 'a NUL byte' 'a control byte' printf '{"a":"\0"}\n'
poison '64 KiB' 'longer than 64 KiB' long 65528
poison '1 MiB' 'longer than 64 KiB' long 1048576
long 65527 >"$T/in"
is "$(wc -c <"$T/in")" 65536 'a record of exactly 64 KiB'
alarmdecode <"$T/in" | cmp -s - "$T/in"
ok $? 'is one'
{ frame t1.e-17 "$one"; echo '{"type":'; } >"$T/in"
like "$(alarmdecode <"$T/in" | tail -1)" '"at":"2026-01-15T01:02:03.500Z"' "an error's time is the stream's, never the system's"
cmp -s <(alarmdecode <"$T/in") <(alarmdecode <"$T/in")
ok $? 'and its id is the same when the stream is read again'

# The last line may lack its LF; nothing at all is nothing.
is "$(printf '%s' "$sample" | alarmdecode | grep -c '"type":"event"')" 1 'a last line without LF'
{ printf '{"a":"'; head -c 200000 /dev/zero | tr '\0' x; } | alarmdecode | tail -1 >"$T/out"
like "$(cut -c1-150 "$T/out")" '"error":"record-bad"' 'a long one that never ends'
is "$(alarmdecode </dev/null)" '' 'nothing in, nothing out'
is "$(alarmdecode <(frame t1.e-18 "$one") - <(frame t1.e-20 "$one") < <(frame t1.e-19 "$one") | grep -o 't1.e-..' | tr '\n' ' ')" \
	't1.e-18 t1.e-19 t1.e-20 ' 'files in their order, - is standard input'

# Each line is answered when it comes, though many are written at once.
mkfifo "$T/to" "$T/from"
alarmdecode <"$T/to" >"$T/from" &
children="$children $!"
exec 7>"$T/to" 8<"$T/from"
for i in 1 2 3; do
	frame "t1.e-3$i" "$one" >&7
	read -r -t 10 line <&8
	like "$line" "\"id\":\"t1.e-3$i\"" "line $i is answered while the input stays open"
done
exec 7>&- 8<&-

# Encrypted frames: opened by reception, by a key, or not at all.
sealed() { sed -n "/^# $1:/,/^answer/p" tests/corpus/dc09.case; }
case=$(grep -m1 -B40 '^key hex:' tests/corpus/dc09.case | grep '^# ' | tail -1 | sed 's/^# \([^:]*\):.*/\1/')
key=$(sealed "$case" | sed -n 's/^key //p' | head -1)
bytes=$(sealed "$case" | sed -n 's/^panel "\(.*\)"$/\1/p' | head -1 | sed 's/\\x\(..\)/\\u00\1/g')
printf 'key * %s\n' "$key" >"$T/keys"
chmod 600 "$T/keys"
like "$(frame t1.e-40 "$bytes" ',"reply":"none"' | alarmdecode)" '"error":"key-missing"' 'no key: an error'
like "$(frame t1.e-40 "$bytes" ',"reply":"none"' | alarmdecode --keys "$T/keys")" '"type":"(event|frame)"' 'the right key opens it'
printf 'key * hex:00000000000000000000000000000001\n' >"$T/wrong"
chmod 600 "$T/wrong"
like "$(frame t1.e-40 "$bytes" ',"reply":"none"' | alarmdecode -k "$T/wrong")" '"error":"key-wrong"' 'the wrong one does not'
like "$(frame t1.e-40 "$bytes" ',"clear":"|Nri1/BA007]_01:02:03,01-15-2026","reply":"ack"' | alarmdecode)" '"code":"BA".*"zone":"007"' \
	'what reception opened is read without a key'
for said in "$(frame t1.e-40 "$bytes" | alarmdecode 2>&1)" "$(frame t1.e-40 "$bytes" | alarmdecode --explain -k "$T/keys" 2>&1)"; do
	! grep -qiF "${key#*:}" <<<"$said"
	ok $? 'the key is shown nowhere'
done

# The corpus: what is good has no error, what is bad has one, accounts and numbers of events agree.
perl -MJSON::PP -e '
	use strict; use warnings;
	my ($name, %case, @cases);
	open my $in, "<", "tests/corpus/dc09.case" or die;
	sub plain { (my $b = shift) =~ s/\\(x(..)|.)/$2 ? chr hex $2 : {n=>"\n",r=>"\r"}->{$1} \/\/ $1/ge; return $b }
	sub done { push @cases, {%case} if defined $case{panel}; %case = () }
	while (<$in>) {
		chomp;
		if (/^$/) { done() }
		elsif (/^# ([^:\s]+):/) { $case{name} //= $1 }
		elsif (/^panel "(.*)"$/) { $case{panel} .= plain($1) }
		elsif (/^verdict (\w+)/) { $case{verdict} = $1 }
		elsif (/^key (\S+)/) { $case{key} = $1 }
		elsif (/^event /) { $case{events}++ }
		elsif (/^header .*?token="([^"]*)".*?account="([^"]*)"/) { @case{qw(token account)} = ($1, plain($2)); utf8::decode($case{account}) }
	}
	done();
	open my $frames, ">", "$ENV{T}/corpus.in" or die;
	open my $hex, ">", "$ENV{T}/corpus.hex" or die;
	# Encrypted ones need a key; fewer than twelve bytes are not taken for digits.
	my @plain = grep { !$_->{key} && $_->{panel} !~ /"\*/ && length $_->{panel} >= 12 } @cases;
	for my $i (0 .. $#plain) {
		my $h = unpack "H*", $plain[$i]{panel};
		print $frames qq({"type":"frame","id":"c.e-$i","at":"2026-01-15T00:00:00.000Z","proto":"dc09","hex":"$h"}\n);
		print $hex "2026-01-15T00:00:00.000Z $h\n";
	}
	close $frames; close $hex;
	my %got;
	open my $out, "-|", "alarmdecode $ENV{T}/corpus.in" or die;
	while (<$out>) { my $r = decode_json($_); my ($i) = $r->{id} =~ /^c\.e-(\d+)/; push @{$got{$i}}, $r }
	my $wrong = 0;
	for my $i (0 .. $#plain) {
		my ($c, @r) = ($plain[$i], @{$got{$i} // []});
		my @events = grep { $_->{type} eq "event" } @r;
		my @errors = grep { $_->{type} eq "error" } @r;
		my $bad = ($c->{verdict} // "good") ne "good";
		my $fits = @r && ($bad ? @errors == 1 && !@events : !@errors) &&
			($bad || !$c->{events} || @events >= $c->{events}) &&
			!grep { length($c->{account} // "") && $_->{account} ne $c->{account} } @events;
		next if $fits;
		$wrong++;
		print "# $c->{name}: ", scalar @events, " events, ", scalar @errors, " errors\n";
	}
	print "$wrong of ", scalar @plain, " cases wrong\n";
' >"$T/said"
grep '^#' "$T/said"
like "$(tail -1 "$T/said")" '^0 of [1-9][0-9]+ cases wrong' 'the corpus through the command'
# Two ways that must agree: as records, and as digits that somebody pasted.
strip() { grep '"type":"e' | sed 's/"id":"[^"]*",//'; }
is "$(alarmdecode <"$T/corpus.hex" | strip | md5sum)" "$(alarmdecode <"$T/corpus.in" | strip | md5sum)" 'pasted as hexadecimal digits: the same'

# Called wrongly, or out of room.
alarmdecode --protocol morse 2>"$T/err"
is "$?" 2 'an unknown protocol: exit 2'
alarmdecode --language de 2>"$T/err"
is "$?" 2 'an unknown language: exit 2'
chmod 644 "$T/keys"
alarmdecode -n --keys "$T/keys" 2>"$T/err"
is "$?" 2 'a keys file that others may read: exit 2'
like "$(cat "$T/err")" "$T/keys" 'and it is named'
chmod 600 "$T/keys"
alarmdecode -n --keys "$T/keys" <"$T/in" >"$T/out"
is "$? $(cat "$T/out")" '0 ' '-n checks and reads nothing'
alarmdecode "$T/no-such-file" 2>"$T/err"
is "$?" 3 'a file that is not there: exit 3'
like "$(cat "$T/err")" "^alarmdecode: $T/no-such-file: " 'and it is named'
echo "$sample" | alarmdecode >/dev/full 2>"$T/err"
is "$?" 3 'no room on standard output: exit 3'
like "$(cat "$T/err")" '^alarmdecode: stdout: ' 'and that is said'
for i in $(seq 3000); do echo "$sample"; done >"$T/in"
{ alarmdecode <"$T/in" 2>"$T/err"; echo $? >"$T/status"; } | head -1 >/dev/null
is "$(cat "$T/status")" 3 'a reader that went away: exit 3'
is "$(wc -l <"$T/err")" 1 'told once'
plan_done
