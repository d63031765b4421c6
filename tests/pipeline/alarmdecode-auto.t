#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Bytes that nothing names: "proto":"auto", --protocol auto, --format auto.
. tests/pipeline/lib.sh

# shown KEY...: one line a record of standard input; data.KEY, lists by commas, - for none.
shown() { perl -MJSON::PP -ne 'BEGIN { @k = @ARGV; @ARGV = () } my $r = decode_json($_); my $d = $r->{data} // {};
	print join(" ", map { my $v = /^data\.(.*)/ ? $d->{$1} : $r->{$_}; ref $v ? join(",", @$v) : $v // "-" } @k), "\n"' "$@"; }

# record TEXT: a frame record that names no protocol, the text in the escapes of JSON.
count=0
record() { count=$((count + 1)); printf '{"type":"frame","id":"pc1.e-%s","at":"2026-01-13T20:14:03.000Z","proto":"auto","text":"%s"}\n' $count "$1"; }

dc09='\nED25003D\"ADM-CID\"0101R1L0#1002[#1002|1130 01 003]_20:14:03,01-13-2026\r'
{
	record "$dc09"
	record '1011      1234 A 003\u0014'
	record '5011 181234E12101001\u0014'
	record '1234181131010158'
	record '123431 123431'
} >"$T/frames"
alarmdecode --json <"$T/frames" >"$T/events"
is $? 1 'frames that name no protocol are read; the code of one is in no table'
is "$(shown type proto format account data.sure warnings <"$T/events")" 'event dc09 cid 1002 check -
event surgard pulse 1234 doubtful detected-by-form,detected-doubtful,also-radionics-6500
event surgard cid 1234 form detected-by-form,also-radionics-6500
event - cid 1234 check cid-dtmf-string
event - pulse 1234 check code-unknown,also-surtec' 'by their check, by their form with the twin named, and payloads without a frame'

{
	record "${dc09/ED25/ED26}"
	record '1234181131010157'
	record '1233 1234'
	record 'nobody'
} | alarmdecode --json >"$T/bad"
is $? 1 'what nothing fits: exit status 1'
is "$(shown type error proto account warnings <"$T/bad")" 'error crc-bad dc09 1002 -
error checksum - - -
event - - 1233 code-unknown,check-missing,detected-by-form,detected-doubtful,also-robofon,damaged-pulse
event - - 1233 code-unknown,check-missing,detected-by-form,detected-doubtful,also-robofon,damaged-pulse
error noise - - -' 'a damaged frame is an error that names its protocol; a form beside damage is doubtful and names it'
like "$(sed -n 1p "$T/bad")" '"detail":"damaged, nearest is dc09: ' 'the nearest is named'
like "$(sed -n 2p "$T/bad")" '"detail":"damaged, nearest is cid: ' 'a language too'

record '5011 181234E12101001\u00145011 181234E13001002\u0014' | alarmdecode --json >"$T/two"
is "$(shown id code <"$T/two")" "pc1.e-6.1 121
pc1.e-6.2 130" 'two frames in one record are both read, each under its own id'

record '1011           @    \u0014' >"$T/poll"
is "$(alarmdecode --json <"$T/poll")" "$(cat "$T/poll")" 'a heartbeat is passed on as it came'

sed 's/"auto"/"dc09"/' "$T/frames" | head -2 | tail -1 | alarmdecode --json -p auto | shown type proto >"$T/forced"
is "$(cat "$T/forced")" 'event surgard' '-p auto asks again what a record is in'

printf '%s\n' '01·1234·18·1131·01·C015' 'got ED25003D"ADM-CID"0101R1L0#1002[#1002|1130 01 003]_20:14:03,01-13-2026 from peer' \
	'04 56 21 43 65 87 05 02 01 05 00 01 22' '5011 181234E12101001\x14' | alarmdecode --json -p auto >"$T/pasted"
is $? 0 'pasted lines are read'
is "$(shown proto format account data.sure <"$T/pasted")" 'ademco-685 cid 1234 doubtful
dc09 cid 1002 check
- vds 12345678 form
surgard cid 1234 form' 'with dots for blanks, among the words of a log, as hexadecimal digits, with escapes'

printf '1011      1234 A 003\024' | od -A x -t x1 | sed 's/^00//' | alarmdecode --json -p auto | shown proto account >"$T/dump"
is "$(cat "$T/dump")" 'surgard 1234' 'and a dump of several lines'

printf '%s\n' '1234 5515 5555 7' '5011 181234E12101001\x14' | alarmdecode --json -f auto >"$T/payloads"
is $? 1 '-f auto knows no frames'
is "$(shown type format warnings <"$T/payloads" | head -1)" \
	'event fast-format channel-plan,detected-by-form,detected-doubtful,also-ademco-hs' 'and names the other language'

printf '%s\n' '5011 181234E12101001\x14' 'nobody' | alarmdecode --json >"$T/hint"
is $? 1 'who names nothing gets DC-09 alone'
is "$(shown error detail <"$T/hint")" 'neighbour no frame of dc09; surgard fits: --protocol auto reads it
noise bytes that are no frame' 'and is told what would fit'

like "$(record '5022 18123E13001003\u0014' | alarmdecode --json)" '"warnings":\["code-unknown",.*"detected-doubtful","damaged-surgard"\]' \
	'what is doubtful names the record that it may be, damaged'
like "$(printf '%s\n' 'DBAC16\t00120304[#1234|NBA12]' | alarmdecode -p auto --json)" '"proto":"bosch-sia",.*"zone":"12"' 'a tab that a log writes is read'

like "$(alarmdecode -p auto --explain <"$T/frames")" '^Recognised: surgard, by its form alone$' '--explain says what it took them for'
like "$(alarmdecode -p auto --explain <"$T/frames")" '^  other readings +also-radionics-6500' 'and for what else it could'
plan_done
