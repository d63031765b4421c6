#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# A chain whose stages are killed at random moments while the journal grows:
# each record comes through at least once, in order, and at the end the cursor
# stands behind the last.
. tests/pipeline/lib.sh
. tests/pipeline/spool.sh
rounds=${ROUNDS:-20}
each=2000
total=$((rounds * each))

# The stage in the middle: what it has written down is durable for this test,
# and only then passed on.
cat >"$T/stage" <<'END'
echo $$ >"$T/pid.stage"
while IFS= read -r line; do
	printf '%s\n' "$line" >>"$T/came"
	printf '%s\n' "$line" || exit 1
done
END
cat >"$T/chain" <<'END'
set -o pipefail
sh -c 'echo $$ >"$T/pid.follow"; exec alarmspool follow -c main --from start "$0"' "$1" |
	bash "$T/stage" |
	sh -c 'echo $$ >"$T/pid.commit"; exec alarmspool commit -c main "$0"' "$1"
END

: >"$T/came"
for ((round = 1; round <= rounds; round++)); do
	rm -f "$T"/pid.*
	bash "$T/chain" "$J" 2>/dev/null & chain=$!; children+=" $chain"
	wait_for 10 test -s "$T/pid.follow" -a -s "$T/pid.stage" -a -s "$T/pid.commit"
	# More than the stage can pass on before the kill; now and then a segment ends.
	file=$(segment $((1 + round / 5)))
	frames $(((round - 1) * each + 1)) $((round * each)) >"$T/new"
	head -n $((each / 2)) "$T/new" >>"$file"
	sleep 0.0$((RANDOM % 3))
	tail -n $((each / 2)) "$T/new" >>"$file"
	sleep 0.0$((RANDOM % 5))
	victims=(follow stage commit)
	victim=${victims[RANDOM % 3]}
	kill -9 "$(cat "$T/pid.$victim")"
	wait "$chain" 2>/dev/null
	died=$?
	# What the kill tore is not a record; the mark shows where a new start begins.
	printf '\n#start\n' >>"$T/came"
	[ $died -ne 0 ] || echo "# round $round: killing $victim was not noticed"
	unnoticed=$((${unnoticed:-0} + (died == 0)))
done
is "$unnoticed" 0 "$rounds kills: the whole chain ends each time, by itself"

rm -f "$T"/pid.*
bash "$T/chain" "$J" 2>"$T/err" & chain=$!; children+=" $chain"
wait_for 10 test -s "$T/pid.follow"
wait_for 300 stands_at main "t1.$epoch-$total"
ok $? 'at the end the cursor stands behind the last record'
kill "$(cat "$T/pid.follow")"
wait "$chain"
is $? 0 'and a chain that is stopped as asked exits 0'

# In each life the numbers run on without a hole, and begin no later than
# where the life before it ended.
awk -v total="$total" '
	/^#start/ { fresh = 1; next }
	!/"type":"frame"/ || !/}$/ { next }
	{
		match($0, /-[0-9]+"/)
		n = substr($0, RSTART + 1, RLENGTH - 2) + 0
		if (fresh ? n > most + 1 : n != last + 1)
			print "hole before " n
		fresh = 0
		last = n
		if (n > most)
			most = n
	}
	END { if (most != total) print "the last that came is " most; print "lines: " NR > "/dev/stderr" }
' "$T/came" >"$T/holes" 2>/dev/null
is "$(head -5 "$T/holes")" '' 'each record came through at least once, in order'
is "$(alarmspool verify "$J")" '' 'the journal is sound'
is "$(alarmspool status "$J" | key behind_records)" 0 'nothing is behind the cursor'
plan_done
