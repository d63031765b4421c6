#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The demo, as a person sees it in both languages; it leaves no process.
. tests/pipeline/lib.sh

for language in en fr; do
	LC_ALL= LANG=${language}_FR.UTF-8 DEMO_DIR=$T/$language man/examples/demo >"$T/out" 2>"$T/err" </dev/null
	ok $? "$language: the demo ends well"
	is "$(cat "$T/err")" '' "$language: without a complaint"
	said=$(cat "$T/out")
	like "$said" '1002 .*130 .*alarm .*003' "$language: an intrusion is shown"
	like "$said" '1002 .*FA .*alarm .*020' "$language: a fire"
	like "$said" '1008 .*121 .*alarm .*004' "$language: a duress"
	like "$said" 'crc-bad' "$language: what could not be read"
	like "$said" "$T/$language/state/spool" "$language: where the journal lies"
	for process in /proc/[0-9]*; do
		{ tr '\0' ' ' <"$process/cmdline"; } 2>/dev/null | grep -q "^[a-z]* .*$T/$language" && echo "$process"
	done >"$T/left"
	is "$(cat "$T/left")" '' "$language: no process is left"
done
like "$said" 'INCENDIE' 'the main courante speaks French'
plan_done
