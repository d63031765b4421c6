# Sourced by the tests of alarmspool, behind lib.sh: a journal made by hand.

J=$T/spool
mkdir -p "$J"
epoch=0k00000abcdefg

# frame NUMBER [TIME]: one record; without a time, each a second after the one before.
frame() {
	local at=${2:-$(date -u -d "@$((1768335000 + $1))" +%FT%T.000Z)}
	printf '{"type":"frame","id":"t1.%s-%d","at":"%s","proto":"dc09","source":"R1","text":"signal %d","reply":"ack"}\n' "$epoch" "$1" "$at" "$1"
}

# frames FROM TO: the same, made fast.
frames() {
	seq "$1" "$2" | awk -v epoch="$epoch" '{
		t = $1 % 86400
		printf "{\"type\":\"frame\",\"id\":\"t1.%s-%d\",\"at\":\"2026-01-13T%02d:%02d:%02d.000Z\",\"proto\":\"dc09\",\"source\":\"R1\",\"text\":\"signal %d\",\"reply\":\"ack\"}\n",
			epoch, $1, int(t / 3600), int(t / 60) % 60, t % 60, $1 }'
}

# segment NUMBER: its path.
segment() { printf '%s/%010d.jsonl' "$J" "$1"; }

# key NAME: the values of that key, one a line.
key() { grep -oE "\"$1\":(\"[^\"]*\"|[^,}]*)" | sed -E "s/^\"$1\"://; s/^\"(.*)\"\$/\1/"; }

# at NAME: the id that the cursor stands behind, "-" at the start.
at() { sed -n '1s/.* //p' "$J/cursors/$1/place" 2>/dev/null; }
stands_at() { [ "$(at "$1")" = "$2" ]; }
