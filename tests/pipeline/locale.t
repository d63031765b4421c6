#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# French: every message of the sources is in the catalogue and translated,
# formats agree, and the tools speak it on a machine that has no locale for it.
. tests/pipeline/lib.sh

po=lib/text/po/fr.po
if ! command -v xgettext >/dev/null; then
	echo '1..0 # SKIP gettext is not installed'
	exit
fi

# The same collection as `make po`, on a copy.
cp $po "$T/fr.po"
make -s --no-print-directory po BUILD="$T/build" PO="$T/fr.po" </dev/null >"$T/out" 2>"$T/err"
ok $? 'messages can be collected'
is "$(grep -vE '^$|non-ASCII|translators who|different from yours|^ ' "$T/err")" '' 'without complaint'
msgattrib --untranslated "$T/fr.po" 2>/dev/null | grep '^msgid "' >"$T/untranslated"
is "$(msgattrib --untranslated --no-obsolete "$T/fr.po" | grep -c '^msgid "..*"')" 0 'no message lacks its French'
msgattrib --untranslated --no-obsolete "$T/fr.po" | grep -A3 '^msgid' | head -40 | sed 's/^/# /'
is "$(msgattrib --only-fuzzy --no-obsolete "$T/fr.po")" '' 'none is only guessed'
is "$(grep -c '^#~' "$T/fr.po")" 0 'none has gone from the sources'
msgfmt --check-format -o /dev/null "$T/fr.po" 2>"$T/err"
ok $? 'formats agree'
sed 's/^/# /' "$T/err"

# text_of VARIABLES...: what a person with these variables reads.
text_of() { env -i PATH="$PATH" VIGIE_LOCALEDIR="$VIGIE_LOCALEDIR" "$@" alarmdecode --help | tail -n 1; }
like "$(text_of LANG=fr_FR.UTF-8)" 'afficher la version' 'LANG=fr_FR.UTF-8 is enough, installed or not'
like "$(text_of LC_ALL=fr_BE.UTF-8 LANG=en_US.UTF-8)" 'afficher la version' 'LC_ALL goes before LANG'
like "$(text_of LANG=fr)" 'afficher la version' 'LANG=fr'
like "$(text_of LANG=en_GB.UTF-8)" 'show the version' 'English'
like "$(text_of LANG=de_DE.UTF-8)" 'show the version' 'a language we do not have: English'
like "$(text_of)" 'show the version' 'no language at all: English'

# Records keep their English vocabulary and their points.
frame='{"type":"frame","id":"t1.0-1","at":"2026-01-13T20:14:03.120Z","proto":"dc09","source":"R1","via":"tcp","peer":"192.0.2.7:51234","text":"\n3A58003D\"ADM-CID\"0101R1L0#1002[#1002|1130 01 003]_20:14:03,01-13-2026\r","reply":"ack"}'
strip() { sed 's/,"label":"[^"]*"//'; }
is "$(echo "$frame" | LC_ALL= LANG=fr_FR.UTF-8 alarmdecode | strip)" "$(echo "$frame" | alarmdecode | strip)" \
	'records differ in their label only'
plan_done
