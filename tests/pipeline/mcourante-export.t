#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What is given away can be proved: by verify, and by who has sha256sum and
# openssl and does what the folder's own README says.
. tests/pipeline/lib.sh
export TZ=Europe/Paris

event() { # ID ACCOUNT [MORE]
	printf '{"type":"event","id":"%s","at":"2026-01-13T20:14:03.120Z","source":"R1","account":"%s","format":"cid","code":"130","qualifier":"E","kind":"alarm","category":"burglary","severity":3,"zone":"003"%s}\n' "$1" "$2" "${3:-}"
}
status() { "$@" >"$T/out" 2>"$T/err"; echo $?; }
add() { mcourante add "$@" >/dev/null; }
# The commands of a README, as they stand there.
followed() { # FOLDER README
	grep -E '^    [^ ]' "$1/$2" | cut -c 5- >"$T/commands"
	(cd "$1" && bash "$T/commands") >"$T/said" 2>&1
}
# A manifest that fits what was changed: whoever can change a file can write it.
manifest() { (cd "$1" && find . -type f ! -name MANIFEST.sha256 | sed 's|^\./||' | sort | xargs sha256sum >MANIFEST.sha256); }
openssl=$(command -v openssl)

mcourante seal --new-key "$VIGIE_ETC/seal.key" >/dev/null
mkdir -p "$T/spool/files"
printf 'a picture' >"$T/picture"
picture=$(sha256sum "$T/picture" | cut -c 1-64).jpg
cp "$T/picture" "$T/spool/files/$picture"
{ event e-1 1002; event e-2 1003 ',"site":"Logis-Nord"'; event e-3 1002 ",\"data\":{\"picture\":\"$picture\"}"; } | mcourante add >/dev/null
mcourante seal >/dev/null
add -a 1002 -k verification -i 7 -e 10m 'Levée de doute : "personne", rien; =2+3'
add -a 1003 '=1+cmd|calc'
add -a 1002 $'deux\nlignes'
mcourante seal >/dev/null
add -a 1004 'not sealed yet'

# JSON lines.
is "$(status mcourante export)" 0 'JSON lines'
cp "$T/out" "$T/all.jsonl"
is "$(cut -d '"' -f 4 "$T/all.jsonl" | uniq | tr '\n' ' ')" 'entry seal entry seal entry export ' 'entries, each seal behind its entry, an end'
like "$(cat "$T/err")" 'entries 8 to 9 are not sealed yet' 'what is not sealed is told'
like "$(mcourante verify --text "$T/all.jsonl" | tr '\n' ' ')" '^entries: 9, intact; the newest is 9, [0-9a-f]{64} part of the log: entries 1 to 9, 9 of them with their text seals: 2, up to entry 7 $' 'they are proved without the database'
is "$(VIGIE_STATE=$T/none mcourante verify --key "$VIGIE_ETC/seal.pub" "$T/all.jsonl" >/dev/null; echo $?)" 0 'on another machine too'
altered() { # NAME REGEX PERL: on the lines of the file
	perl -e "$3" <"$T/all.jsonl" >"$T/bad.jsonl"
	is "$(status mcourante verify "$T/bad.jsonl")" 1 "JSON lines: $1"
	like "$(cat "$T/err")" "$2" 'is named'
}
altered 'a text changed' 'entry 5: its text or data were changed' 'while (<>) { s/Levée/Levee/; print }'
altered 'a time changed' 'entry 6: its number, times, kind or hashes' 'while (<>) { s/"written":"20../"written":"1999/ if /"number":6/; print }'
altered 'an entry removed' 'entry 6: removed' 'while (<>) { print unless /^.{90,120}"number":6,/ }'
altered 'two entries the other way round' 'entry 6: removed' '@l = <>; @l[6, 7] = @l[7, 6]; print @l'
altered 'a seal removed' 'seal 1: removed' 'while (<>) { print unless /^.type.:.seal.*"seal":1/ or /^\{"type":"seal".*"seal":1,/ }'
altered 'a seal changed' 'bad.jsonl|export:[0-9]+: not as it was written|does not fit' 'while (<>) { s/"at":"20/"at":"19/ if /^\{"type":"seal"/; print }'
altered 'the end cut off' 'breaks off behind line [0-9]+' '@l = <>; print @l[0 .. $#l - 1]'
altered 'a line cut in two' 'not as it was written' '@l = <>; print @l[0 .. 3], substr($l[4], 0, 50)'
altered 'a key more, that no hash covers' 'not as it was written' 'while (<>) { s/"kind":"note"/"kind":"note","comment":"x"/; print }'
altered 'an entry that was made up' 'entry|not as it was written' '@l = <>; $l[6] =~ s/"number":6/"number":7/; print @l[0 .. 6], @l[6 .. $#l]'

# Text and tables.
is "$(mcourante export --text --account 1003 | sed 's/2026-[^[]*//')" $'2  [auto] 1003 Logis-Nord – alarme intrusion zone 3.\n6  ['"$(id -un)"'] =1+cmd|calc' 'lines for people'
like "$(mcourante export --text | sed -n 1p)" '^1  2026-01-13 21:14:03 \+01:00  \[auto\] ' 'with local times that say so'
mcourante export --csv >"$T/out"
is "$(head -c 3 "$T/out"),$(tr -cd '\r' <"$T/out" | wc -c)" num,10 'CSV: a line of names, CR LF'
like "$(cat "$T/out")" '^5,[^,]*,verification,[^,]*,1002,,7,"Levée de doute : ""personne"", rien; =2\+3",' 'quotes where they are wanted'
is "$(grep -c '^7,.*"deux$' "$T/out")" 1 'a line end within quotes'
mcourante export --spreadsheet >"$T/out"
is "$(head -c 3 "$T/out" | od -An -tx1 | tr -d ' ')" efbbbf 'for spreadsheets: a byte order mark'
like "$(cat "$T/out")" "^6;.*;\"'=1\+cmd\|calc\";" 'and what would be run as a formula is not'

# A folder.
is "$(status mcourante export --bundle "$T/all" --spool "$T/spool")" 0 'a folder'
is "$(ls "$T/all" | tr '\n' ' ')" 'LISEZMOI.txt MANIFEST.sha256 README.txt contents.txt files heads.txt journal.txt seal.pub seal.sig seal.signed seals.txt ' 'with all that proves it'
cmp "$T/all/files/$picture" "$T/picture"
ok $? 'and the picture that an entry names'
is "$(stat -c %a "$T/all")" 700 'for its owner'
is "$(status mcourante verify --key "$VIGIE_ETC/seal.pub" "$T/all")" 0 'verify proves it'
like "$(cat "$T/out")" '"intact":true,"entries":9,"flaws":0,"number":9,.*"contents":9,"seals":2,"sealed":7' 'all of it'
is "$(status mcourante export --bundle "$T/all")" 2 'nothing is written over'
for readme in README.txt LISEZMOI.txt; do
	if [ -n "$openssl" ]; then
		followed "$T/all" $readme
		is $? 0 "$readme: each command goes through"
		is "$(grep -vc ': OK$' "$T/said"),$(grep -c 'Verified Successfully' "$T/said"),$(grep -c '^SEALED 7$' "$T/said"),$(grep -c '^CHAIN$' "$T/said"),$(grep -c '^CONTENTS$' "$T/said")" 4,1,1,1,1 'and says what it should'
	else
		ok 0 "$readme # SKIP no openssl here"
	fi
done

# A part of the log.
is "$(status mcourante export --bundle "$T/part" --account 1003)" 0 'a part of the log'
is "$(cut -f 1 "$T/part/contents.txt" | tr '\n' ' ')" '2 6 ' 'only what was asked for'
is "$(cut -f 1 "$T/part/heads.txt" | tr '\n' ' ')" '2 3 4 5 6 7 ' 'heads up to the next seal'
! grep -rqE '"1002|1002 |deux' "$T/part"/[a-z]*
ok $? 'and nothing of the others'
like "$(mcourante verify --text "$T/part" | tr '\n' ' ')" '^entries: 6, intact; .*entries 2 to 7, 2 of them with their text seals: 2, up to entry 7 $' 'is proved'
if [ -n "$openssl" ]; then
	followed "$T/part" README.txt
	is "$(grep -cE '^(SEALED 7|CHAIN|CONTENTS)$|Verified Successfully' "$T/said")" 4 'by its README too'
else
	ok 0 'README # SKIP no openssl here'
fi
for what in '--site Logis-Nord' '--incident 7' '--kind verification' '--since 2026-01-13 --until 2026-01-13' '--account 9999'; do
	rm -rf "$T/some"
	mcourante export --bundle "$T/some" $what 2>/dev/null && mcourante verify "$T/some" >"$T/out"
	ok $? "$what: $(wc -l <"$T/some/contents.txt") entries, $(wc -l <"$T/some/heads.txt") heads"
done
mcourante export --account 1003 >"$T/part.jsonl"
is "$(grep -c '^{"type":"head"' "$T/part.jsonl"),$(mcourante verify "$T/part.jsonl" >/dev/null; echo $?)" 4,0 'as JSON lines'
is "$(status mcourante export --bundle "$T/unsealed" --account 1004)" 0 'what is not sealed yet'
like "$(cat "$T/err")" 'entries 9 to 9 are not sealed yet' 'is told'
mcourante verify --text "$T/unsealed" >"$T/out"
like "$(cat "$T/out")" '^no seal$' 'and verify tells it'

# Each file changed, with a manifest that fits.
spoiled() { # NAME REGEX COMMAND: in the folder
	rm -rf "$T/bad"; cp -r "$T/all" "$T/bad"
	(cd "$T/bad" && eval "$3")
	[ -n "${4:-}" ] || manifest "$T/bad"
	is "$(status mcourante verify "$T/bad")" 1 "folder: $1"
	like "$(cat "$T/err")" "$2" 'is named'
}
spoiled 'a file changed, the manifest not' '^mcourante: journal.txt: changed' "sed -i 's/alarme/Alarme/' journal.txt" keep
spoiled 'a file removed, the manifest not' 'seal.sig: removed' 'rm seal.sig' keep
spoiled 'a line for people' '^mcourante: journal.txt:1: not as it was written' "sed -i '1s/zone 3/zone 4/' journal.txt"
spoiled 'a line for people more' '^mcourante: journal.txt:10: not as it was written' "echo '10  2026-01-13 21:14:03 +01:00  [chef] x' >>journal.txt"
spoiled 'a text' '^mcourante: entry 5: its text or data were changed' "sed -i '5s/Levée/Levee/' contents.txt journal.txt"
spoiled 'the random bytes' '^mcourante: entry 5: its text or data were changed' "perl -pi -e 's/^5\t(.)/\"5\t\" . (\$1 eq \"B\" ? \"C\" : \"B\")/e' contents.txt"
spoiled 'a text removed' '^mcourante: (journal|contents).txt:' "sed -i 5d contents.txt"
spoiled 'a head' '^mcourante: entry 7: it does not follow' "sed -i '6s/note/test/' heads.txt"
spoiled 'a head removed' '^mcourante: entry 6: removed' 'sed -i 6d heads.txt'
spoiled 'two heads the other way round' '^mcourante: entry 6: removed' "sed -i '6{h;d};7{G}' heads.txt"
spoiled 'the tail cut off' '^mcourante: seal 2: entry 7, of which it tells, is not there' 'sed -i 6,9d heads.txt contents.txt journal.txt'
spoiled 'the seals' '^mcourante: seal 1: changed; its signature does not fit' "sed -i 's/^time: 2/time: 1/' seals.txt"
spoiled 'a seal removed' 'seal 1: removed' 'sed -i 1,9d seals.txt'
spoiled 'what openssl is given' '^mcourante: seal.signed: changed' 'sed -i s/7/8/ seal.signed'
spoiled 'a picture' "files/$picture: changed" "echo x >>files/$picture"
spoiled 'a picture removed' "$picture: removed" "rm files/$picture"
spoiled 'another key' 'seal 2: by another key' "mcourante seal --new-key k.key >/dev/null; mv k.pub seal.pub; rm k.key"
spoiled 'a name that leads out of the folder' 'MANIFEST.sha256:[0-9]*: not as it was written' 'echo "$(sha256sum </etc/passwd | cut -c 1-64)  ../../../etc/passwd" >>MANIFEST.sha256' keep
if [ -n "$openssl" ]; then
	rm -rf "$T/bad"; cp -r "$T/all" "$T/bad"; sed -i '5s/Levée/Levee/' "$T/bad/contents.txt"; manifest "$T/bad"
	followed "$T/bad" README.txt
	is "$(grep -c '^CONTENTS$' "$T/said"),$(grep -c '^CHAIN$' "$T/said")" 0,1 'the README sees a text that was changed'
	rm -rf "$T/bad"; cp -r "$T/all" "$T/bad"; sed -i '4s/automatic/note/' "$T/bad/heads.txt"; manifest "$T/bad"
	followed "$T/bad" README.txt
	is "$(grep -c '^CONTENTS$' "$T/said"),$(grep -c '^CHAIN$' "$T/said")" 1,0 'and a head'
else
	ok 0 'README # SKIP no openssl here'
fi
rm "$T/spool/files/$picture"
is "$(status mcourante export --bundle "$T/lost" --spool "$T/spool")" 1 'a picture that is not there any more'
like "$(cat "$T/err")" "$picture: named by an entry" 'is told; the rest is there'
is "$(status mcourante verify "$T/lost")" 1 'and verify misses it'

# Whole, or not there.
is "$(status mcourante export -o "$T/file.jsonl"),$(cmp <(sed '$d' "$T/file.jsonl") <(sed '$d' "$T/all.jsonl") && echo same)" 0,same 'into a file'
is "$(status mcourante export -o "$T/file.jsonl")" 2 'which is not written over'
perl -e 'my ($head, $tail) = split /X/, $ARGV[0]; print "$head$_$tail\n" for 1 .. 20000' "$(event big-X 1005)" | mcourante add >/dev/null
mcourante seal >/dev/null
for kib in 100 600; do
	(trap '' XFSZ; ulimit -f $kib; exec mcourante export -o "$T/full.jsonl") 2>"$T/err"
	is "$?,$(ls "$T"/full* 2>/dev/null)" 3, "a disk that is full: exit 3, and no file"
	(trap '' XFSZ; ulimit -f $kib; exec mcourante export --bundle "$T/full") 2>"$T/err"
	is "$?,$(ls -d "$T"/full* 2>/dev/null)" 3, 'nor a folder'
done
(trap '' XFSZ; ulimit -f 100; mcourante export >"$T/cut.jsonl") 2>/dev/null
is "$(status mcourante verify "$T/cut.jsonl")" 1 'what standard output did not take breaks off, and verify sees it'
rounds=${ROUNDS:-20}
torn=0 cut=0 made=0
for round in $(seq "$rounds"); do
	rm -rf "$T"/killed*
	mcourante export --bundle "$T/killed" >/dev/null 2>&1 & running=$!
	disown $running
	sleep "$(perl -e 'printf "%.3f", rand 0.15')"
	kill -9 $running 2>/dev/null && cut=$((cut + 1))
	wait_for 10 eval "! kill -0 $running 2>/dev/null"
	[ ! -e "$T/killed" ] || made=$((made + 1))
	[ ! -e "$T/killed" ] || mcourante verify "$T/killed" >/dev/null || torn=$((torn + 1))
done
ok $torn "after each of $rounds kills the folder is whole or not there; $made were"
[ $cut -ge $((rounds / 5)) ]
ok $? "$cut of $rounds kills came in time"
is "$(status mcourante export --bundle "$T/last"),$(status mcourante verify "$T/last")" 0,0 'then it is made'
is "$(status mcourante verify "$T/none")" 3 'what is not there cannot be verified'
mkdir "$T/empty"
is "$(status mcourante verify "$T/empty")" 3 'nor what is no export'
plan_done
