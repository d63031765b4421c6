#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Seals as a centre uses them, and what somebody may try who has the file.
. tests/pipeline/lib.sh

key=$VIGIE_ETC/seal.key
db=$VIGIE_STATE/mcourante.db
fresh() { rm -rf "$VIGIE_STATE"; }
status() { "$@" >"$T/out" 2>"$T/err"; echo $?; }
add() { mcourante add "$@" >/dev/null; }
seals() { mcourante export --json 2>/dev/null | grep -c '^{"type":"seal"'; }

# The key.
is "$(status mcourante seal)" 2 'without a key nothing is sealed'
like "$(cat "$T/err")" 'seal\.key: No such file' 'and it is said which'
is "$(status mcourante seal --new-key "$key")" 0 'a key is made'
is "$(stat -c %a "$key" "$VIGIE_ETC/seal.pub" | tr '\n' ' ')" '600 644 ' 'the secret one for its owner alone'
cmp "$T/out" "$VIGIE_ETC/seal.pub"
ok $? 'the public one is printed'
secret=$(sed -n 2p "$key")
! grep -qF "$secret" "$T/out" "$T/err"
ok $? 'the secret one is not'
cp "$key" "$T/before"
is "$(status mcourante seal --new-key "$key")" 2 'no key is written over'
cmp "$key" "$T/before"
ok $? 'it is as it was'
is "$(status mcourante seal --new-key "$T/none/seal.key")" 3 'nor made where there is no folder'
add first
chmod 640 "$key"
is "$(status mcourante seal)" 2 'a key that others may read is refused'
like "$(cat "$T/err")" "chmod 600 $key" 'with what to do'
chmod 400 "$key"
is "$(status mcourante seal --key "$VIGIE_ETC/seal.pub")" 2 'a public key signs nothing'
if command -v openssl >/dev/null; then
	openssl genpkey -algorithm ed25519 -out "$T/openssl.key" 2>/dev/null && chmod 600 "$T/openssl.key"
	is "$(VIGIE_STATE=$T/o mcourante add x >/dev/null; VIGIE_STATE=$T/o status mcourante seal --key "$T/openssl.key")" 0 "a key that openssl made"
	is "$(openssl pkey -in "$key" -pubout)" "$(cat "$VIGIE_ETC/seal.pub")" 'openssl reads ours, and gives the same public key'
	openssl genpkey -algorithm rsa -pkeyopt rsa_keygen_bits:2048 -out "$T/rsa.key" 2>/dev/null; chmod 600 "$T/rsa.key"
	is "$(status mcourante seal --key "$T/rsa.key")" 2 'a key of another kind is refused'
else
	ok 0 'keys of openssl # SKIP no openssl here'
fi

# Seals.
is "$(status mcourante seal --text)" 0 'the log is sealed'
cp "$T/out" "$T/seal.1"
like "$(head -4 "$T/seal.1" | tr '\n' ' ')" '^vigie-seal: 1 log: [0-9a-f]{64} seal: 1 entry: 1 $' 'the seal is plain text'
is "$(mcourante show 1 --head | sha256sum | cut -c 1-64)" "$(sed -n 's/^hash: //p' "$T/seal.1")" 'with the hash of the newest entry'
like "$(mcourante list --text | tail -1)" '\[auto\] Main courante scellée : sceau n° 1, entrées 1 à 1, empreinte' 'and the log says so'
is "$(mcourante list --json -n 1 | grep -o '"record":{"type":"seal","id":"[0-9a-f]*"' | cut -d '"' -f 10)" "$(sha256sum "$T/seal.1" | cut -c 1-64)" \
	'in an entry that has its SHA-256'
is "$(status mcourante seal --text),$(wc -c <"$T/out")" 0,0 'nothing new, no seal'
add second
mcourante seal --text >"$T/seal.2"
is "$(sed -n 's/^previous: //p' "$T/seal.2")" "$(sha256sum "$T/seal.1" | cut -c 1-64)" 'each covers the one before'
add third
mcourante seal >"$T/record"
like "$(cat "$T/record")" '^\{"type":"seal","id":"[0-9a-f]{64}","at":"[^"]*Z","seal":3,"number":5,"hash":"[0-9a-f]{64}","log":"[0-9a-f]{64}","previous":"[0-9a-f]{64}","key":"MC[^"]*","signature":"[^"]*"\}$' 'as a record'
like "$(mcourante verify --text | tail -1)" '^seals: 3, up to entry 5$' 'verify tells of them'
like "$(mcourante verify)" '"intact":true,"entries":6,.*"seals":3,"sealed":5\}$' 'also as a record'
is "$(mcourante verify --seal "$T/seal.1" --seal "$T/seal.2" >/dev/null; echo $?)" 0 'seals that were handed out fit'
if command -v openssl >/dev/null; then
	sed '$d' "$T/seal.2" >"$T/signed"
	sed -n 's/^signature: //p' "$T/seal.2" | openssl base64 -d -A >"$T/sig"
	like "$(openssl pkeyutl -verify -pubin -inkey "$VIGIE_ETC/seal.pub" -rawin -in "$T/signed" -sigfile "$T/sig" 2>&1)" 'Verified Successfully' 'openssl alone proves one'
	sed -i 's/^entry: 3/entry: 4/' "$T/signed"
	! openssl pkeyutl -verify -pubin -inkey "$VIGIE_ETC/seal.pub" -rawin -in "$T/signed" -sigfile "$T/sig" >/dev/null 2>&1
	ok $? 'and refuses one that was changed'
else
	ok 0 'openssl # SKIP no openssl here'
fi
! grep -aqF "${secret:20:24}" "$db"* "$T"/seal.* "$T/record"
ok $? 'the secret key is nowhere in log and seals'

# Handed to a command.
add fourth
is "$(status mcourante seal --text --to "cat >'$T/mailed'; echo noise")" 0 'a seal is handed over'
cmp "$T/mailed" "$T/out"
ok $? 'it is the very seal, and what the command prints is no record'
is "$(status mcourante seal --to "cat >'$T/again'"),$(ls "$T/again" 2>/dev/null)" 0, 'once'
add fifth
is "$(status mcourante seal --to 'exit 7')" 1 'a command that fails'
like "$(tr '\n' ' ' <"$T/err")" 'exit 7: ended with status 7.*seal 5 stands' 'is told; the seal stands'
is "$(seals)" 5 'in the log'
is "$(status mcourante seal --text --to "cat >'$T/again'"),$(wc -c <"$T/out"),$(grep -c '^seal: 5$' "$T/again")" 0,0,1 'and is handed over next time'
{ echo 'From: centre'; echo; cat "$T/mailed"; echo; sed 's/$/\r/' "$T/again"; } >"$T/mailbox"
mcourante verify --seal "$T/mailbox" >/dev/null
ok $? 'verify takes them as they came by mail'

# At an interval.
mcourante seal --every 1s --text --to "cat >>'$T/every'" >"$T/out" 2>"$T/err" & service=$!
children="$children $service"
add sixth
wait_for 20 grep -q '^seal: 6$' "$T/every"
ok $? 'a seal at an interval'
add seventh
wait_for 20 grep -q '^seal: 7$' "$T/every"
ok $? 'and another, when entries were added'
like "$(grep 'core file' "/proc/$service/limits")" 'size +0 +0' 'no core holds the key'
kill $service
wait $service 2>/dev/null
is "$(grep -c '^signature' "$T/every"),$(seals)" 2,7 'none where none was'

# Who has the file takes the rules away, and then does what he likes.
cp "$db" "$T/good.db"
if command -v sqlite3 >/dev/null; then
	unruled=$(for t in head_order head_update head_delete body_again body_update body_delete record_update record_delete seal_order seal_update seal_delete; do printf 'DROP TRIGGER %s;' $t; done)
	tampered() { # NAME REGEX SQL
		rm -f "$T"/bad.db*; cp "$T/good.db" "$T/bad.db"
		sqlite3 "$T/bad.db" "$unruled$3"
		is "$(status mcourante verify --key "$VIGIE_ETC/seal.pub" "$T/bad.db")" 1 "$1"
		like "$(cat "$T/err")" "$2" 'is named'
	}
	cut() { printf 'DELETE FROM record WHERE number >= %d;DELETE FROM body WHERE number >= %d;DELETE FROM head WHERE number >= %d' $1 $1 $1; }
	tampered 'an entry changed' '^mcourante: entry 3: its text or data were changed$' "UPDATE body SET body = replace(body, 'second', 'zecond') WHERE number = 3"
	tampered 'an entry removed' '^mcourante: entry 3: removed$' 'DELETE FROM body WHERE number = 3;DELETE FROM head WHERE number = 3'
	tampered 'two entries the other way round' '^mcourante: entry 3: moved' "$(for t in head body; do printf 'UPDATE %s SET number = 99 WHERE number = 3;UPDATE %s SET number = 3 WHERE number = 5;UPDATE %s SET number = 5 WHERE number = 99;' $t $t $t; done)"
	tampered 'the tail cut off behind a seal' '^mcourante: seal 7: entry [0-9]+, of which it tells, is not there' "$(cut 13)"
	tampered 'a seal removed' '^mcourante: seal 2: removed$' 'DELETE FROM seal WHERE seal = 2'
	tampered 'all seals removed' '^mcourante: there is a key, and no seal at all$' 'DELETE FROM seal'
	tampered 'a seal changed' '^mcourante: seal 2: changed; its signature does not fit$' "UPDATE seal SET text = replace(text, 'time: 2', 'time: 1') WHERE seal = 2"
else
	ok 0 'tampering by SQL # SKIP no sqlite3 here; tests/unit/seal_test.c has each'
fi

# Another log in its place.
export VIGIE_STATE=$T/other
mcourante seal --new-key "$T/other.key" >/dev/null
for word in first second third; do add $word; mcourante seal --key "$T/other.key" >/dev/null; done
is "$(status mcourante verify --key "$VIGIE_ETC/seal.pub" "$VIGIE_STATE/mcourante.db")" 1 'a log written anew, with a chain that holds, by another key'
is "$(grep -c 'seal [123]: by another key' "$T/err")" 3 'is named at each seal'
is "$(status mcourante verify --key "$T/other.pub")" 0 'its own key fits it'
cat "$VIGIE_ETC/seal.pub" "$T/other.pub" >"$T/both.pub"
is "$(status mcourante verify --key "$T/both.pub" --seal "$T/seal.2")" 1 'a seal of the true log, held against it'
like "$(cat "$T/err")" 'the seal that was handed out: it is the seal of another log' 'does not fit'
add fourth
is "$(status mcourante seal)" 2 'it is not sealed by a key that is not its own'
like "$(cat "$T/err")" '--other-key' 'unless that is meant'
is "$(status mcourante seal --other-key)" 0 'then it is'
is "$(status mcourante verify --key "$T/both.pub")" 0 'and fits both keys'
export VIGIE_STATE=$T/state
sed 's/^entry: 3/entry: 4/' "$T/seal.2" >"$T/forged"
is "$(status mcourante verify --seal "$T/forged")" 1 'a forged seal is named'
is "$(status mcourante verify --seal "$T/both.pub")" 2 'a file without a seal is none'

# A full disk, and a key that does not fit.
cp "$db" "$T/full.db"
add eighth
(trap '' XFSZ; ulimit -f 1; exec mcourante seal) >"$T/out" 2>"$T/err"
is "$?,$(wc -c <"$T/out")" 3,0 'a disk that takes nothing: exit 3, no seal'
is "$(mcourante verify >/dev/null; echo $?),$(seals)" 0,7 'and the log is as it was'

# Killed at any moment: there is a seal and the entry that names it, or neither.
rounds=${ROUNDS:-20}
broken=0 cut=0
for round in $(seq "$rounds"); do
	add "round $round"
	mcourante seal --to "cat >>'$T/killed'" >/dev/null 2>&1 & sealing=$!
	disown $sealing
	sleep "$(perl -e 'printf "%.4f", rand 0.02')"
	kill -9 $sealing 2>/dev/null && cut=$((cut + 1))
	wait_for 10 eval "! kill -0 $sealing 2>/dev/null"
	mcourante verify >/dev/null 2>>"$T/why" || broken=$((broken + 1))
done
mcourante seal --to "cat >>'$T/killed'" >/dev/null
ok $broken "after each of $rounds kills log and seals hold"
[ $cut -ge $((rounds / 5)) ]
ok $? "$cut of $rounds kills came in time"
mcourante verify --seal "$T/killed" >/dev/null
ok $? 'and every seal that was handed over fits'
mcourante export >"$T/all"
is "$(grep -c '^{"type":"seal"' "$T/all")" "$(grep -c '^{"type":"entry".*"record":"{\\"type\\":\\"seal\\"' "$T/all")" 'each with its entry'
plan_done
