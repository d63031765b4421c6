#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Social alarms: units that speak SCAIP in SIP, over UDP and TCP, answered
# byte for byte, kept, and decoded; their silence told.
use strict;
use warnings;
use lib 'tests/pipeline';
use IO::Select;
use IO::Socket::INET;
use JSON::PP;
use Reception;
use Test::More;
use Time::HiRes qw(sleep);

my ($receiver, @ports);
sub start {
	my @arguments = @_;
	open my $old, '>', "$T/err";
	$receiver = fork // die "fork: $!";
	if ($receiver == 0) {
		open STDERR, '>>', "$T/err";
		exec 'alarmrecv', 'scaip+udp://127.0.0.1:0#R5', 'scaip+tcp://127.0.0.1:0#R5', '--spool', "$T/spool", '--reserve', 0, @arguments;
		die "exec: $!";
	}
	@ports = listening("$T/err", 2);
}
sub stop { kill 'TERM', $receiver; waitpid $receiver, 0; return $? >> 8 }
END { kill 'KILL', $receiver if $receiver && kill 0, $receiver }

sub udp { return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $ports[0], Proto => 'udp') // die "udp: $!" }
sub tcp { return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $ports[1], Proto => 'tcp') // die "tcp: $!" }

# What comes back to a datagram; undef when nothing does.
sub ask {
	my ($socket, $bytes, $patience) = @_;
	$socket->send($bytes);
	return undef unless IO::Select->new($socket)->can_read($patience // 10);
	$socket->recv(my $reply, 65536);
	return $reply;
}

# So many whole responses off a connection.
sub responses {
	my ($socket, $count) = @_;
	my ($got, @whole) = ('');
	while (@whole < $count && IO::Select->new($socket)->can_read(10) && sysread $socket, $got, 65536, length $got) {
		while ($got =~ /\A(.*?Content-Length: (\d+)\r\n\r\n)/s && length $got >= length($1) + $2) {
			push @whole, substr $got, 0, length($1) + $2, '';
		}
	}
	return @whole;
}

sub mrq { my %tag = @_; return '<mrq>' . join('', map { "<$_>$tag{$_}</$_>" } grep { defined $tag{$_} } qw(ref mty cid dty did stc lte)) . '</mrq>' }
my $call = 0;
sub message {
	my ($body, %o) = @_;
	my $id = $o{id} // ++$call;
	my $length = $o{length} // length $body;
	return ($o{method} // 'MESSAGE') . " sip:arc\@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK$id\r\n" .
		"From: <sip:unit\@192.0.2.7>;tag=49583\r\nTo: <sip:arc\@192.0.2.1>;tag=c1\r\nCall-ID: c$id\@192.0.2.7\r\nCSeq: 1 MESSAGE\r\n" .
		($o{fields} // '') . "Content-Type: application/scaip+xml\r\nContent-Length: $length\r\n\r\n$body";
}
sub answer {
	my ($id, $body) = @_;
	return "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK$id\r\nFrom: <sip:unit\@192.0.2.7>;tag=49583\r\n" .
		"To: <sip:arc\@192.0.2.1>;tag=c1\r\nCall-ID: c$id\@192.0.2.7\r\nCSeq: 1 MESSAGE\r\n" .
		"Content-Type: application/scaip+xml\r\nContent-Length: " . length($body) . "\r\n\r\n$body";
}
sub mrs { my ($ref) = @_; return "<mrs><ref>$ref</ref><snu>0</snu></mrs>" }
sub status_line { my ($reply) = @_; return ($reply // '(nothing)') =~ s/\r\n.*//sr }

# UDP.
start();
my $unit = udp();
my %alarm = (ref => 'A1', cid => '0123456789', dty => '0004', did => 'B7', stc => '0010', lte => 'Salon');
is ask($unit, message(mrq(%alarm), id => 'a1')), answer('a1', mrs('A1')), 'an alarm is acknowledged, byte for byte';
like slurp((glob "$T/spool/*.jsonl")[0]), qr/<ref>A1<\/ref>/, 'and stands in the journal';
is ask($unit, message(mrq(%alarm), id => 'a1')), answer('a1', mrs('A1')), 'its retransmission gets the same answer';
is ask($unit, message(mrq(%alarm, ref => 'A2', mty => 'RE', dty => '0023', stc => '0009'), id => 'a2')), answer('a2', mrs('A2')), 'a reset';
is ask($unit, message(mrq(ref => 'P1', mty => 'PI', cid => '0123456789', dty => '0002'), id => 'p1')), answer('p1', mrs('P1')), 'a heartbeat';
is ask($unit, message(mrq(%alarm, ref => undef), id => 'a3')), answer('a3', '<mrs><snu>7</snu><ste>mandatory tag missing</ste></mrs>'),
	'without a reference: status 7';
is ask($unit, message(mrq(%alarm, ref => 'A4', stc => '0999'), id => 'a4')), answer('a4', mrs('A4')), 'an unknown status is acknowledged all the same';
is ask($unit, message(mrq(%alarm, ref => 'A5'), id => 'a5', length => 4000)), answer('a5', mrs('A5')), 'a length that says too much';
is ask($unit, message(mrq(%alarm, ref => 'A6'), id => 'a6', length => 20)), answer('a6', mrs('A6')), 'a length that says too little';
is ask($unit, message(substr(mrq(%alarm, ref => 'A7'), 0, 60), id => 'a7')),
	answer('a7', '<mrs><ref>A7</ref><snu>2</snu><ste>invalid format</ste></mrs>'), 'a document that breaks off: status 2';
is status_line(ask($unit, message('', method => 'OPTIONS'))), 'SIP/2.0 200 OK', 'OPTIONS';
like ask($unit, message('', method => 'REGISTER')), qr/\ASIP\/2\.0 405 .*^Allow: MESSAGE/ms, 'REGISTER is refused, and told why';
is status_line(ask($unit, message('v=0', method => 'INVITE'))), 'SIP/2.0 405 Method Not Allowed', 'a call is not taken';
is status_line(ask($unit, message(mrq(%alarm), fields => 'X: ' . 'huge ' x 3000 . "\r\n"))), 'SIP/2.0 513 Message Too Large', 'huge fields';
$unit->send($_) for "\r\n\r\n", "\0\0\0\0", message('', method => 'ACK'), message('', method => 'BYE'), "no SIP at all\r\n";
is ask($unit, message(mrq(%alarm, ref => 'A8'), id => 'a8')), answer('a8', mrs('A8')), 'no answer to what wants none: the next is the alarm\'s';
is stop(), 0, 'the end';

# A line for each event and error, of an error's text the first words.
sub decoded {
	my @lines = grep { $_->{type} ne 'frame' } map { decode_json($_) } split /\n/, `alarmdecode --json @_`;
	return join '', map {
		my $r = $_;
		$r->{text} = join ' ', grep { defined } (split ' ', $r->{text})[0, 1] if $r->{type} eq 'error';
		join(' ', map { $r->{$_} // '-' } qw(type error account kind category severity zone text)) . "\n";
	} @lines;
}
is decoded("$T/spool/*.jsonl"), <<'END', 'decoded: each alarm once, and whatever else a person must see';
event - 0123456789 alarm emergency 4 B7 Salon
event - 0123456789 restoral fire 0 B7 Salon
error mandatory-missing 0123456789 - - - - MESSAGE sip:arc@192.0.2.1
event - 0123456789 undefined untyped 3 B7 Salon
event - 0123456789 alarm emergency 4 B7 Salon
event - 0123456789 alarm emergency 4 B7 Salon
error structure-bad 0123456789 - - - - MESSAGE sip:arc@192.0.2.1
error method-refused - - - - - INVITE sip:arc@192.0.2.1
error structure-bad - - - - - MESSAGE sip:arc@192.0.2.1
error noise - - - - - huge huge
error noise - - - - - no SIP
event - 0123456789 alarm emergency 4 B7 Salon
END
my @polls = grep { /<mty>PI/ } split /\n/, join '', map { slurp($_) } glob "$T/spool/*.jsonl";
is scalar @polls, 0, 'the heartbeat is not kept';
like `alarmdecode -e $T/spool/*.jsonl`, qr/^  ref +A1 .*^  answer +SIP\/2\.0 200 OK$/ms, 'explained';

# TCP: what stands in a segment, and where it is cut, says nothing.
system 'rm', '-rf', "$T/spool";
start();
my $line = tcp();
syswrite $line, message(mrq(%alarm, ref => 'T1'), id => 't1') . message(mrq(%alarm, ref => 'T2'), id => 't2');
is_deeply [responses($line, 2)], [answer('t1', mrs('T1')), answer('t2', mrs('T2'))], 'two in a segment';
my $whole = message(mrq(%alarm, ref => 'T3'), id => 't3');
for my $at (1, 30, length($whole) - 100, length($whole) - 1) {
	syswrite $line, substr $whole, 0, $at;
	sleep 0.03;
	syswrite $line, substr $whole, $at;
	is_deeply [responses($line, 1)], [answer('t3', mrs('T3'))], "cut at $at";
	$whole = message(mrq(%alarm, ref => 'T3'), id => 't3', fields => "Max-Forwards: $at\r\n");	# no repetition
}
syswrite $line, "\r\n\r\nhello\r\n" . message(mrq(%alarm, ref => 'T4'), id => 't4');
is_deeply [responses($line, 1)], [answer('t4', mrs('T4'))], 'behind what keeps the connection alive, and noise';
syswrite $line, message(mrq(%alarm, ref => undef), id => 't5') . message(mrq(ref => 'T6', mty => 'PI', cid => '0123456789', dty => '0002'), id => 't6');
is_deeply [responses($line, 2)], [answer('t5', '<mrs><snu>7</snu><ste>mandatory tag missing</ste></mrs>'), answer('t6', mrs('T6'))],
	'a missing tag, a heartbeat';
syswrite $line, message(mrq(%alarm, ref => 'T7'), id => 't7', length => 900) . message(mrq(%alarm, ref => 'T8'), id => 't8');
is_deeply [responses($line, 2)], [answer('t7', mrs('T7')), answer('t8', mrs('T8'))], 'a length that would swallow the next alarm';
my $half = tcp();
syswrite $half, substr message(mrq(%alarm, ref => 'T9')), 0, -10;
sleep 0.1;
close $half;
my $browser = tcp();
syswrite $browser, "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
ok eventually(sub { slurp("$T/err") =~ /speaks HTTP, not scaip/ }), 'a browser is named';
ok eventually(sub { join('', map { slurp($_) } glob "$T/spool/*.jsonl") =~ /T9/ }), 'half an alarm is kept';
is stop(), 0, 'the end';
like decoded("$T/spool/*.jsonl"), qr/^(?:event - 0123456789 alarm emergency 4 B7 Salon\n){6}error noise .* hello\n?/m, 'all decoded';
like decoded("$T/spool/*.jsonl"), qr/^error length-bad 0123456789 .*MESSAGE sip/m, 'half an alarm is an error with its account';

# A unit that falls silent, and one that nobody knows.
spew("$T/accounts", "R5 * 0123456789 interval=30s\n");
my $beat = message(mrq(ref => 'P1', mty => 'PI', cid => '0123456789', dty => '0002')) =~ s/\r/<0D>/gr =~ s/\n/<0A>/gr;
my $strange = message(mrq(%alarm, ref => 'S1', cid => '77')) =~ s/\r/<0D>/gr =~ s/\n/<0A>/gr;
spew("$T/wire", "2026-01-15T09:30:00.000Z scaip:R5 $beat\n2026-01-15T09:30:10.000Z scaip:R5 $strange\n");
my $records = `alarmrecv -a $T/accounts --unknown refuse --show-replies wire:$T/wire --until 2026-01-15T09:35:00Z 2>$T/err`;
like $records, qr/"type":"link".*"account":"0123456789","state":"down"/, 'a unit that falls silent is told of';
like slurp("$T/err"), qr/<snu>0<\/snu>.*<snu>5<\/snu>/s, 'an account that is refused: status 5';
like $records, qr/"reply":"duh","flags":\["account-unknown"\]/, 'and kept';
done_testing;
