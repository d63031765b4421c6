#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Cameras that send an e-mail: each is an alarm, its mail and picture are
# files that are on disk before the answer; broken, too long, strange ones.
. tests/pipeline/lib.sh

# received OPTION...: a reception.
received() { reception "$@" 'smtp+tcp://127.0.0.1:0#C1'; }
ended() {
	kill -TERM $receiver
	wait $receiver
}
# said FILE: what a camera sends, and what it is answered, a code a line.
# Lines of FILE are sent one by one, each behind an answer; those of a mail at once.
said() {
	perl -MIO::Socket::INET -e '
		my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $ARGV[0]) or die;
		sub answer { my $l; do { $l = <$s> // return print "closed\n" } while ($l =~ /^\d{3}-/); print substr($l, 0, 3), "\n"; $l }
		answer();
		my $mail = 0;
		while (my $l = <STDIN>) {
			$l =~ s/\n/\r\n/;
			last if $l eq "BREAK\r\n";
			print $s $l;
			$mail = 0, answer(), next if $mail && $l eq ".\r\n";
			next if $mail;
			$mail = 1 if answer() =~ /^354/;
		}' "$port" | tr '\n' ' '
}
fields() {
	perl -MJSON::PP -e '@k = splice @ARGV; while (<STDIN>) { my $r = decode_json($_); my $d = $r->{data} // {};
		print join(" ", map { my $v = $r->{$_} // $d->{$_}; ref $v ? join(",", @$v) : $v // "-" } @k), "\n" }' "$@"
}
envelope='EHLO cam1
MAIL FROM:<cam1@site.example>
RCPT TO:<1002+3@centre.example>
DATA'
head='From: cam1@site.example
Subject: Motion
Date: Wed, 25 Nov 2026 22:14:03 +0100'
picture='MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

Channel 1
..
--b
Content-Type: image/jpeg; name=a.jpg
Content-Transfer-Encoding: base64

/9j/4AAQSkZJRgABAQAAAQABAAD/2Q==
--b--
.'

received --spool "$T/spool"
is "$(said <<<"$envelope
$head
$picture
QUIT")" '220 250 250 250 354 250 221 ' 'a camera says what it has to say'
is "$(alarmdecode "$T"/spool/*.jsonl | fields account zone kind category text body sent)" \
	"1002 3 alarm video Motion Channel 1"$'\r\n'". 2026-11-25T21:14:03.000Z" 'an alarm of its account, and its zone'
jpg=$(alarmdecode "$T"/spool/*.jsonl | fields picture)
eml=$(alarmdecode "$T"/spool/*.jsonl | fields mail)
is "$(sha256sum <"$T/spool/files/$jpg" | cut -d' ' -f1).jpg $(head -c 2 "$T/spool/files/$jpg" | od -An -tx1 | tr -d ' ')" "$jpg ffd8" \
	'its picture is a file named by its SHA-256'
is "$(sha256sum <"$T/spool/files/$eml" | cut -d' ' -f1).eml $(grep -c 'Content-Type: image' "$T/spool/files/$eml")" "$eml 1" 'so is the mail'
is "$(stat -c %a "$T/spool/files" "$T/spool/files/$jpg" | tr '\n' ' ')" '700 600 ' 'for nobody else to read'
is "$(said <<<"EHLO cam1
AUTH LOGIN
dXNlcg==
c2VjcmV0
AUTH PLAIN AHVzZXIAc2VjcmV0
NOOP
${envelope#*$'\n'}
$head
$picture
RSET
QUIT")" '220 250 334 334 235 235 252 250 250 354 250 250 221 ' 'with a name and a password, and once more'
is "$(grep -c '"repeat"' "$T"/spool/*.jsonl) $(grep -rlE 'c2VjcmV0|AHVzZXI' "$T/spool" | wc -l) $(ls "$T/spool/files" | wc -l)" '1 0 2' \
	'the same is a repetition; no password is kept'
is "$(said <<<"$envelope
$head

half of i
BREAK")" '220 250 250 250 354 ' 'a camera that goes in the middle'
wait_for 10 grep -q incomplete "$T"/spool/*.jsonl
like "$(alarmdecode "$T"/spool/*.jsonl)" '"error":"incomplete".*RCPT TO:<1002' 'what it had begun to say reaches a person'
is "$(said <<<"RCPT TO:<1@c>
DATA
MAIL FROM:<a@b>
DATA
RCPT TO:1002
what
QUIT")" '220 503 503 250 503 501 500 221 ' 'out of order'
is "$(printf '%s\n' 1 2 3 4 5 6 7 8 9 10 11 | said)" '220 500 500 500 500 500 500 500 500 500 500 closed ' 'no camera: closed'
printf '\x16\x03\x01\x02\x00\x01' >"/dev/tcp/127.0.0.1/$port"
wait_for 10 grep -q '"noise"' "$T"/spool/*.jsonl
ok $? 'TLS is no mail'
ended

# A clip that is longer than what is kept.
rm -rf "$T/spool"
received --spool "$T/spool"
is "$( (printf '%s\n' "$envelope" "$head" '' ; yes "$(printf '%075d' 0)" | head -c 11000000; printf '\n.\nQUIT\n') | said)" '220 250 250 250 354 250 221 ' 'eleven megabytes'
is "$(alarmdecode "$T"/spool/*.jsonl | fields account kind warnings) $(($(stat -c %s "$T"/spool/files/*.eml) > 10000000))" '1002 alarm mail-cut 1' \
	'are an alarm still, of which the beginning is kept'
rm -rf "$T/spool/files"
touch "$T/spool/files"
is "$(said <<<"$envelope
$head
$picture
QUIT")" '220 250 250 250 354 452 221 ' 'no place for the picture: try again'
like "$(alarmdecode "$T"/spool/*.jsonl)" '"error":"file-lost".*"account":"1002"' 'and a person sees the alarm meanwhile'
ended

# What else comes: dots, lines without CR, long ones, envelopes that name nobody, or many.
# raw PAUSE PIECE...: the pieces as they are, so many seconds between them; what was answered, a code a line.
raw() {
	perl -MIO::Socket::INET -e '
		my ($port, $pause, @pieces) = @ARGV;
		my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $port) or die;
		for (@pieces) { s/\\([rn0])/$1 eq "r" ? "\r" : $1 eq "n" ? "\n" : "\0"/ge; print $s $_; $s->flush; select undef, undef, undef, $pause }
		shutdown $s, 1;
		alarm 20;
		while (<$s>) { print substr($_, 0, 3), "\n" unless /^\d{3}-/ }' "$port" "$@" | tr '\n' ' '
}
# started ACCOUNT: an envelope.
started() { printf '%s' "MAIL FROM:<c@s>\\r\\nRCPT TO:<$1@c>\\r\\nDATA\\r\\n"; }
of() { alarmdecode "$T"/spool/*.jsonl 2>/dev/null | grep "\"account\":\"$1\""; }
rm -rf "$T/spool"
received --spool "$T/spool"
long=$(printf '%03000d' 7)
is "$(raw 0.3 "$(started 2001)Subject: a\r\n\r\n$long" '.\r\nmore\r\n.\r\nQUIT\r\n')" '220 250 250 354 250 221 ' 'a dot behind a long line ends no mail'
like "$(tail -n 2 "$T"/spool/files/*.eml | tr -d '\r' | tr '\n' ' ')" '7\. more $' 'and is kept'
is "$(raw 0 "$(started 2002)Subject: a\r\n\r\none\n.\nMAIL FROM:<x@y>\r\nRCPT TO:<6666@c>\r\nDATA\r\nforged\r\n.\r\nQUIT\r\n")" '220 250 250 354 250 221 ' \
	'where lines end in CR LF a dot between LFs is text'
is "$(of 6666)" '' 'no second mail is smuggled in'
is "$(raw 0 'MAIL FROM:<c@s>\nRCPT TO:<2003@c>\nDATA\nSubject: LF\n\none\n.\nQUIT\n')" '220 250 250 354 250 221 ' 'a camera that knows no CR is served'
is "$(raw 0 'MAIL FROM:<RCPT TO:<x>@y>\r\nDATA\r\nRCPT TO:<>\r\nRCPT TO:>x<\r\nDATA\r\nQUIT\r\n')" '220 250 503 501 501 503 221 ' 'who names no recipient may not go on'
is "$(raw 0 'MAIL FROM:<c@s>\r\nRCPT TO:<2004+7@c>\r\nRCPT TO:<owner@home.example>\r\nRCPT TO:<2005@c>\r\nRCPT TO:<2005@c>\r\nDATA\r\nSubject: two\r\n\r\n.\r\nQUIT\r\n')" \
	'220 250 250 250 250 250 354 250 221 ' 'for several'
is "$(alarmdecode "$T"/spool/*.jsonl | grep '"text":"two"' | fields account zone of | tr '\n' ' ')" '2004 7 3 owner - 3 2005 - 3 ' 'an event for each of them, once'
is "$(raw 0 "MAIL FROM:<c@s>\\r\\n$(printf 'RCPT TO:<%d@c>\\r\\n' {3001..3120})QUIT\r\n" | tr ' ' '\n' | sort | uniq -c | awk '{ print $2, $1 }' | tr '\n' ' ')" \
	'220 1 221 1 250 101 452 20 ' 'a hundred at most'
is "$(raw 0 'STARTTLS\r\nxyzzy 4711 FIRE\r\nQUIT\r\n')" '220 502 500 221 ' 'what is no command is refused'
is "$(grep -c 'xyzzy 4711 FIRE' "$T"/spool/*.jsonl) $(grep -c STARTTLS "$T"/spool/*.jsonl)" '1 0' 'and a person sees it'
raw 0.2 "AUTH GSSAPI $(printf '%02100d' 0)" "$(printf '%02100d' 0)" 'hidden\r\nQUIT\r\n' >/dev/null
is "$(grep -c hidden "$T"/spool/*.jsonl)" 0 'a password of any length is no command'
is "$(raw 0 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')" '220 500 ' 'another protocol'
like "$(cat "$T/err")" 'speaks HTTP.*, not smtp: closed' 'is named'
# A connection that is reset within the password.
perl -MIO::Socket::INET -MSocket=SOL_SOCKET,SO_LINGER -e '
	for my $begun ("AUTH PLAIN AHVzZXIAc2VjcmV0", "auth login dXNlcg==\r\nc2VjcmV0", "AUTH LOGIN\r\n\x01c2VjcmV0") {
		my $s = IO::Socket::INET->new(PeerAddr => "127.0.0.1", PeerPort => $ARGV[0]) or die;
		<$s>;
		print $s $begun;
		$s->flush;
		select undef, undef, undef, 0.2;
		setsockopt $s, SOL_SOCKET, SO_LINGER, pack "ii", 1, 0;
	}' "$port"
wait_for 10 sh -c "[ \$(grep -c incomplete '$T'/spool/*.jsonl) -ge 3 ]"
is "$? $(grep -rlE 'c2VjcmV0|AHVzZXI|633256|dXNlcg' "$T/spool" | wc -l)" '0 0' 'cut off within a password: told without it'
# After a power cut a name may be there whose bytes are not.
is "$(raw 0 "$(started 2006)Subject: again\r\n\r\nthe same\r\n.\r\nQUIT\r\n")" '220 250 250 354 250 221 ' 'a mail'
eml=$(of 2006 | fields mail)
size=$(stat -c %s "$T/spool/files/$eml")
head -c "$size" /dev/zero >"$T/spool/files/$eml"
raw 0 "$(started 2006)Subject: again\r\n\r\nthe same\r\n.\r\nQUIT\r\n" >/dev/null
is "$(sha256sum <"$T/spool/files/$eml" | cut -d' ' -f1).eml" "$eml" 'once more: its file is whole again'
# Names are words of a mail, and never of a path.
raw 0 "$(started 2007)Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: image/jpeg; name=\"../../../../evil.jpg\"\r\nContent-Disposition: attachment; filename=\"/etc/passwd.png\"\r\n\r\nx\r\n--b--\r\n.\r\nQUIT\r\n" >/dev/null
is "$(of 2007 | fields picture) $(ls "$T/spool/files" | grep -vcE '^[0-9a-f]{64}\.(eml|jpg)$') $(find "$T" -name 'evil*' -o -name 'passwd*' | wc -l)" \
	"$(printf 'x\r\n' | sha256sum | cut -d' ' -f1).jpg 0 0" 'no name of an attachment is used'
# The subject is controls alone, as long as a record may have it; so is the account.
raw 0 "$(started '\\0\xC3\xA9\xFF')Subject: $(printf '\\0%.0s' {1..10000})\r\n\r\n.\r\nQUIT\r\n" >/dev/null
like "$(alarmdecode "$T"/spool/*.jsonl | tail -1 | cut -c 1-400)" '"type":"event".*"kind":"alarm"' 'ten thousand NULs: an alarm still'
is "$(alarmdecode "$T"/spool/*.jsonl | perl -MJSON::PP -ne 'decode_json($_)' 2>&1 | head -3) $(awk 'length > 65536' "$T"/spool/*.jsonl | wc -l)" ' 0' 'in records that everybody can read'
ended

# Small talk makes nobody known: who says no more is gone soon, and what had come of a mail reaches a person.
rm -rf "$T/spool"
received --spool "$T/spool" --stranger-idle 1s
exec 3<>"/dev/tcp/127.0.0.1/$port"
printf 'EHLO cam1\r\nMAIL FROM:<c@s>\r\nRCPT TO:<2008@c>\r\nDATA\r\nSubject: half\r\n' >&3
wait_for 10 grep -q '"incomplete"' "$T"/spool/*.jsonl
is "$? $(of 2008 | grep -c incomplete)" '0 0' 'a camera that falls silent within a mail'
like "$(cat "$T"/spool/*.jsonl)" 'RCPT TO:<2008@c>.*Subject: half' 'what it had begun to say reaches a person at once'
exec 3>&-
ended

# A disk that fails while a picture is made durable: no 250, and all of it once more.
rm -rf "$T/spool"
FAIL_DIR=$T/spool FAIL_FLAG=$T/flag LD_PRELOAD=$BUILD/tests/fail.so received --spool "$T/spool"
echo 'fsync 5' >"$T/flag"
is "$(raw 0 "$(started 2009)Subject: fails\r\n\r\n.\r\nQUIT\r\n")" '220 250 250 354 ' 'its file is not durable: no answer'
like "$(cat "$T/err")" 'Input/output error: what was not on disk is not acknowledged' 'and that is said'
rm "$T/flag"
is "$(raw 0 "$(started 2009)Subject: fails\r\n\r\n.\r\nQUIT\r\n")" '220 250 250 354 250 221 ' 'once more'
is "$(grep -c '"repeat"' "$T"/spool/*.jsonl | grep -c ':[1-9]') $(ls "$T/spool/files" | wc -l) $(ls "/proc/$receiver/fd" | wc -l)" \
	"0 1 $(raw 0 "$(started 2010)Subject: fd\r\n\r\n.\r\nQUIT\r\n" >/dev/null; ls "/proc/$receiver/fd" | wc -l)" 'as the first of it; no descriptor is lost'
ended

# Old ones go with the records that named them.
rm -rf "$T/spool"
received --spool "$T/spool"
said <<<"$envelope
$head
$picture
QUIT" >/dev/null
ended
touch -d '100 days ago' "$T"/spool/files/*.jpg
alarmspool prune --keep 90d "$T/spool"
is "$(ls "$T/spool/files" | sed 's/.*\.//')" eml 'prune: a file that is older than all records'

echo 'R1 * 4711 interval=90s' >"$T/accounts"
received -a "$T/accounts" --unknown refuse >"$T/records"
is "$(said <<<"$envelope
$head
$picture
QUIT")" '220 250 250 250 354 550 221 ' 'an account that is not known'
ended
is "$(fields reply <"$T/records") $(grep -c 'FILE ' "$T/records")" 'duh 0' 'without a journal no file is kept'
plan_done
