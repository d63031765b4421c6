#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What reception makes of recorded wires: answers byte for byte, records,
# flags, repetitions, refusals, paths that fall silent and come back.
. tests/pipeline/lib.sh

# recv [OPTION...] <WIRE: $T/records, $T/replies (of them the frames alone), $T/said, $status.
recv() {
	alarmrecv "$@" --show-replies wire:- >"$T/records" 2>"$T/err"
	status=$?
	sed -n 's/^20[^ ]*Z [^ ]* //p' "$T/err" >"$T/replies"
	grep -v '^20[^ ]*Z ' "$T/err" | grep -v -- '--spool' >"$T/said"
}
# framed BODY: with its length and CRC, without LF and CR.
framed() {
	perl -e 'my $b = shift; my $c = 0; for (unpack "C*", $b) { $c ^= $_; $c = $c & 1 ? $c >> 1 ^ 0xA001 : $c >> 1 for 1 .. 8 }
		printf "%04X%04X%s\n", $c, length $b, $b' "$1"
}
# at HH:MM:SS BODY: a wire line of R1.
at() { printf '2026-01-13T%sZ ip:R1 %s\n' "$1" "$(framed "$2")"; }
# field KEY...: of each record, in a line, lists joined.
field() {
	perl -MJSON::PP -ne 'BEGIN { @k = splice @ARGV } my $r = decode_json($_);
		print join(" ", map { my $v = $r->{$_}; ref $v ? join(",", @$v) : $v // "-" } @k), "\n"' "$@" <"$T/records"
}
cid() { printf '"ADM-CID"%sR1L0#%s[#%s|%s]' "$1" "$2" "$2" "$3"; }

# An intrusion and its end.
recv <<'WIRE'
2026-01-13T20:14:03.120Z ip:R1 ED25003D"ADM-CID"0101R1L0#1002[#1002|1130 01 003]_20:14:03,01-13-2026
2026-01-13T20:15:41.402Z ip:R1 F002003D"ADM-CID"0102R1L0#1002[#1002|1132 01 005]_20:15:41,01-13-2026
2026-01-13T20:15:42.010Z ip:R1 156A003D"ADM-CID"0103R1L0#1002[#1002|1139 01 005]_20:15:42,01-13-2026
2026-01-13T20:41:10.300Z ip:R1 B9BD003D"ADM-CID"0104R1L0#1002[#1002|3130 01 003]_20:41:10,01-13-2026
2026-01-13T20:41:12.550Z ip:R1 BA0E003D"ADM-CID"0105R1L0#1002[#1002|3132 01 005]_20:41:12,01-13-2026
2026-01-13T21:05:02.000Z ip:R1 E245003D"ADM-CID"0106R1L0#1002[#1002|1401 01 012]_21:05:02,01-13-2026
2026-01-13T21:32:10.000Z ip:R1 A294003D"ADM-CID"0107R1L0#1002[#1002|3401 01 012]_21:32:10,01-13-2026
WIRE
is $status 0 'S01: taken'
is "$(cat "$T/replies")" '5A2F0014"ACK"0101R1L0#1002[]
5E2B0014"ACK"0102R1L0#1002[]
9DD60014"ACK"0103R1L0#1002[]
56230014"ACK"0104R1L0#1002[]
95DE0014"ACK"0105R1L0#1002[]
91DA0014"ACK"0106R1L0#1002[]
52270014"ACK"0107R1L0#1002[]' 'S01: an acknowledgement each, byte for byte'
like "$(grep -m1 '^20' "$T/err")" '^2026-01-13T20:14:03\.120Z ip:R1 5A2F' 'shown with time and path'
is "$(head -1 "$T/records" | sed 's/"t1\.[0-9a-z]*-1"/"ID"/')" '{"type":"frame","id":"ID","at":"2026-01-13T20:14:03.120Z","proto":"dc09","source":"R1","via":"wire","text":"\nED25003D\"ADM-CID\"0101R1L0#1002[#1002|1130 01 003]_20:14:03,01-13-2026\r","reply":"ack"}' 'S01: the first record'
is "$(field id | sed 's/.*-//' | tr '\n' ' ')" '1 2 3 4 5 6 7 ' 'numbers follow each other'

# Many accounts; duress; a quiet home; the changes of the clocks.
recv <<'WIRE'
2026-01-13T13:02:10.000Z ip:R1 C6FE003D"ADM-CID"0201R1L0#1007[#1007|1152 01 002]_13:02:10,01-13-2026
2026-01-13T13:02:35.000Z ip:R1 A6EA003D"ADM-CID"0033R1L0#1004[#1004|1301 00 000]_13:02:35,01-13-2026
2026-01-13T13:03:02.000Z ip:R1 0BF3003D"ADM-CID"0411R1L0#1001[#1001|1122 01 009]_13:03:02,01-13-2026
2026-01-13T13:03:20.000Z ip:R1 063E003D"ADM-CID"0077R1L0#1003[#1003|1130 01 004]_13:03:20,01-13-2026
2026-01-13T13:03:48.000Z ip:R1 29CB003D"ADM-CID"0078R1L0#1003[#1003|1406 01 002]_13:03:48,01-13-2026
2026-01-13T13:05:00.000Z ip:R1 2B72003D"ADM-CID"0905R1L0#1005[#1005|1602 00 000]_13:05:00,01-13-2026
2026-01-13T13:06:30.000Z ip:R1 7BBD003D"ADM-CID"0412R1L0#1001[#1001|1122 01 009]_13:06:30,01-13-2026
2026-01-13T13:10:00.000Z ip:R1 E363003D"ADM-CID"0034R1L0#1004[#1004|3301 00 000]_13:10:00,01-13-2026
2026-01-13T13:12:30.000Z ip:R1 7B4E003D"ADM-CID"0202R1L0#1007[#1007|3152 01 002]_13:12:30,01-13-2026
2026-01-13T19:41:00.000Z ip:R1 7E2F003C"SIA-DCS"0091R1L0#1003[#1003|Nri1/CL003]_19:41:00,01-13-2026
2026-01-13T23:10:05.000Z ip:R1 4164003D"ADM-CID"0040R1L0#1004[#1004|1131 01 002]_23:10:05,01-13-2026
2026-01-14T02:21:00.000Z ip:R1 BAED003D"ADM-CID"0041R1L0#1004[#1004|3131 01 002]_02:21:00,01-14-2026
2026-01-14T03:12:20.000Z ip:R1 C1C2003C"SIA-DCS"0092R1L0#1003[#1003|Nri1/OP007]_03:12:20,01-14-2026
2026-01-14T07:58:30.000Z ip:R1 01B5003D"ADM-CID"0511R1L0#1008[#1008|1121 01 004]_07:58:30,01-14-2026
2026-01-14T07:58:30.400Z ip:R1 D410003D"ADM-CID"0512R1L0#1008[#1008|1401 01 004]_07:58:30,01-14-2026
2026-01-14T07:58:30.400Z ip:R1 5091003C"SIA-DCS"0511R1L0#1008[#1008|Nri1/HA004]_07:58:30,01-14-2026
2026-01-14T07:58:30.400Z ip:R1 34CB003C"SIA-DCS"0512R1L0#1008[#1008|Nri1/OP004]_07:58:30,01-14-2026
2026-03-28T01:30:00.000Z ip:R1 53B7003D"ADM-CID"0960R1L0#1005[#1005|1602 00 000]_01:30:00,03-28-2026
2026-03-29T01:30:00.000Z ip:R1 6F9A003D"ADM-CID"0961R1L0#1005[#1005|1602 00 000]_01:30:00,03-29-2026
2026-03-30T01:30:00.000Z ip:R1 41FD003D"ADM-CID"0962R1L0#1005[#1005|1602 00 000]_01:30:00,03-30-2026
2026-03-30T06:29:00.000Z ip:R1 C1BE003C"SIA-DCS"0101R1L0#1003[#1003|Nri1/OP003]_06:29:00,03-30-2026
WIRE
is "$status $(cat "$T/said")" '0 ' 'S02, S04 to S06: taken'
is "$(field type reply repeat flags | sort | uniq -c | tr -s ' ')" ' 21 frame ack - -' 'each a frame, acknowledged, not one taken for a repetition'
is "$(while read -r reply; do framed "${reply:8}"; done <"$T/replies")" "$(cat "$T/replies")" 'every answer has its CRC and length'
is "$(cut -d'"' -f3 "$T/replies" | tr '\n' ' ')" '0201R1L0#1007[] 0033R1L0#1004[] 0411R1L0#1001[] 0077R1L0#1003[] 0078R1L0#1003[] 0905R1L0#1005[] 0412R1L0#1001[] 0034R1L0#1004[] 0202R1L0#1007[] 0091R1L0#1003[] 0040R1L0#1004[] 0041R1L0#1004[] 0092R1L0#1003[] 0511R1L0#1008[] 0512R1L0#1008[] 0511R1L0#1008[] 0512R1L0#1008[] 0960R1L0#1005[] 0961R1L0#1005[] 0962R1L0#1005[] 0101R1L0#1003[] ' 'and echoes number, receiver, line and account'

# A path of class SP4: silent three minutes after the last poll.
fire() { cat <<'WIRE'
2026-01-14T02:20:11.000Z ip:R1 D49B003C"SIA-DCS"0301R1L0#1002[#1002|Nri1/BA003]_02:20:11,01-14-2026
2026-01-14T02:20:15.000Z ip:R1 3FD1003C"SIA-DCS"0302R1L0#1002[#1002|Nri1/FA020]_02:20:15,01-14-2026
2026-01-14T02:20:40.000Z ip:R1 149D003C"SIA-DCS"0303R1L0#1002[#1002|Nri0/AT000]_02:20:40,01-14-2026
2026-01-14T02:21:05.000Z ip:R1 9DAA003C"SIA-DCS"0304R1L0#1002[#1002|Nri1/FA021]_02:21:05,01-14-2026
2026-01-14T02:21:06.000Z ip:R1 67DB003C"SIA-DCS"0305R1L0#1002[#1002|Nri1/TA007]_02:21:06,01-14-2026
2026-01-14T02:22:30.000Z ip:R1 33C10029"NULL"0306R1L0#1002[]_02:22:30,01-14-2026
WIRE
}
echo 'R1 * 1002 class=SP4' >"$T/accounts"
recv -a "$T/accounts" < <(fire)
is "$(field type | sort | uniq -c | tr -s ' ')" ' 5 frame' 'S03: the poll is answered and not journalled'
is "$(wc -l <"$T/replies")" 6 'S03: six answers'
recv -a "$T/accounts" --until 2026-01-14T02:25:29.999Z < <(fire)
is "$(grep -c '"link"' "$T/records")" 0 'S03: not lost before 02:25:30'
recv -a "$T/accounts" --until 2026-01-14T08:00:00Z < <(fire)
is "$(tail -1 "$T/records" | sed 's/"t1\.[0-9a-z]*-6"/"ID"/')" '{"type":"link","id":"ID","at":"2026-01-14T02:25:30.000Z","source":"R1","account":"1002","state":"down","since":"2026-01-14T02:22:30.000Z"}' 'S03: lost then, once'
recv -a "$T/accounts" < <(fire; echo '2026-01-14T02:30:00.000Z ip:R1 33C10029"NULL"0306R1L0#1002[]_02:22:30,01-14-2026')
is "$(field type at state reply since | tail -3)" 'link 2026-01-14T02:25:30.000Z down - 2026-01-14T02:22:30.000Z
frame 2026-01-14T02:30:00.000Z - ack -
link 2026-01-14T02:30:00.000Z up - 2026-01-14T02:22:30.000Z' 'lost before the next line; the poll that brings it back is a frame'
recv -a "$T/accounts" --journal-polls < <(fire)
is "$(field type | sort | uniq -c | tr -s ' ')" ' 6 frame' '--journal-polls keeps them'
printf 'R1 0 1008 class=DP4 path=1\nR2 0 1008 class=DP4 path=2\n* * 1009 interval=20s\n' >"$T/accounts"
recv -a "$T/accounts" --until 2026-01-14T02:10:00Z <<'WIRE'
2026-01-13T21:05:00.000Z ip:R2 1EB60014"NULL"0000L0#1008[]
2026-01-13T21:05:00.000Z ip:R7 1EB60014"NULL"0000L0#1009[]
WIRE
is "$(field type error | sort | uniq -c | tr -s ' ' | head -1)" ' 2 error crc-bad' 'wrong CRC: no sign of life'
recv -a "$T/accounts" --until 2026-01-14T02:10:00Z <<WIRE
2026-01-13T21:05:00.000Z ip:R2 $(framed '"NULL"0000L0#1008[]')
2026-01-13T21:05:00.000Z ip:R7 $(framed '"NULL"0000L0#1009[]')
WIRE
is "$(field type at source account path state)" 'link 2026-01-13T21:06:00.000Z R7 1009 - down
link 2026-01-13T21:06:30.000Z R1 1008 1 down
link 2026-01-14T02:05:00.000Z R2 1008 2 down' 'two paths of an account, and one heard at any source'

# The frames that every decoder must survive.
quirks() { cat <<'WIRE'
2026-01-15T01:02:01Z ip:R1 F9EB0029"NULL"0000L000#0717[]_20:59:58,01-15-2026
2026-01-15T01:02:02Z ip:R1 76FA0033"SIA-DCS"0001L#22AB[#22AB|NCQ1]_14:33:53,01-15-2026
2026-01-15T01:02:03Z ip:R1 C433003C"ADM-CID"0379R0L0#1064[1064|1602 00 000]_00:00:43,01-15-2026
2026-01-15T01:02:04Z ip:R1 6882003E"ADM-CID"0317R2BLE#7C4D[#7C4D|1131 02 014]_04:05:06,01-15-2026
2026-01-15T01:02:05Z ip:R1 093c003d"ADM-CID"0018R1L0#1002[#1002|1130 01 003]_01:02:03,01-15-2026
2026-01-15T01:02:06Z ip:R1 <88><7A>0029"NULL"0000R8L0#1213[]_21:00:10,01-15-2026
2026-01-15T01:02:07Z ip:R1 04090026"SIA-DCS"0002L0#1002[#1002|Nri1/BA003]
2026-01-15T01:02:08Z ip:R1 3B560046"SIA-DCS"0003L0#1002[#1002|Nri1/BA003/BA005/TA007]_01:02:03,01-15-2026
2026-01-15T01:02:09Z ip:R1 8BB3003A"SIA-DCS"0004L0#1002[#1002|Nri0000/LR]_21:26:19,01-15-2026
2026-01-15T01:02:10Z ip:R1 6BA40034"SIA-DCS"0442L000#1621[1621|NRP]_00:00:00,01-15-2026
2026-01-15T01:02:11Z ip:R1 FFFF003D"ADM-CID"0019R1L0#1002[#1002|1130 01 003]_01:02:03,01-15-2026
2026-01-15T01:02:12Z ip:R1 C661003E"ADM-CID"0020R1L0#1002[#1002|1130 01 003]_01:02:03,01-15-2026
2026-01-15T01:02:13Z ip:R1 2FB20037"XXX-YYY"0021R1L0#1002[#1002|hello]_01:02:03,01-15-2026
2026-01-15T01:02:14Z ip:R1 30DE003D"ADM-CID"0022R1L0#EEEE[#EEEE|1130 01 003]_01:02:03,01-15-2026
2026-01-15T01:02:15Z ip:R1 E5A10064"ADM-CID"0023R1L0#1002[#1002|1130 01 003][M0050C2000001][Vhttp://192.0.2.7/c/77]_01:02:03,01-15-2026
2026-01-15T01:02:16Z ip:R1 36D6003D"ADM-CID"0024R1L0#1002[#1002|6130 01 003]_01:02:03,01-15-2026
2026-01-15T01:02:17Z ip:R1 375C003B"ADM-CID"0025R1L0#1002[#1002|113001003]_01:02:03,01-15-2026
2026-01-15T01:02:18Z ip:R1 CA55003D"ADM-CID"0026R1L0#1002[#1002|1602 00 000]_23:59:59,12-31-2026
WIRE
}
# Each line: which frame is answered with what.
answers() { sed -n 's/^2026-01-15T01:02:\(..\)\.000Z ip:R1 /Q\1 /p' "$T/err"; }
recv --journal-polls < <(quirks)
answers >"$T/tolerant"
is "$(cat "$T/tolerant")" 'Q01 9B760014"ACK"0000L000#0717[]
Q02 2CFB0011"ACK"0001L#22AB[]
Q03 4C770014"ACK"0379R0L0#1064[]
Q04 C18D0015"ACK"0317R2BLE#7C4D[]
Q05 06310014"ACK"0018R1L0#1002[]
Q06 <8B>+0014"ACK"0000R8L0#1213[]
Q07 91A80012"ACK"0002L0#1002[]
Q08 54F90012"ACK"0003L0#1002[]
Q09 8E480012"ACK"0004L0#1002[]
Q10 48580014"ACK"0442L000#1621[]
Q12 1AD50014"ACK"0020R1L0#1002[]
Q13 D9280014"ACK"0021R1L0#1002[]
Q14 B4010014"ACK"0022R1L0#EEEE[]
Q15 1ED10014"ACK"0023R1L0#1002[]
Q16 D5240014"ACK"0024R1L0#1002[]
Q17 16D90014"ACK"0025R1L0#1002[]
Q18 12DD0014"ACK"0026R1L0#1002[]' 'Annex A: all but the wrong CRC are acknowledged'
is "$(field at type reply account flags | sed 's/.*T01:02:\(..\)\.000Z /Q\1 /' | grep -v 'ack - -')" 'Q02 frame ack - line-empty
Q03 frame ack - inner-account-no-hash
Q05 frame ack - crc-lowercase,length-lowercase
Q06 frame ack - crc-binary
Q10 frame ack - inner-account-no-hash
Q11 error - 1002 -
Q12 frame ack - length-bad
Q13 frame ack - token-unknown' 'Annex A: what was tolerated is flagged'
like "$(grep '"error"' "$T/records")" '"error":"crc-bad","detail":"[^"]+","proto":"dc09","source":"R1","account":"1002","text":"\\nFFFF003D.*\\r"\}$' 'the wrong CRC is kept with its bytes'
like "$(sed -n 6p "$T/records")" '"hex":"0a887a30303239' 'what is no text is kept as hex'
recv --strict --journal-polls < <(quirks)
is "$(answers | diff "$T/tolerant" - | grep '^[<>]')" '< Q12 1AD50014"ACK"0020R1L0#1002[]
< Q13 D9280014"ACK"0021R1L0#1002[]
> Q13 A9F00014"DUH"0021R1L0#1002[]' '--strict: no answer to a wrong length, DUH to an unknown token'
is "$(field at type reply flags | sed -n 's/.*T01:02:\(1[23]\)\.000Z /Q\1 /p')" 'Q12 frame none length-bad
Q13 frame duh token-unknown' '--strict: but both are kept'

# Encrypted.
umask 077
key=00112233445566778899AABBCCDDEEFF
printf 'key 1234 %s\nkey 1002 ascii:0123456789ABCDEF\n' $key >"$T/keys"
sealed='FD2F0076"*SIA-DCS"0002L0#1234[75EE49DEB90E28685AA76B35124E5C862FF49963BED9136889B4C4536B1042A2EAE00EEA06922DC18E9E7EC212F476CA'
nak() { framed "\"NAK\"0000R0L0A0[]_$1,01-31-2026"; }
duh=$(framed '"DUH"0002L0#1234[]')
recv -k "$T/keys" <<<"2026-01-31T12:00:01.000Z ip:R1 $sealed"
like "$(cat "$T/replies")" '^[0-9A-F]{4}0052"\*ACK"0002L0#1234\[[0-9A-F]{64}$' 'encrypted: so is the answer'
like "$(alarmdecode --explain -k "$T/keys" <"$T/replies" 2>&1)" '2026-01-31T12:00:01\.000Z' 'and opens with the key, our time in it'
is "$(field reply clear flags)" 'ack #1234|Nri1/BA12]_12:00:00,01-31-2026 -' 'the record has the content'
recv -k "$T/keys" --no-clear <<<"2026-01-31T12:00:01.000Z ip:R1 $sealed"
is "$(field reply clear)" 'ack -' '--no-clear: it has not'
for edge in '11:59:40.000 ack' '12:00:40.999 ack' '11:59:39.999 nak' '12:00:41.000 nak'; do
	set -- $edge
	recv -k "$T/keys" <<<"2026-01-31T$1Z ip:R1 $sealed"
	is "$(field reply)" "$2" "time window: at $1 $2"
done
is "$(cat "$T/replies")" "$(nak 12:00:41)" 'NAK tells our time, byte for byte'
is "$(field reply flags clear)" 'nak time-window #1234|Nri1/BA12]_12:00:00,01-31-2026' 'and is flagged'
recv -k "$T/keys" <<<"2026-01-31T12:00:41.000Z ip:R1 $sealed
2026-01-31T12:00:41.500Z ip:R1 $sealed"
is "$(field reply repeat | sort -u)" 'nak -' 'a refused frame that comes again is no repetition'
printf 'key 1234 %s window=off\n' $key >"$T/keys.off"
recv -k "$T/keys.off" <<<"2026-06-30T00:00:00.000Z ip:R1 $sealed"
is "$(field reply flags)" 'ack -' 'window=off: any time'
recv <<<"2026-01-31T12:00:01.000Z ip:R1 $sealed"
is "$(cat "$T/replies") $(field reply clear flags)" "$duh duh - key-missing" 'no key: DUH'
printf 'key * ascii:0123456789ABCDEF\n' >"$T/keys.wrong"
recv -k "$T/keys.wrong" <<<"2026-01-31T12:00:01.000Z ip:R1 $sealed"
is "$(cat "$T/replies") $(field reply clear flags)" "$duh duh - key-wrong" 'the wrong key: the same DUH'
is "$(cat "$T/said")" 'alarmrecv: account 1234: encrypted, and our key does not open it' 'and the installer is told why'
damaged=$(framed "$(cut -c9- <<<"$sealed" | sed 's/...$//')")
recv -k "$T/keys" <<<"2026-01-31T12:00:01.000Z ip:R1 $damaged"
is "$(cat "$T/replies") $(field reply clear flags)" "$duh duh - key-wrong" 'cut short: the same'
moved=$(framed "$(cut -c9- <<<"$sealed" | sed 's/#1234/#1235/')")
printf 'key * %s\n' $key >"$T/keys.any"
recv -k "$T/keys.any" <<<"2026-01-31T12:00:01.000Z ip:R1 $moved"
is "$(field reply flags)" 'duh inner-account-differs,key-wrong' 'one key for all: no account signs for another'
ok $(cat "$T/records" "$T/err" | grep -ciE "$key|0123456789ABCDEF") 'no key in any output'

# In clear from an account that has a key.
clear() { at 20:00:01 "$(cid 0001 1002 '1130 01 003')"; at 20:00:02 '"NULL"0000L0#1002[]'; at 20:00:03 "$(cid 0001 1003 '1130 01 003')"; }
recv -k "$T/keys" < <(clear)
is "$(field reply flags)" 'ack unencrypted
ack -' 'clear: flagged'
recv -k "$T/keys" --clear refuse < <(clear)
is "$(field reply flags)" 'duh unencrypted
ack -' '--clear refuse: DUH, but not to others'
is "$(grep -c ACK "$T/replies")" 2 'nor to a link test'
printf 'key 1002 %s clear=refuse\n' $key >"$T/keys.strict"
recv -k "$T/keys.strict" < <(clear)
is "$(field reply)" 'duh
ack' 'clear=refuse at the key'
printf '* * 1002 clear=refuse\n* * 1003\n' >"$T/accounts"
recv -a "$T/accounts" < <(clear)
is "$(field reply)" 'duh
ack' 'clear=refuse at the account'

# Accounts that nobody knows.
recv -a "$T/accounts" < <(at 20:00:01 "$(cid 0001 1003 '1130 01 003')"; at 20:00:02 "$(cid 0001 01003 '1130 01 003')"; at 20:00:03 '"NULL"0000L0#1004[]')
is "$(field reply flags)" 'ack -
ack account-unknown
ack account-unknown' 'unknown: taken and flagged, polls too'
recv -a "$T/accounts" --unknown refuse < <(at 20:00:01 "$(cid 0001 1003 '1130 01 003')"; at 20:00:02 "$(cid 0001 1004 '1130 01 003')")
is "$(field reply flags)" 'ack -
duh account-unknown' '--unknown refuse: DUH'
printf '* * 1002\nR1 0 1002 class=SP9\n' >"$T/accounts"
recv -a "$T/accounts" < <(clear)
is "$status" 2 'a mistake in the accounts: 2'
like "$(cat "$T/said")" "^alarmrecv: $T/accounts:2: " 'with its place'

# Repetitions.
recv < <(at 20:00:01 "$(cid 0007 1002 '1130 01 003')"; at 20:00:12 "$(cid 0007 1002 '1130 01 003')_20:00:12,01-13-2026"
	at 20:00:13 "$(cid 0008 1002 '1130 01 003')"; at 20:00:14 "$(cid 0007 1002 '1130 01 004')"; at 20:00:15 "$(cid 0007 1003 '1130 01 003')"
	at 20:20:00 "$(cid 0007 1002 '1130 01 003')")
is "$(field repeat | sed 's/.*-\(.\)/\1/' | tr '\n' ' ')" '- 1 - - - - ' 'the same number and content: a repetition; another number, content, account or time: none'
is "$(sed -n 2p "$T/records" | grep -o '"repeat":"[^"]*"')" "\"repeat\":\"$(field id | sed -n 1p)\"" 'it names the first'
is "$(sed -n 1p "$T/replies")" "$(sed -n 2p "$T/replies")" 'and is answered as that was'
is "$(sed -n 2p "$T/records" | grep -o '"flags":.*]')" '"flags":["repeat-unsure"]' 'with another time it may be a new one'
is "$(sed -n 1,2p "$T/records" | alarmdecode | grep -o '"type":"[a-z]*"\|"repeat":"[^"]*"' | tr '\n' ' ' | sed 's/t1[^"]*-//')" '"type":"event" "type":"event" "repeat":"1" ' 'whose event is not held back'
recv < <(at 20:00:01 "$(cid 0007 1002 '1130 01 003')_20:00:01,01-13-2026"; at 20:00:12 "$(cid 0007 1002 '1130 01 003')_20:00:01,01-13-2026"
	at 20:01:30 "$(cid 0008 1002 '1130 01 003')"; at 20:01:40 "$(cid 0008 1002 '1130 01 003')"; at 20:02:20 "$(cid 0008 1002 '1130 01 003')")
is "$(alarmdecode <"$T/records" | grep -o '"type":"[a-z]*"' | tr '\n' ' ')" '"type":"event" "type":"frame" "type":"event" "type":"frame" "type":"event" ' 'the same time, or none and seconds: one event; half a minute: told again'
recv --repeat-window 5s < <(at 20:00:01 "$(cid 0007 1002 '1130 01 003')"; at 20:00:12 "$(cid 0007 1002 '1130 01 003')")
is "$(field repeat | sort -u)" '-' '--repeat-window'
recv < <(at 20:00:01 "$(cid 0000 1002 '1130 01 003')_20:00:01,01-13-2026"; at 20:00:12 "$(cid 0000 1002 '1130 01 003')_20:00:01,01-13-2026"
	at 20:00:13 "$(cid 0000 1002 '1130 01 003')_20:00:13,01-13-2026"; at 20:01:30 "$(cid 0000 1002 '1130 01 003')_20:00:01,01-13-2026")
is "$(field repeat flags | sed 's/.*-\(.\) /\1 /' | tr '\n' ' ')" '- event-zero-seq 1 event-zero-seq - event-zero-seq - event-zero-seq ' '0000: told by the time, for seconds'
recv --journal-polls < <(at 20:00:01 '"NULL"0000L0#1002[]'; at 20:00:02 '"NULL"0000L0#1002[]')
is "$(field repeat | sort -u)" '-' 'a poll never is one'

# A link test that carries data is a frame; who and where is no event, an alarm text is.
recv < <(at 20:00:01 '"NULL"0000L0#1002[][M0050C2000001][J1]'; at 20:00:31 '"NULL"0000L0#1002[][M0050C2000001][J1]'
	at 20:00:32 '"NULL"0000L0#1002[][Ibattery low]'; at 20:00:33 '"NULL"0000L0#1002[][M0050C2000001][J1]')
is "$(field type reply repeat flags | sort -u)" 'frame ack - -' 'link tests with data are kept'
is "$(alarmdecode --json <"$T/records" | sed 's/.*"type":"\([a-z]*\)".*/\1/' | tr '\n' ' ')" 'frame frame event frame ' 'and are events when they say something'

# Dialects, answers that arrive, neighbours, noise.
binary() { perl -e 'my $b = shift; my $c = 0; for (unpack "C*", $b) { $c ^= $_; $c = $c & 1 ? $c >> 1 ^ 0xA001 : $c >> 1 for 1 .. 8 }
	printf "<%02X><%02X>%04X%s\n", $c >> 8, $c & 255, length $b, $b' "$1"; }
recv < <(at 20:00:01 "$(cid 0001 1002 '1130 01 003')"; echo "2026-01-13T20:00:02Z ip:R1 $(binary "$(cid 0002 1002 '1130 01 003')")"
	at 20:00:03 "$(cid 0003 1003 '1130 01 003')")
is "$(field flags)" '-
crc-binary,mode-changed
-' 'another CRC form than before is flagged'
recv < <(at 20:00:01 '"ACK"0001R1L0#1002[]'; at 20:00:02 '"NAK"0000R0L0A0[]_20:00:00,01-13-2026'; at 20:00:03 '"DUH"0001L0#1002[]')
is "$(cat "$T/replies") $(field type reply | sort | uniq -c | tr -s ' ')" '  3 frame none' 'an answer gets none, and is kept'
recv <<'WIRE'
2026-01-13T20:00:00Z ip:R1 F#023499<9F>
2026-01-13T20:00:01Z ip:R1 GET·/·HTTP/1.1
2026-01-13T20:00:02Z ip:R1 <16><03><01><02><00>
2026-01-13T20:00:03Z ip:R1 what's this?
WIRE
is "$(cat "$T/replies") $(field type error | sort | uniq -c | tr -s ' ')" '  3 error neighbour
 1 error noise' 'neighbours and noise: no answer, and kept'
two=$(framed "$(cid 0002 1002 '1130 01 004')")
recv < <(printf '2026-01-13T20:00:00Z ip:R1 %s<0D><00><0A>%s<0D>xyz\n' "$(framed "$(cid 0001 1002 '1130 01 003')")" "$two")
is "$(field type reply error flags)" 'frame ack - nul-after-cr
frame ack - -
error - noise -' 'two frames in a segment, and what follows them'
is "$(wc -l <"$T/replies")" 2 'an answer each'

# The lines themselves.
recv <<WIRE
# a comment, a fence, a blank line

\`\`\`wire
$(at 20:00:02 "$(cid 0001 1002 '1130 01 003')")
\`\`\`
WIRE
is "$status $(wc -l <"$T/records")" '0 1' 'comments, fences and blank lines are passed over'
recv <<WIRE
$(at 20:00:02 "$(cid 0001 1002 '1130 01 003')")
$(at 20:00:01 "$(cid 0002 1002 '1130 01 003')")
yesterday ip:R1 1234
2026-01-13T20:00:03Z ip:R1
$(at 20:00:04 "$(cid 0003 1002 '1130 01 003')")
WIRE
is "$status" 1 'lines that are wrong: 1'
is "$(cut -d: -f1-3 "$T/said")" 'alarmrecv: stdin:2
alarmrecv: stdin:3
alarmrecv: stdin:4' 'each is named'
is "$(field at reply)" '2026-01-13T20:00:02.000Z ack
2026-01-13T20:00:02.000Z ack
2026-01-13T20:00:04.000Z ack' 'all others are taken, time never goes back'
recv <<'WIRE'
2026-01-15T09:30:00.000Z ser:R2 1011···········@····<14>
2026-01-15T09:41:05.000Z ser:R2 1011···········@····<14>
2026-01-15T09:41:06.000Z ser:R2 5021·181003E13001004<14>
2026-01-15T09:41:06.400Z ser:R2 5021·181003R13001004<14>
2026-01-15T09:41:06.800Z ser:R2 5021·181005E60200000<14>
2026-01-15T09:41:36.000Z ser:R2 1011···········@····<14>
WIRE
is "$status $(cat "$T/replies" | tr '\n' ' ')" '0 <06> <06> <06> <06> <06> <06> ' 'S08: each record of a receiver acknowledged by one byte'
is "$(field type source state reply text | tr -d '\024')" 'link R2 down - -
frame R2 - ack 1011           @    
link R2 up - -
frame R2 - ack 5021 181003E13001004
frame R2 - ack 5021 181003R13001004
frame R2 - ack 5021 181005E60200000' 'S08: no heartbeat is kept but the one that ends an outage'
recv <<'WIRE'
2026-01-15T09:41:06.000Z ser:R2 5021·181003E13001004<14>
2026-01-15T09:41:10.000Z ser:R2 5021·181003E13001004<14>
2026-01-15T09:41:14.000Z ser:R2 5021·181003E13001004<14>
2026-01-15T09:41:18.000Z ser:R2 5021·181003E13001004<14>
2026-01-15T09:41:19.000Z ser:R2 5021·181003R13001004<14>
2026-01-15T09:41:20.000Z ser:R2 5021·181003E13001004<14>
2026-01-15T09:41:21.000Z ser:R2 5021·181003E1301004<14>
WIRE
is "$(field type reply error repeat | sed 's/[^ ]*-\([0-9]\)$/\1/')" 'frame ack - -
frame ack - 1
frame ack - 1
frame ack - 1
frame ack - -
frame ack - -
error - width-bad -' 'S08: four times the same is one; the same again behind its end is another'
is "$(tail -2 "$T/replies" | tr '\n' ' ')" '<06> <15> ' 'a damaged record is refused'
recv <<'WIRE'
2026-01-15T09:41:05.000Z tty:R2 1011···········@····<14>
WIRE
is "$status" 1 'a path that nobody knows: 1'
is "$(field type error source text | tr -d '\024')" 'error protocol-unknown R2 1011           @    ' 'its bytes are kept'
like "$(cat "$T/said")" '^alarmrecv: stdin:1: no protocol' 'and it is said'
alarmrecv "wire:$T/none" >"$T/records" 2>"$T/err"
is $? 3 'no such file: 3'
like "$(cat "$T/err")" "^alarmrecv: $T/none: No such file" 'said'

# In a journal: what was down stays down over a restart.
printf 'R1 0 1002 class=SP6\n* * 1003 class=SP6\n' >"$T/accounts"
down() { at 20:00:00 '"NULL"0000L0#1002[]'; at 20:00:00 '"NULL"0000L0#1003[]'; }
recv -a "$T/accounts" --spool "$T/spool" --until 2026-01-13T20:01:00Z < <(down)
is "$(wc -l <"$T/records") $(cat "$T"/spool/*.jsonl | grep -c '"down"')" '0 2' 'with --spool the records are there'
recv -a "$T/accounts" --spool "$T/spool" --until 2026-01-13T21:01:00Z < <(at 21:00:00 '"NULL"0000L0#1002[]')
is "$(cat "$T"/spool/*.jsonl | sed 's/.*"type":"\([a-z]*\)".*"at":"\([^"]*\)".*"account":"\([0-9]*\)","state":"\([a-z]*\)","since":"\([^"]*\)".*/\1 \2 \3 \4 \5/' | grep ^link | sort)" 'link 2026-01-13T20:00:20.000Z 1002 down 2026-01-13T20:00:00.000Z
link 2026-01-13T20:00:20.000Z 1003 down 2026-01-13T20:00:00.000Z
link 2026-01-13T21:00:00.000Z 1002 up 2026-01-13T20:00:00.000Z
link 2026-01-13T21:00:20.000Z 1002 down 2026-01-13T21:00:00.000Z' 'the one comes back, the other stays down and is not told twice'
plan_done
