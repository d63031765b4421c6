#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Makers' and centres' own codes: dialects.conf.
. tests/pipeline/lib.sh

# shown KEY...: one line a record of standard input; data.KEY, lists by commas, - for none.
shown() { perl -MJSON::PP -ne 'BEGIN { @k = @ARGV; @ARGV = () } my $r = decode_json($_); my $d = $r->{data} // {};
	print join(" ", map { my $v = /^data\.(.*)/ ? $d->{$1} : $r->{$_}; ref $v ? join(",", @$v) : $v // "-" } @k), "\n"' "$@"; }

# record SOURCE LINE ACCOUNT DATA: a Sur-Gard record of SIA in a frame record.
record() { printf '{"type":"frame","id":"pc1.e-1","at":"2026-01-13T20:14:03.000Z","proto":"surgard","source":"%s","text":"S01%s[#%s|%s]\\u0014"}\n' "$@"; }

cat >"$T/d.conf" <<'END'
# Ajax
dialect ajax
sia HA alarm duress 4 user en="Disarmed under duress" fr="Mise hors service sous contrainte"	# a remark
sia UX alarm water 3 en="Cellar # 2"

dialect depot like ajax
sia ux alarm water 3 zone en="Yard"
sia ZQ alarm burglary 3 user en="Vendor code"

site R1 *  1002 ajax
site R1 L1 1002 depot
site R2 *  *    depot
site *  *  00A7 ajax
END
{
	record R1 0 1002 NHA12
	record R1 0 1003 NHA12
	record R3 0 1002 NHA12
	record R1 1 1002 NZQ007
	record R2 0 4711 NZQ007
	record R2 0 4711 NHA12
	record R2 0 00a7 NZQ007
	record R9 0 A7 NHA12
} >"$T/frames"
alarmdecode --json --dialects "$T/d.conf" <"$T/frames" >"$T/events"
is $? 1 'frames are read by dialects; where none says it a code is in no table'
is "$(shown source account kind category severity zone user data.dialect warnings <"$T/events")" 'R1 1002 alarm duress 4 - 12 ajax -
R1 1003 alarm holdup 4 12 - - -
R3 1002 alarm holdup 4 12 - - -
R1 1002 alarm burglary 3 - 007 depot -
R2 4711 alarm burglary 3 - 007 depot -
R2 4711 alarm duress 4 - 12 depot -
R2 00a7 undefined untyped 3 007 - - code-unknown
R9 A7 alarm holdup 4 12 - - -' 'one account and not its neighbour; by line, by source alone; what it is like; an account before a source'
is "$(LC_ALL=C.UTF-8 alarmdecode --json --language fr --dialects "$T/d.conf" <"$T/frames" | shown label | head -1)" \
	'Mise hors service sous contrainte' 'in words of the language asked for'
is "$(record R1 0 1002 NUX1 | alarmdecode --json --dialects "$T/d.conf" | shown label)" 'Cellar # 2' 'a # between quotes is text'
is "$(record R1 1 1002 NUX1 | alarmdecode --json --dialects "$T/d.conf" | shown label)" 'Yard' 'its own line before the one that it is like'

mkdir -p "$VIGIE_ETC"
cp "$T/d.conf" "$VIGIE_ETC/dialects.conf"
is "$(head -1 "$T/frames" | alarmdecode --json | shown category)" 'duress' 'the file in $VIGIE_ETC needs no option'
echo 'nonsense' >>"$VIGIE_ETC/dialects.conf"
alarmdecode -n 2>"$T/err"
is $? 2 'one that is not sound: exit status 2'
like "$(cat "$T/err")" 'dialects.conf:14: ' 'with its line'
head -1 "$T/frames" | alarmdecode --json >/dev/null 2>&1
is $? 2 'and nothing is decoded by half a table'
rm "$VIGIE_ETC/dialects.conf"
alarmdecode --dialects "$T/nowhere" -n 2>/dev/null
is $? 2 'a file that is named must be there'
like "$(head -1 "$T/frames" | alarmdecode --explain --dialects "$T/d.conf")" '^  dialect +ajax: HA Disarmed under duress \(alarm duress\)' '--explain says what the dialect makes of it'

# Digits that have no meaning of their own, and the number within the code.
cat >"$T/agreed.conf" <<'END'
dialect agreed
pulse 3?   alarm burglary 3 zone en="Intrusion"
pulse 31   alarm holdup 4 en="Safe"
pulse A    alarm panic 4 en="Panic"
cesa200 12 alarm/- burglary 3 en="Intrusion"
cesa200 12/4 test test 0 en="At rest"
robofon 12 opening arming 0 user en="Disarmed"
channel 4  alarm burglary 3 en="Cold room"
channel 4/2 opening arming 0 en="Cold room open"
site * * * agreed
END
by() { printf '%s\n' "$2" | alarmdecode --json --dialects "$T/agreed.conf" -f "$1" | shown qualifier kind category severity zone label warnings; }
is "$(by pulse '123435 123435')" '- alarm burglary 3 5 Intrusion -' 'pulse: the digit behind the event is the zone'
is "$(by pulse '123431 123431')" '- alarm holdup 4 - Safe -' 'a code goes before a pattern'
is "$(by pulse '123441 123441')" '- undefined untyped 3 - - code-unknown' 'what it does not say stays unknown'
is "$(by cesa200 '1234511200000000')" 'E alarm burglary 3 - Intrusion -' 'CESA 200: new'
is "$(by cesa200 '1234521200000000')" 'R alarm burglary 3 - Intrusion qualifier-undefined' 'restored, where the dialect has no end of it'
is "$(by cesa200 '1234541200000000')" '- test test 0 - At rest -' 'CESA 200: a line for one type of message'
is "$(by cesa200 '1234501200000000')" '- status audio 2 - A voice session follows -' 'CESA 200: what the type says stays'
is "$(by robofon '12345612')" '- opening arming 0 - Disarmed check-missing' 'Robofon'
is "$(by fast-format '1234551555557')" 'E alarm burglary 3 - Intrusion channel-plan' 'Fast Format: a channel of the usual plan'
is "$(by fast-format '1234555155557')" 'E alarm burglary 3 - Cold room -' 'a channel of the site'"'"'s own plan'
is "$(by fast-format '1234555355557')" 'R restoral burglary 0 - Restored: Cold room -' 'and its end'
is "$(by fast-format '1234555455557')" 'R closing arming 0 - Armed -' 'open and closed are what the digit says'
is "$(by fast-format '1234555255557')" 'E opening arming 0 - Cold room open -' 'unless a line is for that digit'

# What cannot be meant.
refused() {
	printf '%b\n' "$1" >"$T/bad.conf"
	alarmdecode --dialects "$T/bad.conf" -n 2>"$T/err"
	local status=$?
	like "$status $(cat "$T/err")" "^2 .*bad.conf:$2: $3" "$4"
}
refused 'dialect a\n\nsia HA alarm burglary 3 en="x"' 3 '.*say quieter' 'a hold-up does not become less by the way'
refused 'dialect a\nsia FA status fire 4 en="x"' 2 '.*say quieter' 'nor does a fire stop being an alarm'
refused 'dialect a\nchannel 1 alarm burglary 3 en="x"' 2 '.*say quieter' 'nor in the usual plan of channels'
refused 'dialect a\npulse 12 alarm fire 4 en="x"\ndialect b like a\npulse 1? alarm burglary 3 en="x"' 4 '.*say quieter' 'nor under a pattern'
refused 'dialect a\ntelim N alarm burglary 3 en="x"' 2 '.*say quieter' 'nor a letter of Telim'
refused 'dialect a\nskfsk2 FC alarm burglary 3 en="x"' 2 '.*say quieter' 'nor what a receiver translates'
refused 'sia BA alarm burglary 3 en="x"' 1 '.*dialect NAME' 'a code without a dialect'
refused 'dialect a\nsai BA alarm burglary 3 en="x"' 2 'no such event language' 'a language that nobody knows'
refused 'dialect a\nsia-block BA alarm burglary 3 en="x"' 2 'no such event language' 'a form of another language'
refused 'dialect a\nsia B1 alarm burglary 3 en="x"' 2 'a SIA code' 'a code of another form'
refused 'dialect a\ncid 13 alarm burglary 3 en="x"' 2 'a Contact ID code' 'of Contact ID too'
refused 'dialect a\npulse ?3 alarm burglary 3 en="x"' 2 'a code is' 'a number in front of its code'
refused 'dialect a\ncid 441/X closing arming 0 en="x"' 2 'behind the slash' 'a qualifier that is none'
refused 'dialect a\nsia BA alert burglary 3 en="x"' 2 'a kind is' 'a kind that is none'
refused 'dialect a\nsia BA alarm theft 3 en="x"' 2 'a category is' 'a category that is none'
refused 'dialect a\nsia BA alarm burglary 5 en="x"' 2 'a severity is' 'a severity that is none'
refused 'dialect a\nsia BA alarm burglary 3' 2 'what it means' 'a code without words'
refused 'dialect a\nsia BA alarm burglary 3 en=x' 2 'words stand' 'words without quotes'
refused 'dialect a\nsia BA alarm burglary 3 door en="x"' 2 'behind the severity' 'a word too many'
refused 'dialect a\nsia BA alarm' 2 "a code's line is" 'a line too short'
refused 'dialect a\nsia BA alarm burglary 3 en="x"\nsia ba alarm burglary 3 en="y"' 3 'the same as in line 2' 'a code twice'
refused 'dialect a\ndialect a' 2 'there is a dialect' 'a dialect twice'
refused 'dialect a like b\ndialect b' 1 'no dialect above' 'like one that comes later'
refused 'dialect a b' 1 "a dialect's line is" 'a dialect with a word too many'
refused 'dialect a\nsite R1 0 1002 b' 2 'no dialect above' 'a site of no dialect'
refused 'dialect a\nsite R1 1002 a' 2 "a site's line is" 'a site without a line'
refused 'dialect a\nsite R1 L0 1002 a\nsite R1 0 1002 a' 3 'the same as in line 2' 'a site twice'

printf '%s\n' 'dialect a' 'sia HA alarm burglary 3 quieter en="Toilet door"' 'site * * * a' >"$T/quieter.conf"
is "$(record R1 0 1002 NHA12 | alarmdecode --json --dialects "$T/quieter.conf" | shown severity label)" '3 Toilet door' 'what is meant is done'

# Each line of the example takes effect.
example=$top/man/examples/dialects.conf
alarmdecode --dialects "$example" -n
is $? 0 'the example is sound'
is "$(alarmdecode --list | grep -c 'sia')" "$(alarmdecode --dialects "$example" --list | grep -c 'sia')" 'it changes nothing by itself'
perl -CS -ne '
	BEGIN { binmode STDIN, ":utf8" }
	$dialect = $1 if /^dialect (\S+)/;
	next unless my ($f, $code, $when, $kind, $over, $category, $severity, $rest) =
		m{^(sia|cid|pulse|ademco-express|robofon|cesa200|channel|ademco-hs)\s+([\w?]+)(?:/(\w))?\s+(\w+)(?:/(\w+))?\s+(\w+)\s+(\d)\s*(.*)};
	my ($label) = $rest =~ /en="([^"]*)"/;
	$label =~ s{ / .*}{};
	my $digits = $code =~ s/\?/5/gr;
	my $channels = sub { my $c = "5" x 8; substr($c, $code - 1, 1) = "1"; "1234${c}7" };
	my %payload = (
		sia => "N${code}12", cid => (($when // "E") eq "R" ? 3 : 1) . "$code 01 012", pulse => "1234$digits 1234$digits",
		"ademco-express" => "123427$code", robofon => "123456$code", cesa200 => "12345" . ($when // 1) . "${code}00000000",
	);
	my $payload = $f eq "channel" || $f eq "ademco-hs" ? $channels->() : $payload{$f};
	$f = "fast-format" if $f eq "channel";
	print join("\t", $dialect, $f, $payload, "$kind $category $severity $dialect $label"), "\n";
' "$example" >"$T/lines"
count=0
while IFS=$'\t' read -r dialect format payload want; do
	{ cat "$example"; echo "site * * * $dialect"; } >"$T/one.conf"
	got=$(printf '%s\n' "$payload" | alarmdecode --json --language en -f "$format" --dialects "$T/one.conf" | shown kind category severity data.dialect label)
	[ "$got" = "$want" ] && count=$((count + 1)) || printf '# %s %s\n#  got: %s\n# want: %s\n' "$format" "$payload" "$got" "$want"
done <"$T/lines"
is "$count" "$(grep -cE '^(sia|cid|pulse|ademco-express|robofon|cesa200|channel|ademco-hs) ' "$example")" 'each line of the example takes effect'
plan_done
