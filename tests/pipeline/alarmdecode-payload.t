#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Payloads that stand in no frame: --format.
. tests/pipeline/lib.sh

# fields KEY...: one word a record of standard input.
fields() { perl -MJSON::PP -ne 'BEGIN { @k = @ARGV; @ARGV = () } my $r = decode_json($_); print join(" ", map { $r->{$_} // "-" } @k), "\n"' "$@"; }

printf '%s\n' '123431 123431' '2026-01-13T20:14:03Z tel:R7 1233 1233' | alarmdecode --json -f pulse >"$T/pulse"
is $? 1 'pulses are read; what their codes mean is in no table'
is "$(fields type source account format code kind <"$T/pulse")" 'event - 1234 pulse 31 undefined
event R7 123 pulse 3 undefined' 'as events of their language, with the source that stands in front'

printf '%s\n' '123431 123431' '123431 123432' 'hello' '1233 1233' | alarmdecode --json -f pulse >"$T/bad"
is $? 1 'a payload without a reading: exit status 1'
is "$(fields type error text account <"$T/bad")" 'event - - 1234
error rounds-differ 123431 123432 -
error noise hello -
event - - 123' 'rounds that differ are an error with their digits, and so are other bytes; the lines around them are read'

is "$(echo '1234 1556\x20 5555 7' | alarmdecode --json -f fast-format | fields account code category)" '1234 1 fire
1234 4 untyped' 'escapes are read where that makes a payload'

is "$(echo '04 56 21 43 65 87 05 02 01 05 00 01 22' | alarmdecode --json -f vds | fields account zone partition kind category)" \
	'12345678 5 1 alarm burglary' 'bytes are pasted as hexadecimal digits'
is "$(echo '0456214365870502010500' | alarmdecode --json -f vds | fields type error hex)" \
	'error record-length 0456214365870502010500' 'and an error has them as such'

frame='{"type":"frame","id":"pc1.e-1","at":"2026-01-13T20:14:03.000Z","proto":"dc09","text":"\nED25003D\"ADM-CID\"0101R1L0#1002[#1002|1130 01 003]_20:14:03,01-13-2026\r"}'
is "$(echo "$frame" | alarmdecode --json -f pulse | fields format code)" 'cid 130' 'a record of the pipe is what it says it is'

alarmdecode -f nonsense </dev/null 2>"$T/err"
is $? 2 'a language that nobody knows: exit status 2'
like "$(cat "$T/err")" 'nonsense: .*--list' 'and where to look'
alarmdecode -f stratel </dev/null 2>"$T/err"
is $? 2 'a language whose form is not public: exit status 2'
like "$(cat "$T/err")" 'stratel: its form is not public' 'and it is told from one that nobody knows'
like "$(alarmdecode --list)" '^  stratel ' '--list names it'
alarmdecode -f pulse -p dc09 </dev/null 2>"$T/err"
is $? 2 '--protocol is for frames'

explained=$(printf '%s\n' '1234181131010157' | alarmdecode -f cid --explain)
is $? 1 'a payload is explained, and its exit status is as without'
like "$explained" '^  account +1234$' 'its fields'
like "$explained" '^  check digit +7$' 'the check digit'
like "$explained" '= 59, WRONG: no multiple of$' 'and its sum as computed'

# A session of blocks: the account, one with a wrong parity, a fire alarm.
session=4423343731319b434e42413100434e464132c7
for input in "$session" "{\"type\":\"frame\",\"id\":\"pc1.e-2\",\"at\":\"2026-01-13T20:14:03.000Z\",\"proto\":\"galaxy\",\"hex\":\"$session\"}"; do
	is "$(echo "$input" | alarmdecode --json -p galaxy | fields type error account code text warnings)" 'error check-byte 4711 - NBA1 -
event - 4711 FA - -' 'a damaged block hides neither the alarm behind it nor whose it is'
done

is "$(printf '%s\n' '[#123456|Nri1CL0^VX FRONTE ^]' '#5E12|3401 02 058' | alarmdecode --json -f sia | sed -n 's/.*"account":"\([^"]*\)".*"text":"\([^"]*\)".*/\1 \2/p')" \
	'123456 VX FRONTE' 'with its account and brackets; the ends of its text are trimmed'

# What a log or a network has glued together, and what it writes for control bytes.
is "$(printf '%s\n' '5022 181234E130010035022 181234E13001004' 'S022[#77AB|NBA01]S022[#88CD|NFA02]' 'Rx 5022 181234E13001005<DC4>' \
	| alarmdecode --json -p surgard | fields type account code zone)" 'event 1234 130 003
event 1234 130 004
event 77AB BA 01
event 88CD FA 02
event 1234 130 005' 'records without an end between them are told apart, each with its account'

record() { printf '{"type":"frame","id":"pc1.e-%s","at":"2026-01-13T20:14:03.000Z","proto":"%s","text":"%s"}\n' "$@"; }
one='\nED25003D\"ADM-CID\"0101R1L0#1002[#1002|1130 01 003]_20:14:03,01-13-2026\r'
two='\nF002003D\"ADM-CID\"0102R1L0#1002[#1002|1132 01 005]_20:15:41,01-13-2026\r'
is "$({ record 1 dc09 "$one$two"; record 2 surgard 'S022[#77AB|NBA01]S022[#88CD|NFA02]\u0014'; record 3 dc09 "$one"
	record 4 ademco-685 '\n12 1234 18 E130 01 C003 \r\n'; record 5 surgard '5022 181234E13001003\u0014\r\n\u0000'; } \
	| alarmdecode --json | fields id account code zone)" 'pc1.e-1.1 1002 130 003
pc1.e-1.2 1002 132 005
pc1.e-2.1 77AB BA 01
pc1.e-2.2 88CD FA 02
pc1.e-3 1002 130 003
pc1.e-4 1234 130 003
pc1.e-5 1234 130 003' 'so are those of one record, whatever fill is behind them'

body='"SCN-S8"0102L0#1002[#1002|55155555 7]'
frame=$(printf '%s' "$body" | perl -ne 'my $c = 0; for my $b (unpack "C*") { $c ^= $b; $c = $c & 1 ? ($c >> 1) ^ 0xA001 : $c >> 1 for 1 .. 8 } printf "%04X%04X%s", $c, length, $_')
is "$(echo "$frame" | alarmdecode --json | fields account kind severity text); $(echo "$frame" | alarmdecode >/dev/null; echo $?)" \
	'1002 undefined 3 55155555 7; 1' 'what has no reading and no code: kept as text, exit status 1'

# Blocks of a Galaxy where DC-09 is expected, as a log shows them.
is "$(printf '%s\n' 'F#023499' 'panel sent D#1234 again' '46233032333439399f' '05 01 81 59 68' | alarmdecode --json | fields error)" 'neighbour
neighbour
neighbour
neighbour' 'a panel that speaks another protocol is named'
plan_done
