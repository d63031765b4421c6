#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Recorded nights through reception, decoding and the main courante: the
# observable of each, as far as the tools that there are decide it.
. tests/pipeline/lib.sh

# night NAME <WIRE: $T/NAME.frames, .events, .entries; ACCOUNTS in $VIGIE_ETC.
night() {
	export VIGIE_STATE=$T/state.$1
	mkdir -p "$VIGIE_STATE"
	cat >"$T/$1.wire"
	alarmrecv "wire:$T/$1.wire" --show-replies ${until:+--until "$until"} >"$T/$1.frames" 2>"$T/$1.replies"
	alarmdecode --json <"$T/$1.frames" >"$T/$1.events"
	mcourante add - <"$T/$1.events" >"$T/$1.passed"
	mcourante list --text -n 1000 | grep "\[auto\]" >"$T/$1.entries"
	mcourante list -n 1000 --json >"$T/$1.entries.json"
}
# field FILE KEY...: one word a record.
field() { perl -MJSON::PP -e 'my ($f, @k) = @ARGV; open my $in, "<", $f or die; while (<$in>) { my $r = decode_json($_); print join(" ", map { $r->{$_} // "-" } @k), "\n" }' "$@"; }
printf 'language=fr\ntimezone=Europe/Paris\n' >"$VIGIE_ETC/centre.conf"

# An intrusion with its confirmation, restorals, an opening and a closing.
night s01 <<'WIRE'
2026-01-13T20:14:03.120Z ip:R1 ED25003D"ADM-CID"0101R1L0#1002[#1002|1130 01 003]_20:14:03,01-13-2026
2026-01-13T20:15:41.402Z ip:R1 F002003D"ADM-CID"0102R1L0#1002[#1002|1132 01 005]_20:15:41,01-13-2026
2026-01-13T20:15:42.010Z ip:R1 156A003D"ADM-CID"0103R1L0#1002[#1002|1139 01 005]_20:15:42,01-13-2026
2026-01-13T20:41:10.300Z ip:R1 B9BD003D"ADM-CID"0104R1L0#1002[#1002|3130 01 003]_20:41:10,01-13-2026
2026-01-13T20:41:12.550Z ip:R1 BA0E003D"ADM-CID"0105R1L0#1002[#1002|3132 01 005]_20:41:12,01-13-2026
2026-01-13T21:05:02.000Z ip:R1 E245003D"ADM-CID"0106R1L0#1002[#1002|1401 01 012]_21:05:02,01-13-2026
2026-01-13T21:32:10.000Z ip:R1 A294003D"ADM-CID"0107R1L0#1002[#1002|3401 01 012]_21:32:10,01-13-2026
WIRE
like "$(cat "$T/s01.replies")" '5A2F0014"ACK"0101R1L0#1002\[\]$' 'S01: the first acknowledgement, byte for byte'
is "$(grep -c '"ACK"010[1-7]R1L0#1002\[\]$' "$T/s01.replies")" 7 'S01: one answer a frame'
is "$(field "$T/s01.events" kind category zone user at)" 'alarm burglary 003 - 2026-01-13T20:14:03.120Z
alarm burglary 005 - 2026-01-13T20:15:41.402Z
alarm burglary 005 - 2026-01-13T20:15:42.010Z
restoral burglary 003 - 2026-01-13T20:41:10.300Z
restoral burglary 005 - 2026-01-13T20:41:12.550Z
opening arming - 012 2026-01-13T21:05:02.000Z
closing arming - 012 2026-01-13T21:32:10.000Z' 'S01: seven events, opening and closing not mistaken'
like "$(sed -n 1p "$T/s01.entries")" "21:14:03 .*\[auto\] 1002 – alarme intrusion zone 3" 'S01: the first entry, local time'
like "$(sed -n 6p "$T/s01.entries")" "22:05:02 .*\[auto\] 1002 – mise hors service par l'utilisateur 12" 'S01: the opening'
like "$(sed -n 7p "$T/s01.entries")" "22:32:10 .*\[auto\] 1002 – mise en service par l'utilisateur 12" 'S01: the closing'

# Fire behind an intrusion, then silence of a path of class SP4.
echo 'R1 0 1002 class=SP4' >"$VIGIE_ETC/accounts"
until=2026-01-14T02:40:00Z
night s03 <<'WIRE'
2026-01-14T02:20:11.000Z ip:R1 D49B003C"SIA-DCS"0301R1L0#1002[#1002|Nri1/BA003]_02:20:11,01-14-2026
2026-01-14T02:20:15.000Z ip:R1 3FD1003C"SIA-DCS"0302R1L0#1002[#1002|Nri1/FA020]_02:20:15,01-14-2026
2026-01-14T02:20:40.000Z ip:R1 149D003C"SIA-DCS"0303R1L0#1002[#1002|Nri0/AT000]_02:20:40,01-14-2026
2026-01-14T02:21:05.000Z ip:R1 9DAA003C"SIA-DCS"0304R1L0#1002[#1002|Nri1/FA021]_02:21:05,01-14-2026
2026-01-14T02:21:06.000Z ip:R1 67DB003C"SIA-DCS"0305R1L0#1002[#1002|Nri1/TA007]_02:21:06,01-14-2026
2026-01-14T02:22:30.000Z ip:R1 33C10029"NULL"0306R1L0#1002[]_02:22:30,01-14-2026
WIRE
until=
rm "$VIGIE_ETC/accounts"
is "$(grep '"type":"link"' "$T/s03.frames" | sed 's/.*"at":"\([^"]*\)".*"state":"\([a-z]*\)".*/\1 \2/')" '2026-01-14T02:25:30.000Z down' \
	'S03: the path is lost three minutes after the last poll, and once'
is "$(grep '"type":"event"' "$T/s03.events" >"$T/s03.only"; field "$T/s03.only" kind category severity zone)" 'alarm burglary 3 003
alarm fire 4 020
trouble power_ac 2 -
alarm fire 4 021
alarm tamper 3 007' 'S03: what happened'
like "$(grep INCENDIE "$T/s03.entries" | head -1)" '03:20:15 .*1002 – ALARME INCENDIE zone 20' 'S03: fire is written large'
like "$(tail -1 "$T/s03.entries")" '03:25:30 .*1002 – perte de liaison \(3 min' 'S03: the loss is in the main courante'

# Duress, as Contact ID and as a maker reports it.
night s04 <<'WIRE'
2026-01-14T07:58:30.000Z ip:R1 01B5003D"ADM-CID"0511R1L0#1008[#1008|1121 01 004]_07:58:30,01-14-2026
2026-01-14T07:58:30.400Z ip:R1 D410003D"ADM-CID"0512R1L0#1008[#1008|1401 01 004]_07:58:30,01-14-2026
2026-01-14T07:59:30.000Z ip:R1 5091003C"SIA-DCS"0511R1L0#1008[#1008|Nri1/HA004]_07:58:30,01-14-2026
2026-01-14T07:59:30.400Z ip:R1 34CB003C"SIA-DCS"0512R1L0#1008[#1008|Nri1/OP004]_07:58:30,01-14-2026
WIRE
is "$(field "$T/s04.events" kind severity | sort | uniq -c | tr -s ' ')" ' 2 alarm 4
 2 opening 0' 'S04: both variants have the same severity'
like "$(sed -n 1p "$T/s04.entries")" "1008 – ALARME CONTRAINTE, utilisateur 4" 'S04: the entry'

# A serial receiver's line is cut for eleven minutes, and what it has kept comes.
echo 'R2 * 0000 interval=30s
* * 1002
* * 1003
* * 1005' >"$VIGIE_ETC/accounts"
night s08 <<'WIRE'
2026-01-15T09:29:00.000Z ser:R2 1011···········@····<14>
2026-01-15T09:29:30.000Z ser:R2 1011···········@····<14>
2026-01-15T09:30:00.000Z ser:R2 1011···········@····<14>
2026-01-15T09:35:00.000Z ip:R1 ED25003D"ADM-CID"0101R1L0#1002[#1002|1130 01 003]_20:14:03,01-13-2026
2026-01-15T09:41:05.000Z ser:R2 1011···········@····<14>
2026-01-15T09:41:06.000Z ser:R2 5021·181003E13001004<14>
2026-01-15T09:41:06.400Z ser:R2 5021·181003R13001004<14>
2026-01-15T09:41:06.800Z ser:R2 5021·181005E60200000<14>
2026-01-15T09:41:36.000Z ser:R2 1011···········@····<14>
2026-01-15T09:42:30.000Z ser:R2 5021·181005E60200000<14>
WIRE
rm "$VIGIE_ETC/accounts"
is "$(grep -c '^.* ser:R2 <06>$' "$T/s08.replies")" 9 'S08: every record acknowledged'
is "$(cat "$T/s08.entries" | cut -c11-)" '[auto] Récepteur R2 : aucune trame depuis 90 s.
[auto] 1002 – alarme intrusion zone 3.
[auto] Récepteur R2 : liaison rétablie. Interruption 11 min 05 s.
[auto] 1003 – alarme intrusion zone 4 DIFFÉRÉE (heure réelle inconnue, entre 10:30:00 et 10:41:06).
[auto] 1003 – zone 4 en repos (différé, heure réelle inconnue, entre 10:30:00 et 10:41:06).
[auto] 1005 – test cyclique (différé, heure réelle inconnue, entre 10:30:00 et 10:41:06).
[auto] 1005 – test cyclique.' 'S08: the outage, and what is of unknown time'
is "$(cut -c1-8 "$T/s08.entries" | head -3 | tr '\n' ' ')" '10:31:30 10:35:00 10:41:05 ' 'S08: at these times'

# The same night twice: the same main courante but for entry times and hashes.
export VIGIE_STATE=$T/state.again
mkdir "$VIGIE_STATE"
mcourante add - <"$T/s01.events" >/dev/null
mcourante list --text -n 1000 | grep "\[auto\]" >"$T/again.entries"
cmp -s "$T/s01.entries" "$T/again.entries"
ok $? 'replayed: the same main courante'
cmp -s "$T/s01.events" "$T/s01.passed"
ok $? 'every line passed on as it came'
plan_done
