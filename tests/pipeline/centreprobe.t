#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The centre's own health: a centre that works, then one part of it after the
# other taken away.
. tests/pipeline/lib.sh

S=$VIGIE_STATE/spool
reception() {
	rm -f "$T/err"
	alarmrecv "$@" dc09+tcp://127.0.0.1:0#R1 --spool "$S" --reserve 0 2>"$T/err" &
	receiver=$!
	wait_for 10 grep -q 'listening on' "$T/err"
	port=$(sed -n 's/.*dc09+tcp:.*:\([0-9]*\)#R1.*/\1/p' "$T/err")
}
chain() {
	setsid bash -c "alarmspool follow -c main --from start '$S' | alarmdecode | mcourante add | alarmspool commit -c main '$S' >/dev/null" 2>/dev/null &
	chain=$!
	children="$children -$chain"
}
# states CHECK…: "check state" of each record.
states() { centreprobe "$@" 2>/dev/null | sed 's/.*"check":"\([a-z]*\)","state":"\([a-z]*\)".*/\1 \2/' | tr '\n' ' '; }

reception
chain
alarmsend -a 1002 --code BA --zone 3 "dc09+tcp://127.0.0.1:$port" >/dev/null
wait_for 10 sh -c 'mcourante list --json 2>/dev/null | grep -q 1002'
is "$(states disk -w fsync=600000 -c fsync=600000 -w disk=0: -c disk=0:)" 'disk ok fsync ok ' 'room, and a disk that takes what is written'
wait_for 10 sh -c '[ "$(centreprobe cursors --json | grep -c "0 records behind")" = 1 ]'
is "$(states journal cursors)" 'writer ok age ok cursor ok ' 'reception and chain run'
is "$(states links logbook)" 'link ok logbook ok ' 'nobody is missed, and the logbook is as it was written'
like "$(centreprobe clock --json)" '"check":"clock","state":"(ok|warning|unknown)"' 'the clock'
centreprobe loop --loop "dc09+tcp://127.0.0.1:$port" -a 9999 --within 30s -w loop=30 >"$T/records"
is "$? $(grep -c '"check":"loop","state":"ok","value":[0-9.]*,"unit":"s"' "$T/records")" '0 1' 'a test signal goes all the way into the logbook'
is "$(mcourante list --json --account 9999 | grep -c 'loop ')" 1 'where it is an entry'
centreprobe journal disk --nagios -w disk=0: -c disk=0: -c fsync=600000 -w fsync=600000 >"$T/line"
is "$?" 0 'as a plugin: 0'
like "$(cat "$T/line")" "^VIGIE OK: 4 checks \| '[^']* disk'=[0-9.]+%;0:;0: '[^']* fsync'=[0-9.]+ms;600000;600000 '[^']* age'=[0-9]+s;93600;\$" 'one line, with its figures'
centreprobe disk --nagios -c disk=101: >"$T/line"
is "$?/$(cut -d: -f1 "$T/line")" '2/VIGIE CRITICAL' 'a threshold that is broken: 2'
LC_ALL=fr_FR.UTF-8 LANGUAGE=fr centreprobe disk -c disk=101: --text >"$T/line"
is $? 1 'without --nagios: 1'

# The chain stops.
kill -TERM -- -$chain
wait $chain 2>/dev/null
wait_for 10 sh -c 'centreprobe cursors | grep -q "no chain runs"'
is "$(states cursors)" 'cursor critical ' 'no chain runs'
centreprobe loop --loop "dc09+tcp://127.0.0.1:$port" -a 9998 --within 1s >"$T/records"
is "$? $(grep -c '"state":"critical".*acknowledged and is not in the logbook' "$T/records")" '1 1' 'a test signal that does not arrive'

# A panel is not heard, the journal's own words.
kill -TERM $receiver
wait $receiver
is "$(states journal)" 'writer critical age ok ' 'no reception runs'
echo 'R1 * 1003 interval=30s' >"$T/accounts"
rm -rf "$S"
printf '%s\n' '2026-01-13T20:14:03.000Z ip:R1 68220019"NULL"0000R0L0#1003[]' >"$T/wire"
alarmrecv -a "$T/accounts" wire:"$T/wire" --until 2026-01-13T20:20:00Z --spool "$S" --reserve 0 2>/dev/null
like "$(centreprobe links | head -1)" '"device":"R1 1003","check":"link","state":"critical".*not heard since 2026-01-13T20:1' 'a path that is down is named'
is "$(states links)" 'link critical link critical ' 'and counted'
like "$(centreprobe loop --loop dc09+tcp://127.0.0.1:1 -a 9)" '"state":"critical".*could not be sent' 'nobody to send to'

# The logbook was changed, by who can write the file.
cp "$VIGIE_STATE"/mcourante.db* "$T"
perl -0777 -pi -e 's/(?<=\x00)Intrusion(?=[ \x22])/Inondation/ or s/ntrusion/nondatio/' "$T"/mcourante.db*
is "$(states logbook --logbook "$T/mcourante.db")" 'logbook critical ' 'an entry is not as it was written'
is "$(states logbook --logbook "$T/none.db")" 'logbook critical ' 'no logbook'
for wrong in 'nothing' '--loop dc09+tcp://:1' 'loop' '-w disk' '-w disk=x' '-w foo=1'; do
	centreprobe $wrong >/dev/null 2>"$T/err"
	is "$? $(wc -l <"$T/err")" '2 2' "called wrongly: $wrong"
done
plan_done
