#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What technicians paste, frames for a person, and the tables.
. tests/pipeline/lib.sh

frame='ED25003D"ADM-CID"0101R1L0#1002[#1002|1130 01 003]_20:14:03,01-13-2026'
damaged=${frame/ED25/ED26}
meaning='"account":"1002","format":"cid","code":"130","qualifier":"E","kind":"alarm","category":"burglary","severity":3,"zone":"003","partition":"01","label":"Intrusion alarm"'
wire() { printf '\n%s\r' "$frame"; }

# Plain digits, 30 bytes a line or COUNT.
digits() { perl -0777 -ne 'BEGIN { $n = $ENV{COUNT} // 30 } print unpack("H*", $_), "\n" for /.{1,$n}/gs'; }

# One event, nothing else, and no complaint: however it is written.
pasted() { # NAME COMMAND...
	local name=$1; shift
	"$@" | alarmdecode >"$T/out"
	is "${PIPESTATUS[1]} $(sed 's/.*\("account".*\)}$/\1/' "$T/out")" "0 $meaning" "$name"
}
pasted 'a frame as a log has it' echo "$frame"
pasted 'without a last LF' printf '%s' "$frame"
pasted 'with its own LF and CR' wire
pasted 'with CR LF' printf '%s\r\n' "$frame"
pasted 'words around it' echo "Jan 13 21:14:03 centre rx[33]: received '$frame' from 192.0.2.7 (61 bytes)"
pasted 'quoted, with \n and \r' echo "DEBUG frame=\"\\n${frame//\"/\\\"}\\r\", peer=192.0.2.7"
pasted 'with \x0a and \x0d' echo "\\x0a$frame\\x0d"
pasted 'out of a record within a line' echo "rx: {\"text\":\"\\u000a${frame//\"/\\\"}\\u000d\"}"
pasted 'with <LF> and <CR>' echo "<LF>$frame<CR>"
pasted 'with <0A> and <0D>' echo "<0A>$frame<0D>"
pasted 'with pictures of controls' echo "␊$frame␍"
pasted 'digits' eval "wire | COUNT=200 digits"
pasted 'digits on several lines' eval "wire | digits"
pasted 'capital digits with blanks' eval "wire | od -An -v -tx1 | tr a-f A-F"
pasted 'digits with 0x and commas' eval "wire | perl -0777 -ne 'print join(\", \", map { sprintf \"0x%02X\", ord } split //), \"\\n\"'"
pasted 'digits with colons' eval "wire | perl -0777 -ne 'print join(\":\", map { sprintf \"%02x\", ord } split //), \"\\n\"'"
dump() { perl -0777 -ne 'my ($o, $s) = (0, shift // ""); while (/(.{1,16})/gs) { my $l = $1; my @h = unpack "(H2)*", $l; (my $c = $l) =~ s/[^ -~]/./g;
	if ($ENV{FORM} eq "hexdump") { printf "%08x  %-23s  %-23s  |%s|\n", $o, "@h[0 .. ($#h > 7 ? 7 : $#h)]", $#h > 7 ? "@h[8 .. $#h]" : "", $c }
	elsif ($ENV{FORM} eq "xxd") { (my $g = join "", @h) =~ s/(.{4})(?=.)/$1 /g; printf "%08x: %-39s  %s\n", $o, $g, $c }
	elsif ($ENV{FORM} eq "wireshark") { printf "%04x   %-47s   %s\n", $o, "@h", $c }
	else { (my $g = join "", @h) =~ s/(.{4})(?=.)/$1 /g; printf "\t0x%04x:  %-39s  %s\n", $o, $g, $c }
	$o += length $l } printf "%08x\n", $o if $ENV{FORM} eq "hexdump"'; }
for form in hexdump xxd wireshark tcpdump; do
	export FORM=$form
	pasted "a dump as $form prints it" eval 'wire | dump'
done
pasted 'behind the headers of a packet' eval '{ printf "E\0\0\x71\x12\x34\x40\0\x40\x06\0\0\xc0\0\2\7\xc0\0\2\1\xc8\x21\x17\x71"; wire; } | dump'
for form in hexdump xxd; do
	export FORM=$form
	is "$({ wire | dump; printf '\n%s\r' "$damaged" | dump; wire | dump; } | alarmdecode | grep -o '"type":"[a-z]*"' | tr '\n' ' ')" \
		'"type":"event" "type":"error" "type":"event" ' "$form: dumps behind each other do not mix"
done
is "$({ echo "$damaged" | COUNT=200 digits; echo "$frame" | COUNT=200 digits; } | alarmdecode | grep -o '"type":"[a-z]*"' | tr '\n' ' ')" \
	'"type":"error" "type":"event" ' 'a damaged frame hides none behind it'

like "$(printf '\n%s\r\0' "$frame" | alarmdecode)" '"warnings":\["nul-after-cr"\]' 'NUL behind CR is the panel'"'"'s way, and told'

# Two frames in a line, and time and source in front.
is "$(printf '\n%s\r\n%s\r' "$frame" "$frame" | alarmdecode | grep -c "$meaning")" 2 'two frames'
is "$(echo "\\n$frame\\r\\n$frame\\r" | alarmdecode | grep -c "$meaning")" 2 'two frames in a line'
like "$(echo "2026-01-13T20:14:03.120Z ip:R1 $frame" | alarmdecode)" '"at":"2026-01-13T20:14:03.120Z",.*"drift_s":-0.1,.*"source":"R1"' 'TIME PATH FRAME'
like "$(echo "2026-01-13T20:14:03.120Z ip:R1 $(wire | COUNT=200 digits)" | alarmdecode)" '"at":"2026-01-13T20:14:03.120Z",.*"source":"R1"' 'TIME PATH DIGITS'
like "$(echo "2026-01-13T21:14:03+01:00 $frame" | alarmdecode)" '"at":"2026-01-13T20:14:03.000Z"' 'a time alone'
is "$(echo "2026-01-13T21:14:03+01:00 centre rx: $frame" | alarmdecode | grep -c '"source"')" 0 'the name of a host is no source'

# What has no reading is told with its bytes.
like "$(echo "$damaged" | alarmdecode)" '"error":"crc-bad".*"account":"1002","text":"ED26003D' 'a damaged frame'
like "$(echo "rx: '$damaged' from 192.0.2.7" | alarmdecode --ignore-crc)" '"code":"130".*"zone":"003".*"crc-bad"' 'read all the same when asked to'
like "$(echo 'bonjour' | alarmdecode)" '"type":"error".*"error":"noise".*"text":"bonjour"' 'no frame at all'
echo bonjour | alarmdecode >/dev/null
is $? 1 'exit 1'
like "$(echo 'GET / HTTP/1.1' | alarmdecode)" '"error":"neighbour","detail":"HTTP"' 'another protocol is named'
whole() { perl -MJSON::PP -ne '$r = decode_json($_); next if $r->{type} ne "error"; $ids{$r->{id}}++; $n += length($r->{text} // pack "H*", $r->{hex}); die if length > 65536;
	END { print $n, " ", scalar(grep { $_ > 1 } values %ids) }'; }
is "$(head -c 65536 /dev/zero | tr '\0' x | alarmdecode | whole)" '65536 0' '64 KiB of text: all bytes in parts, each with its own id'
is "$(head -c 1048577 /dev/zero | tr '\0' '\1' | alarmdecode | whole)" '1048577 0' '1 MiB of controls'
is "$(head -c 50000 /dev/zero | alarmdecode | whole)" '50000 0' 'NUL bytes'
{ perl -e 'srand 1; print map { $c = int rand 255; chr($c == 10 || $c == 123 ? 33 : $c) } 1 .. 204800'; echo "$frame"; } >"$T/noise"
is "$(alarmdecode "$T/noise" | grep -c "$meaning")" 1 '200 KiB of noise, then a frame: it is found'
alarmdecode "$T/noise" | grep '"type":"error"' | whole >"$T/out"
like "$(cat "$T/out")" '^20[0-9]{4} 0$' 'and the noise is told'
is "$({ echo "$frame"; echo; echo "$frame"; } | alarmdecode | wc -l)" 2 'empty lines between pasted ones are none'

# Annex of quirks: every shape that panels were seen to send.
annex() { # NAME FRAME WANT...
	local name=$1 got; shift
	got=$(printf '%s\n' "$1" | alarmdecode); shift
	for want; do like "$got" "$want" "$name"; done
}
annex 'no receiver, long line' 'F9EB0029"NULL"0000L000#0717[]_20:59:58,01-15-2026' '"type":"frame"'
annex 'empty line number' '76FA0033"SIA-DCS"0001L#22AB[#22AB|NCQ1]_14:33:53,01-15-2026' '"account":"22AB".*"code":"CQ".*"kind":"closing"'
annex 'no # in the data' 'C433003C"ADM-CID"0379R0L0#1064[1064|1602 00 000]_00:00:43,01-15-2026' '"account":"1064".*"kind":"test"'
annex 'hexadecimal letters' '6882003E"ADM-CID"0317R2BLE#7C4D[#7C4D|1131 02 014]_04:05:06,01-15-2026' '"receiver":"2B","line":"E".*"account":"7C4D"'
annex 'small letters' '093c003d"ADM-CID"0018R1L0#1002[#1002|1130 01 003]_01:02:03,01-15-2026' '"crc-lowercase","length-lowercase"'
annex 'a CRC of two bytes' '<88><7A>0029"NULL"0000R8L0#1213[]_21:00:10,01-15-2026' '"type":"frame".*"hex":"0a887a30303239224e554c4c'
annex 'no time' '04090026"SIA-DCS"0002L0#1002[#1002|Nri1/BA003]' '"code":"BA".*"zone":"003","partition":"1"'
annex 'several events' '3B560046"SIA-DCS"0003L0#1002[#1002|Nri1/BA003/BA005/TA007]_01:02:03,01-15-2026' '-1.1".*"zone":"003".*"of":3' '-1.2".*"zone":"005"' '-1.3".*"code":"TA".*"zone":"007"'
annex 'an area of four digits' '8BB3003A"SIA-DCS"0004L0#1002[#1002|Nri0000/LR]_21:26:19,01-15-2026' '"code":"LR".*"partition":"0000"'
annex 'neither area nor zone' '6BA40034"SIA-DCS"0442L000#1621[1621|NRP]_00:00:00,01-15-2026' '"code":"RP".*"kind":"test"'
annex 'a wrong CRC' 'FFFF003D"ADM-CID"0019R1L0#1002[#1002|1130 01 003]_01:02:03,01-15-2026' '"type":"error".*"error":"crc-bad"'
annex 'a wrong length' 'C661003E"ADM-CID"0020R1L0#1002[#1002|1130 01 003]_01:02:03,01-15-2026' '"code":"130".*"length-bad"'
annex 'a wrong length, words in front' 'rx: C661003E"ADM-CID"0020R1L0#1002[#1002|1130 01 003]_01:02:03,01-15-2026' '"code":"130".*"length-bad"'
annex 'an unknown token' '2FB20037"XXX-YYY"0021R1L0#1002[#1002|hello]_01:02:03,01-15-2026' '"account":"1002","kind":"undefined".*"severity":3,"text":"hello".*"token-unknown"'
annex 'an account of letters' '30DE003D"ADM-CID"0022R1L0#EEEE[#EEEE|1130 01 003]_01:02:03,01-15-2026' '"account":"EEEE"'
annex 'extended data' 'E5A10064"ADM-CID"0023R1L0#1002[#1002|1130 01 003][M0050C2000001][Vhttp://192.0.2.7/c/77]_01:02:03,01-15-2026' '"data":\{"mac":"0050C2000001","url":"http://192.0.2.7/c/77"\}'
annex 'still present' '36D6003D"ADM-CID"0024R1L0#1002[#1002|6130 01 003]_01:02:03,01-15-2026' '"code":"130","qualifier":"P"'
annex 'Contact ID without blanks' '375C003B"ADM-CID"0025R1L0#1002[#1002|113001003]_01:02:03,01-15-2026' '"code":"130".*"zone":"003".*"cid-no-blanks"'
annex 'over the year' '2027-01-01T00:00:01.000Z ip:R1 CA55003D"ADM-CID"0026R1L0#1002[#1002|1602 00 000]_23:59:59,12-31-2026' '"drift_s":-2.0'

# Recorded signals: kind, category, severity and number of each.
events() { alarmdecode | perl -MJSON::PP -ne '$r = decode_json($_); print join(" ", map { $_ // "-" } @$r{qw(account kind category severity)}, $r->{zone} // $r->{user}), "\n"'; }
is "$(events <<'WIRE'
2026-01-13T21:05:02.000Z ip:R1 E245003D"ADM-CID"0106R1L0#1002[#1002|1401 01 012]_21:05:02,01-13-2026
2026-01-13T21:32:10.000Z ip:R1 A294003D"ADM-CID"0107R1L0#1002[#1002|3401 01 012]_21:32:10,01-13-2026
2026-01-13T13:03:02.000Z ip:R1 0BF3003D"ADM-CID"0411R1L0#1001[#1001|1122 01 009]_13:03:02,01-13-2026
2026-01-13T13:03:48.000Z ip:R1 29CB003D"ADM-CID"0078R1L0#1003[#1003|1406 01 002]_13:03:48,01-13-2026
2026-01-13T13:10:00.000Z ip:R1 E363003D"ADM-CID"0034R1L0#1004[#1004|3301 00 000]_13:10:00,01-13-2026
2026-01-13T13:12:30.000Z ip:R1 7B4E003D"ADM-CID"0202R1L0#1007[#1007|3152 01 002]_13:12:30,01-13-2026
2026-01-14T02:20:15.000Z ip:R1 3FD1003C"SIA-DCS"0302R1L0#1002[#1002|Nri1/FA020]_02:20:15,01-14-2026
2026-01-14T02:20:40.000Z ip:R1 149D003C"SIA-DCS"0303R1L0#1002[#1002|Nri0/AT000]_02:20:40,01-14-2026
2026-01-14T07:58:30.000Z ip:R1 01B5003D"ADM-CID"0511R1L0#1008[#1008|1121 01 004]_07:58:30,01-14-2026
WIRE
)" '1002 opening arming 0 012
1002 closing arming 0 012
1001 alarm holdup 4 009
1003 cancel untyped 1 002
1004 trouble_restoral power_ac 0 -
1007 restoral environment 0 002
1002 alarm fire 4 020
1002 trouble power_ac 2 -
1008 alarm duress 4 004' 'what each signal is'

# A frame for a person.
explained=$(echo "$damaged" | alarmdecode --explain)
like "$explained" '^  CRC +ED26  WRONG: computed ED25$' 'the CRC as sent and as computed'
like "$explained" '^  length +61 bytes  right$' 'the length'
like "$explained" '^  account +1002$' 'the account'
like "$explained" '^  event +130 Intrusion alarm' 'what it means'
like "$explained" '^  answer +none: the panel repeats$' 'what is answered'
like "$(echo "$frame" | alarmdecode -e)" '^  answer +5A2F0014"ACK"0101R1L0#1002\[\]$' 'the acknowledgement, byte for byte'
echo "$frame" | alarmdecode -e >/dev/null
is $? 0 'a good frame: exit 0'
echo "$damaged" | alarmdecode -e >/dev/null
is $? 1 'a bad one: exit 1'
is "$(alarmdecode -e tests/corpus/dc09.case 2>/dev/null | awk 'length > 80' | LC_ALL=C grep -c '^[ -~]*$')" 0 'never wider than 80 columns'
french=$(echo "$frame" | LC_ALL=fr_FR.UTF-8 alarmdecode -e)
like "$french" '^  événement +130 Alarme intrusion' 'in French too'
record='{"type":"frame","id":"t1.e-1","at":"2026-01-15T01:02:03.500Z","proto":"dc09","text":"\nED25003D\"ADM-CID\"0101R1L0#1002[#1002|1130 01 003]_20:14:03,01-13-2026\r","reply":"ack"}'
is "$(echo "$record" | alarmdecode -e)" "$(echo "$frame" | alarmdecode -e)
  answered then   ack" 'the frame of a record: the same, and what was answered'
like "$({ echo "$record"; echo '{"type":"link","id":"l","at":"2026-01-15T01:02:03.500Z","account":"1002","state":"down"}'; } | alarmdecode -e | tail -1)" \
	'1002' 'another record is shown in a line'
is "$({ echo "$record"; echo "$record"; } | alarmdecode -e | grep -c '^$')" 1 'an empty line between two'

# Lines for a person.
like "$(echo "$record" | alarmdecode --text)" '1002 +130 +alarm +Intrusion alarm' 'an aligned line instead of the record'

# The tables.
like "$(alarmdecode --list)" '^  dc09 ' 'wire protocols'
like "$(alarmdecode --list)" '^ +SIA-DCS ADM-CID NULL ' 'and their tokens'
is "$(alarmdecode --list | awk 'length > 80')" '' 'within 80 columns'
like "$(alarmdecode --list)" '^  sia ' 'event languages'
is "$(alarmdecode --codes | wc -l)" "$(cat lib/event/*_codes.def | grep -c '^CODE(')" 'every code of all tables'
is "$(alarmdecode --codes | awk '{ print $1, $2 }' | sort | uniq -d)" '' 'each once'
is "$(alarmdecode --codes ba | cut -c1-9)" 'sia  BA  ' 'a code, of either case, is that code alone'
is "$(alarmdecode --codes 130 BA | wc -l)" 2 'several'
is "$(alarmdecode --codes DETECTEUR)" "$(alarmdecode --codes détecteur)" 'words without case and accents'
[ "$(alarmdecode --codes détecteur | wc -l)" -gt 1 ]
ok $? 'and there are some'
is "$(alarmdecode --codes --language fr 110)" 'cid  110  4  alarm fire                   Alarme incendie' 'labels in French'
alarmdecode --codes xyzzy >"$T/out"
is "$? $(cat "$T/out")" '1 ' 'a word that no code has: exit 1'
plan_done
