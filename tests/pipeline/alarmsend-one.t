#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# One signal by options: what leaves, how answers are taken, exit status.
. tests/pipeline/lib.sh

send() { alarmsend --json -w 300ms "$@" >"$T/out" 2>"$T/err"; status=$?; out=$(cat "$T/out"); }

# wire: what the receiver got last, without CRC and length.
wire() { tail -n 1 "$log" | cut -c9-; }
crc_good() {
	perl -ne 'chomp; my ($crc, $n, $b) = /^(.{4})(.{4})(.*)/ or exit 1; my $c = 0;
		for (unpack "C*", $b) { $c ^= $_; $c = $c & 1 ? $c >> 1 ^ 0xA001 : $c >> 1 for 1 .. 8 }
		exit 1 if $crc ne sprintf "%04X", $c; exit 1 if hex $n != length $b' "$log"
}

receiver tcp ack
send -a 1002 --cid '1130 01 003' -s 101 -R 1 --time none "dc09+tcp://127.0.0.1:$port"
is $status 0 'acknowledged: 0'
is "$(cat "$log")" '55F10029"ADM-CID"0101R1L0#1002[#1002|1130 01 003]' 'the frame, byte for byte'
like "$out" '^\{"type":"delivery","id":"t1\.[0-9a-z]+-1","at":"[^"]+","destination":"dc09\+tcp://127\.0\.0\.1:[0-9]+","account":"1002","seq":"0101","reply":"ack","latency_ms":[0-9.]+,"tries":1\}$' 'a delivery record'

to=dc09+tcp-connect://127.0.0.1:$port
send -a 1002 --sia Nri1/BA003 -L 12 -s 7 --time none -x M0050C2000001 -x 'ISalle 2' "$to"
is $status 0 'tcp-connect says the same'
is "$(wire)" '"SIA-DCS"0007L12#1002[#1002|Nri1/BA003][M0050C2000001][ISalle 2]' 'a SIA block with extended data'
send -a 1002 --cid 113001003 -s 1 --time none "$to"
is "$(wire)" '"ADM-CID"0001L0#1002[#1002|1130 01 003]' 'Contact ID without its blanks'
send -a 1002 --code 130 --qualifier R --zone 7 --partition 2 -s 2 --time none "$to"
is "$(wire)" '"ADM-CID"0002L0#1002[#1002|3130 02 007]' 'a Contact ID code in words'
send -a 1002 --code 401 --user 12 -s 2 --time none --text 'de nuit] ^' "$to"
is "$(wire)" '"ADM-CID"0002L0#1002[#1002|1401 00 012][Ide nuit   ]' 'its text cannot end the field'
send -a 1002 --code BA --zone 003 --partition 1 --text 'porte quai' -s 3 --time none "$to"
is "$(wire)" '"SIA-DCS"0003L0#1002[#1002|Nri1/BA003^porte quai^]' 'a SIA code in words'
send -a 1002 -t NULL --time none "$to"
is "$(wire)" '"NULL"0000L0#1002[]' 'a link test'
send -a 1002 -t HENG-BO --data '18 1130' -s 4 --time none "$to"
is "$(wire)" '"HENG-BO"0004L0#1002[#1002|18 1130]' 'a token of a maker'
send -a 1002 --cid '1130 01 003' "$to"
like "$(wire)" "_$(date -u '+%H:%M'):[0-9]{2},$(date -u '+%m-%d-%Y')$|_$(date -u -d '1 minute ago' '+%H:%M')" 'the time is now, UTC'
send -a 1002 --cid '1130 01 003' --time 2020-02-29T23:59:30+01:00 "$to"
like "$(wire)" '_22:59:3[0-9],02-29-2020$' 'or that of a wrong clock'
crc_good
ok $? 'each frame has its CRC and length'

script -qec "alarmsend -a 1002 --cid '1130 01 003' -s 1 $to" /dev/null >"$T/out" </dev/null
like "$(cat "$T/out")" '^.*acknowledged.*  1002 0001  [0-9.]+ ms  dc09' 'a person at a terminal reads a line'

for word in ack-binary ack-lower ack-bare ack-crlf ack-split rsp; do
	receiver tcp $word
	send -a 1a02 --cid '1130 01 003' "dc09+tcp://127.0.0.1:$port"
	is $status 0 "$word is an acknowledgement"
done

for word in ack-other ack-account noise silent close; do
	receiver tcp $word
	send -a 1002 --cid '1130 01 003' -s 9 --tries 2 "dc09+tcp://127.0.0.1:$port"
	is $status 1 "$word is none: 1"
	is "$(grep -c '"ADM-CID"0009' "$log")" 2 "$word: sent twice with one number"
	like "$out" '"reply":"none","tries":2' "$word: told"
done
receiver tcp silent close ack
send -a 1002 --cid '1130 01 003' "dc09+tcp://127.0.0.1:$port"
is $status 0 'the third try is acknowledged'
like "$out" '"tries":3' 'after three'

for word in nak nak-seq nak-bare; do
	receiver tcp $word ack
	send -a 1002 --cid '1130 01 003' --time 2020-02-29T12:00:00Z "dc09+tcp://127.0.0.1:$port"
	is $status 0 "$word: sent again"
	like "$(wire)" "$(date -u '+%Y')$" "$word: with another time"
	is "$(wc -l <"$log")" 2 "$word: at once"
done
receiver tcp nak-day ack
send -a 1002 --cid '1130 01 003' "dc09+tcp://127.0.0.1:$port"
like "$(wire)" "$(date -u -d tomorrow '+%m-%d-%Y')$|$(date -u -d '1 day 1 minute' '+%m-%d-%Y')$" "the receiver's time is taken, right or wrong"
receiver tcp nak
send -a 1002 --cid '1130 01 003' "dc09+tcp://127.0.0.1:$port"
is $status 1 'NAK for ever: 1'
is "$(wc -l <"$log")" 3 'after three tries'
receiver tcp duh ack
send -a 1002 --cid '1130 01 003' "dc09+tcp://127.0.0.1:$port"
is $status 1 'DUH: 1'
is "$(wc -l <"$log")" 1 'refused is refused: sent once'
like "$out" '"reply":"duh"' 'and told'

free=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport')
send -a 1002 --cid '1130 01 003' "dc09+tcp://127.0.0.1:$free"
is $status 3 'nobody listens: 3'
like "$(cat "$T/err")" "alarmsend: dc09\+tcp://127.0.0.1:$free: Connection refused" 'with the reason'
send -a 1002 --cid '1130 01 003' "dc09+udp://127.0.0.1:$free"
is $status 3 'nor over UDP'
receiver tcp ack
send -a 1002 --cid '1130 01 003' "dc09+tcp://127.0.0.1:$free" "dc09+tcp://127.0.0.1:$port"
is $status 0 'the second destination takes it'
like "$out" "\"destination\":\"dc09\+tcp://127.0.0.1:$port\"" 'and is named'

receiver udp silent ack
send -a 1002 --cid '1130 01 003' "dc09+udp://127.0.0.1:$port"
is $status 0 'UDP: repeated until acknowledged'
is "$(sort -u "$log" | cut -c9-35 | uniq | wc -l)" 1 'the same signal'

# Raw frames: exactly these bytes.
receiver tcp ack
printf '%s\n' '2026-01-13T20:14:03.120Z ip:R1 ED25003D"ADM-CID"0101R1L0#1002[#1002|1130 01 003]_20:14:03,01-13-2026' '' \
	'1EB60014"XYZ"0001R1L0#1234[]' \
	"$(printf '\nZZZZ0014"ADM-CID"0005R1L0#1234[]\r' | od -An -v -tx1 | tr -d ' \n')" \
	'{"type":"frame","id":"x","at":"2026-01-13T20:14:03.120Z","proto":"dc09","text":"\nED25003D\"ADM-CID\"0101R1L0#1002[#1002|1130 01 003]_20:14:03,01-13-2026\r"}' |
	alarmsend --raw --json "dc09+tcp://127.0.0.1:$port" >"$T/out" 2>"$T/err"
is $? 0 'raw lines: all acknowledged'
is "$(cat "$log")" 'ED25003D"ADM-CID"0101R1L0#1002[#1002|1130 01 003]_20:14:03,01-13-2026
1EB60014"XYZ"0001R1L0#1234[]
ZZZZ0014"ADM-CID"0005R1L0#1234[]
ED25003D"ADM-CID"0101R1L0#1002[#1002|1130 01 003]_20:14:03,01-13-2026' 'text with time and path, text, hexadecimal, a record: byte for byte'
is "$(grep -c '"reply":"ack"' "$T/out")" 4 'a record for each'

# Polls.
receiver tcp ack
send -a 1002 --poll 50ms --count 3 "dc09+tcp://127.0.0.1:$port"
is $status 0 'polls'
is "$(grep -c '"NULL"0000L0#1002\[\]' "$log")" 3 'three of them'
alarmsend -a 1002 --poll 50ms --cid '1130 01 003' "dc09+tcp://127.0.0.1:$port" >"$T/out" 2>"$T/err" &
poller=$!
wait_for 5 sh -c "[ \$(grep -c NULL '$log') -ge 6 ]"
kill $poller
wait $poller
is $? 0 'polls go on until told to stop'
is "$(grep -c ADM-CID "$log")" 1 'beside one signal'

# Load.
receiver tcp ack
send -a 1002 --cid '1130 01 003' --count 50 --connections 4 "dc09+tcp://127.0.0.1:$port"
is $status 0 'fifty over four connections'
like "$out" '^\{"type":"load","id":"t1[^"]*","at":"[^"]*","destination":"[^"]*","connections":4,"acked":50,"naks":0,"duhs":0,"timeouts":0,"unconnected":0,"seconds":[0-9.]+,"frames_per_s":[0-9.]+,"p50_ms":[0-9.]+,"p99_ms":[0-9.]+,"max_ms":[0-9.]+\}$' 'figures'
is "$(cut -c18-21 "$log" | sort -u | wc -l)" 50 'each with its number'
send -a 1002 --cid '1130 01 003' --count 20 --rate 200/s --connect-per-message "dc09+tcp://127.0.0.1:$port"
like "$out" '"acked":20,.*"seconds":0\.(09|[1-9])' 'no faster than the rate'
receiver tcp ack duh nak
send -a 1002 --cid '1130 01 003' --count 3 "dc09+tcp://127.0.0.1:$port"
is $status 1 'a refusal counts'
like "$out" '"acked":1,"naks":1,"duhs":1' 'each kind apart'

# Wrong calls.
for call in "-a 1002 --cid 1130" "-a 1002 --code 1300" "--cid 113001003" "-a 10]02 --cid 113001003" "-a 1002 --sia Nri1/BA] --raw" \
	"-a 1002 --cid 113001003 --time yesterday" "-a 1002 --cid 113001003 -x 5" "-a 1002 --cid 113001003 -s 10000" \
	"-a 1002 --cid 113001003 -w 0" "-a 1002 --cid 113001003 -k $T/nokeys" "--records --count 5"; do
	send $call "dc09+tcp://127.0.0.1:1" </dev/null
	is $status 2 "wrong call: $call"
done
for url in 127.0.0.1:1 dc09+tcp://127.0.0.1 dc09+serial:///dev/null surgard+tcp://127.0.0.1:1 dc09+tcp://127.0.0.1:99999; do
	send -a 1002 --cid 113001003 $url
	is $status 2 "no destination: $url"
done
send -a 1002 --cid 113001003
is $status 2 'none at all'
send -n -a 1002 --cid 113001003 "dc09+tcp://127.0.0.1:$free"
is $status 0 '-n sends nothing'
plan_done
