#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Store, then acknowledge, in each protocol of a conversation: reception is
# killed and its power cut at random while all of them deliver.  Whatever a
# panel took for its acknowledgement is in the journal, and its files on disk.
. tests/pipeline/lib.sh

rounds=$((${ROUNDS:-20} / 4 + 2))
spool=$T/spool
sources=
for protocol in smtp scaip vds2465 galaxy osborne-hoffman; do
	port=$(free_port)
	sources="$sources $protocol+tcp://127.0.0.1:$port#R1"
	for account in 71234561 71234562; do
		log=$T/log.$protocol.$account
		: >"$log"
		case $protocol in
		galaxy) perl tests/pipeline/galaxy-panel.pl "$port" "until-killed=$account,$log" & ;;
		osborne-hoffman) perl tests/pipeline/oh-panel.pl "$port" "until-killed=$account,$log" & ;;
		*) perl tests/pipeline/alarms.pl $protocol "$port" $account "$log" & ;;
		esac
		disown $!
		children="$children $!"
	done
done
panels=$children
served() { [ "$(cat "$T"/log.* | wc -l)" -gt $((before + 30)) ]; }

killed=0 cuts=0
for round in $(seq $rounds); do
	before=$(cat "$T"/log.* | wc -l)
	alarmrecv $sources --spool "$spool" --reserve 0 --segment 1 2>>"$T/err" &
	receiver=$!
	children="$panels $receiver"
	wait_for 20 served && killed=$((killed + 1))
	{ kill -9 $receiver && wait $receiver; } 2>/dev/null
	{
		FORGET_DIR=$spool FORGET_ONE_IN=$((20 << RANDOM % 5)) LD_PRELOAD=$BUILD/tests/forget.so \
			timeout 60 alarmrecv $sources --spool "$spool" --reserve 0 --segment 1 2>>"$T/err"
		[ $? -ne 137 ] || cuts=$((cuts + 1))
	} 2>/dev/null
done
is "$killed $cuts" "$rounds $rounds" 'killed under load, and the power cut, in each round'
kill $panels

cat "$spool"/*.jsonl >"$T/journal"
alarmdecode "$spool"/*.jsonl 2>/dev/null >"$T/events"
# Panels note words of the record, or the account and zone.
missing() {
	perl -ne '
		BEGIN { @logs = splice @ARGV, 2 }
		$there{$1} = 1 if /(Subject: \d+-\d+\.)/ || /(<ref>\d+<)/ || /"hex":"(\w+)"/;
		$there{"$1 $2"} = 1 if /"account":"(\d+)".*?"zone":"(\d+)"/;
		END { for (@logs) { open my $f, "<", $_ or die; while (<$f>) { chomp; print "$_\n" unless $there{$_} } } }
	' "$T/journal" "$T/events" "$T/log.$1".* | head
}
for protocol in smtp scaip vds2465 galaxy osborne-hoffman; do
	is "$(missing $protocol)" '' "$protocol: of $(cat "$T"/log.$protocol.* | wc -l) acknowledged alarms none is missing"
	[ "$(cat "$T"/log.$protocol.* | wc -l)" -gt $rounds ]
	ok $? "$protocol: and they were many"
done
is "$(perl -MDigest::SHA -ne '
	next unless /"reply":"ack"/;
	for my $name (/FILE (\S+)/g) {
		my ($sum) = $name =~ /^([0-9a-f]+)\./;
		my $path = "$ENV{T}/spool/files/$name";
		print "$name\n" unless -e $path && Digest::SHA->new(256)->addfile($path)->hexdigest eq $sum;
	}' "$T/journal" | head)" '' 'each file that a record names is on disk, whole'
plan_done
