#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# What a technician is shown: every case of the corpus, in both languages.
. tests/pipeline/lib.sh

perl tests/pipeline/explain.pl lib/text/po/fr.po "$T" tests/corpus/*.case >"$T/said"
ok $? 'all cases of the corpus can be explained'
said() { grep "^$1 " "$T/said"; }
ok "$(( $(said cases | cut -d' ' -f2) < 600 ))" 'there are as many as there should be'
is "$(said wide)" '' 'no line is wider than 80 columns'
is "$(said empty)" '' 'none has nothing to say'
is "$(said ragged)" '' 'all rows keep to their columns'
is "$(said status)" '' 'the exit status is that of decoding'
is "$(said english)" '' 'no label of a row has stayed English'

frame='{"type":"frame","id":"pc1.e-1","at":"2026-01-13T20:14:03.000Z","proto":"dc09","source":"R1","via":"tcp","peer":"192.0.2.7:51234","text":"\nED25003D\"ADM-CID\"0101R1L0#1002[#1002|1130 01 003]_20:14:03,01-13-2026\r","reply":"duh","flags":["account-unknown"]}'
explained=$(echo "$frame" | alarmdecode --explain)
is $? 1 'what reception refused has no reading, explained or not'
is "$(tail -n 5 <<<"$explained")" '  note            account-unknown  an account that reception does not know
  answered then   duh
  received        2026-01-13T20:14:03.000Z
  source          R1
  peer            192.0.2.7:51234' 'what only reception could see, what it answered, when and whence it came'
is "$(LANG=C alarmdecode --explain <<<"$frame"$'\n'"$frame" | grep -c '^$')" 1 'an empty line parts two frames'
plan_done
