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
plan_done
