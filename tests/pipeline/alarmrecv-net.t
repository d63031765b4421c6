#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The network side of alarmrecv: segments and datagrams as they come, limits
# and who gives way, signals, the end of connections.
use strict;
use warnings;
use lib 'tests/pipeline';
use IO::Select;
use IO::Socket::INET;
use IO::Socket::IP;
use JSON::PP;
use Reception;
use POSIX qw(:sys_wait_h strftime);
use Socket qw(SOL_SOCKET SO_LINGER SO_RCVBUF);
use Test::More;
use Time::HiRes qw(sleep time);

sub crc {
	my $crc = 0;
	for my $byte (unpack 'C*', shift) {
		$crc ^= $byte;
		$crc = $crc & 1 ? ($crc >> 1) ^ 0xA001 : $crc >> 1 for 1 .. 8;
	}
	return $crc;
}
sub framed { my $body = shift; return sprintf "\n%04X%04X%s\r", crc($body), length $body, $body }
sub event { my ($account, $seq, $zone) = @_; return framed(sprintf '"ADM-CID"%04dL0#%s[#%s|1130 01 %03d]', $seq, $account, $account, $zone // $seq % 1000) }
sub poll { my ($account) = @_; return framed(qq("NULL"0000L0#$account\[])) }
sub ack { my ($account, $seq) = @_; return framed(sprintf '"ACK"%04dL0#%s[]', $seq, $account) }

my ($receiver, $runs, $spool, $err) = (undef, 0);
my @ports;
my $files;    # limit of open files, where it matters
sub said { return slurp($err) }

# start SOURCE..., OPTION...: a receiver with a journal of its own; @ports in the order of the sources.
sub start {
	my @arguments = @_;
	my $sources = grep { m{://} } @arguments;
	$runs++;
	($spool, $err) = ("$T/spool$runs", "$T/err$runs");
	push @arguments, '--spool', $spool, '--reserve', 0 unless grep { $_ eq '--spool' } @arguments;
	launch(@arguments);
	@ports = listening($err, $sources);
}
sub launch {
	my @arguments = @_;
	$receiver = fork // die;
	return if $receiver;
	open STDOUT, '>', "$T/out$runs" or die;
	open STDERR, '>>', $err or die;
	exec 'sh', '-c', "ulimit -n $files; exec alarmrecv \"\$@\"", 'sh', @arguments or die if $files;
	exec 'alarmrecv', @arguments or die;
}
sub stop {
	my ($signal) = @_;
	kill $signal // 'TERM', $receiver;
	return ended();
}
sub ended { waitpid $receiver, 0; my $status = $?; $receiver = undef; return $status >> 8 | ($status & 127 ? 1000 : 0) }
END { kill 'KILL', $receiver if $receiver }

my $record = JSON::PP->new->utf8;
sub records { return map { $record->decode($_) } map { split /\n/, slurp($_) } sort glob "$spool/*.jsonl" }
sub frames { return grep { $_->{type} eq 'frame' } records() }
sub errors { return grep { $_->{type} eq 'error' } records() }
sub bytes_of { my ($r) = @_; return defined $r->{text} ? $r->{text} : pack "H*", $r->{hex} // "" }
sub error_bytes { return join '', map { bytes_of($_) } errors() }

sub panel {
	my ($port, %more) = @_;
	return IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port // $ports[0], Proto => 'tcp', %more) // die "connect: $!";
}
# What comes, up to the text or the end; "" is the end, undef silence.
sub hear {
	my ($socket, $want, $seconds) = @_;
	my ($got, $until) = ('', time + ($seconds // 10));
	while (index($got, $want) < 0) {
		my $left = $until - time;
		return length $got ? $got : undef unless $left > 0 && IO::Select->new($socket)->can_read($left);
		my $n = sysread $socket, $got, 65536, length $got;
		return $got unless $n;
	}
	return $got;
}
sub is_acked { my ($socket, $account, $seq, $name) = @_; is hear($socket, ack($account, $seq)), ack($account, $seq), $name }
sub is_closed { my ($socket, $name, $seconds) = @_; my $got = hear($socket, "never", $seconds // 10); ok defined $got && $got eq '', $name }
sub is_open { my ($socket, $account, $seq, $name) = @_; syswrite $socket, event($account, $seq); is_acked($socket, $account, $seq, $name) }

# --- Frames as segments bring them.
start('dc09+tcp://127.0.0.1:0#R1', 'dc09+udp://127.0.0.1:0#R1', 'dc09+tcp://127.0.0.1:0');
like said(), qr{^alarmrecv: listening on dc09\+tcp://127\.0\.0\.1:\d+#R1$}m, 'the address is told';
like said(), qr{^alarmrecv: listening on dc09\+udp://127\.0\.0\.1:\d+#R1$}m, 'that of datagrams too';
like said(), qr{#R3$}m, 'a source without a name is called by its place';
my $s = panel();
syswrite $s, event(1002, 101);
is_acked($s, 1002, 101, 'an event is acknowledged');
my ($first) = frames();
is $first->{text}, event(1002, 101), 'and in the journal, byte for byte';
is_deeply [@$first{qw(source via reply)}], ['R1', 'tcp', 'ack'], 'with where it came in';
like $first->{peer}, qr/^127\.0\.0\.1:\d+$/, 'and whose it was';

syswrite $s, event(1002, 102) . event(1002, 103) . poll(1002) . event(1002, 104);
is hear($s, ack(1002, 104)), ack(1002, 102) . ack(1002, 103) . ack(1002, 0) . ack(1002, 104),
	'frames of one segment are answered each, in order, link tests among them';
syswrite $s, "\0" . event(1002, 105) . "\0\0\r\n" . event(1002, 106);
is hear($s, ack(1002, 106)), ack(1002, 105) . ack(1002, 106), 'NUL, CR and LF between frames are fill';

my $frame = event(1002, 107);
for my $piece (substr($frame, 0, 3), substr($frame, 3, 20), substr $frame, 23) {
	syswrite $s, $piece;
	sleep 0.05;
}
is_acked($s, 1002, 107, 'a frame in three segments, cut in its CRC');
syswrite $s, substr event(1002, 108), 1;
is_acked($s, 1002, 108, 'LF is missing');
for my $cut (1 .. 12) {
	syswrite $s, substr event(1002, 200 + $cut), 0, $cut;
	sleep 0.01;
	syswrite $s, substr event(1002, 200 + $cut), $cut;
	is_acked($s, 1002, 200 + $cut, "cut behind byte $cut");
}
shutdown $s, 1;
is_closed($s, 'closed when the panel has ended it');

# A half-closed connection is answered, then closed.
$s = panel();
syswrite $s, event(1003, 1) . event(1003, 2);
shutdown $s, 1;
is hear($s, 'never'), ack(1003, 1) . ack(1003, 2), 'half closed: answered, then closed';
for my $n (1 .. 40) {
	my $each = panel();
	syswrite $each, event(1004, $n);
	hear($each, ack(1004, $n)) eq ack(1004, $n) or fail "a connection for message $n";
}
is scalar(grep { $_->{text} =~ /#1004/ } frames()), 40, 'a connection for each message';

# Bytes that are none: recorded, and the frame behind them is found.
srand 7;
my $noise = join '', map { chr(0x80 + int rand 0x60) } 1 .. 200 * 1024;
$s = panel();
syswrite $s, $noise . event(1005, 1);
is_acked($s, 1005, 1, 'behind 200 KiB of noise a frame is found');
is length(error_bytes()), length $noise, 'and the noise is recorded';
ok error_bytes() eq $noise, 'byte for byte';
my ($too_long) = grep { length > 65535 } map { split /\n/, slurp($_) } glob "$spool/*.jsonl";
is $too_long, undef, 'in records that are not too long';
$s = panel();
my $bad = event(1005, 2);
substr($bad, 30, 1) = 'x';
syswrite $s, $bad . event(1005, 3);
is_acked($s, 1005, 3, 'a wrong CRC has no answer, the next frame has');
ok index(error_bytes(), substr $bad, 1, 30) >= 0, 'its bytes are recorded';
$s = panel();
syswrite $s, substr event(1005, 4), 0, 30;
close $s;
ok eventually(sub { index(error_bytes(), substr event(1005, 4), 1, 29) >= 0 }), 'what was left of a frame is recorded';

# Datagrams.
sub udp { return IO::Socket::INET->new(PeerAddr => $_[1] // '127.0.0.1', PeerPort => $_[0], Proto => 'udp') // die }
my $u = udp($ports[1]);
syswrite $u, event(1006, 1);
is hear($u, ack(1006, 1)), ack(1006, 1), 'a datagram is answered';
my ($datagram) = grep { $_->{text} =~ /#1006/ } frames();
is_deeply [@$datagram{qw(source via)}], ['R1', 'udp'], 'and recorded as one';
syswrite $u, poll(1006);
is hear($u, ack(1006, 0)), ack(1006, 0), 'a link test too';
syswrite $u, event(1006, 2) . event(1006, 3);
my $both = join '', map { hear($u, "\r") } 1, 2;
is $both, ack(1006, 2) . ack(1006, 3), 'two frames in a datagram, each answered';
syswrite $u, substr event(1006, 4), 0, 20;
ok eventually(sub { index(error_bytes(), substr event(1006, 4), 1, 19) >= 0 }), 'a datagram that ends within a frame is recorded';

# Dual path: the same account over both.
$s = panel();
syswrite $s, event(1007, 9);
is_acked($s, 1007, 9, 'primary path');
syswrite $u, event(1007, 9);
is hear($u, ack(1007, 9)), ack(1007, 9), 'the same over the other path is acknowledged the same';
my @twice = grep { $_->{text} =~ /#1007/ } frames();
is scalar @twice, 2, 'both are recorded';
is $twice[1]{repeat}, $twice[0]{id}, 'the second as a repetition of the first';

# Neighbours.
for my $other (["GET / HTTP/1.1\r\nHost: x\r\n\r\n", 'HTTP'], ["\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 'TLS'], ["SSH-2.0-OpenSSH_9\r\n", 'SSH']) {
	$s = panel();
	syswrite $s, $other->[0];
	is_closed($s, "$other->[1]: closed");
	like said(), qr/127\.0\.0\.1:\d+: .*\Q$other->[1]\E/, 'and named';
	ok eventually(sub { index(error_bytes(), substr $other->[0], 0, 8) >= 0 }), 'its bytes are recorded';
}
for (1 .. 60) { my $x = panel(); syswrite $x, "GET / HTTP/1.1\r\n\r\n"; hear($x, 'never') }
cmp_ok scalar(() = said() =~ /HTTP/g), '<', 20, 'who knocks all day does not fill the log';

# SIGTERM: what was begun is finished.
my ($idle, $begun, $busy) = map { panel() } 1 .. 3;
is_open($idle, 1008, 1, 'a held connection');
syswrite $begun, substr event(1008, 2), 0, 20;
syswrite $busy, join '', map { event(1008, $_) } 3 .. 500;
sleep 0.1;
kill 'TERM', $receiver;
sleep 0.1;
syswrite $begun, substr event(1008, 2), 20;
is_acked($begun, 1008, 2, 'SIGTERM: a frame that had begun is taken');
my $answers = hear($busy, ack(1008, 500));
is scalar(() = $answers =~ /"ACK"/g), 498, 'and what had come is answered';
is_closed($idle, 'an idle connection is closed');
is ended(), 0, 'and it exits 0';
my @seq = map { $_->{id} =~ /-(\d+)$/ } records();
is_deeply \@seq, [1 .. @seq], 'ids are consecutive';

# --- Wrong calls, and what stands in the way.
sub refused {
	my ($status, $pattern, @arguments) = @_;
	my $said = qx{timeout 10 alarmrecv @arguments 2>&1 </dev/null};
	is $? >> 8, $status, "@arguments: $status";
	like $said, $pattern, 'and says why';
}
refused(2, qr/a source is wanted/, '');
refused(2, qr{dc09\+tcp://6001: HOST:PORT}, 'dc09+tcp://6001');
refused(2, qr{takes baud=9600, mode=8n1}, "'surgard+serial:///dev/ttyS0?baud=fast'");
refused(2, qr{no such protocol}, 'nonsense+tcp://:6001');
refused(2, qr{wire: is the only source}, 'wire:- dc09+tcp://:0');
refused(2, qr{--until}, '--until 2026-01-13T20:14:03Z dc09+tcp://:0');
refused(2, qr{accept or refuse}, '--unknown maybe dc09+tcp://:0');
refused(2, qr{no-such-keys}, "--keys $T/no-such-keys dc09+tcp://127.0.0.1:0");
refused(2, qr{no such user}, "--user no-such-user dc09+tcp://127.0.0.1:0");
my $taken = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') // die;
refused(3, qr{127\.0\.0\.1:\d+: Address already in use}, 'dc09+tcp://127.0.0.1:' . $taken->sockport);
spew("$T/keys.bad", "key 1002 nonsense\n");
refused(2, qr{keys\.bad:1: }, "-n --keys $T/keys.bad dc09+tcp://:6001");
is system("alarmrecv -n dc09+tcp://127.0.0.1:" . $taken->sockport), 0, '-n checks and opens nothing';

# --- SIGHUP reads keys again.
my $key = '00112233445566778899AABBCCDDEEFF';
spew("$T/keys", "key 2001 $key\n");
start('dc09+tcp://127.0.0.1:0#R1', '--keys', "$T/keys");
sub sent { return system("alarmsend -k $T/keys.panel -a $_[0] --cid '1130 01 003' --tries 1 -w 5s dc09+tcp://127.0.0.1:$ports[0] >/dev/null 2>&1") >> 8 }
spew("$T/keys.panel", "key * $key\n");
is sent(2001), 0, 'an encrypted signal is acknowledged';
is sent(2002), 1, 'without a key it is not';
spew("$T/keys", "key * $key\n");
kill 'HUP', $receiver;
ok eventually(sub { said() =~ /read again/ }), 'SIGHUP reads the keys again';
is sent(2002), 0, 'the new key serves';
spew("$T/keys", "key * nonsense\n");
kill 'HUP', $receiver;
ok eventually(sub { said() =~ /keys:1: .*old/ }), 'bad keys are told';
is sent(2002), 0, 'and the old ones stay';
unlike said() . slurp("$T/out$runs"), qr/\Q$key\E/i, 'no key is ever printed';
is stop('INT'), 0, 'SIGINT ends it too';
unlike join('', map { slurp($_) } glob "$spool/*.jsonl"), qr/\Q$key\E/i, 'nor recorded';

start('dc09+tcp://127.0.0.1:0#R1');
is sent(2001), 1, 'without a keys file nothing is opened';
spew("$T/etc/keys", "key * $key\n");
kill 'HUP', $receiver;
ok eventually(sub { said() =~ /read again/ }), 'the usual file is there now, and read';
is sent(2001), 0, 'its key serves';
unlink "$T/etc/keys";
kill 'HUP', $receiver;
ok eventually(sub { said() =~ /old/ }), 'gone again, it is missed';
is sent(2001), 0, 'and the old key stays';
is stop(), 0, 'stopped';

# --- Limits.
start('dc09+tcp://127.0.0.1:0#R1', qw(--stranger-idle 1s --frame-time 1s --max-noise 8));
my ($silent, $spoke, $half) = map { panel() } 1 .. 3;
is_open($spoke, 3001, 1, 'a peer that has spoken');
syswrite $half, substr event(3001, 2), 0, 25;
is_closed($silent, 'who never says anything is closed');
is_closed($half, 'who does not complete a frame too');
ok eventually(sub { index(error_bytes(), substr event(3001, 2), 1, 24) >= 0 }), 'and its bytes are recorded';
is_open($spoke, 3001, 3, 'who has spoken is not');
my $noisy = panel();
syswrite $noisy, 'x' x 1000 . "\n" for 1 .. 12;
is_closed($noisy, 'who sends nothing but noise is closed');
like said(), qr/127\.0\.0\.1:\d+: sends nothing sound/, 'and told';
is stop(), 0, 'stopped';

# Silence: as long as the account's interval, else --idle.
spew("$T/accounts", "* * 9001 interval=1h\n");
start('dc09+tcp://127.0.0.1:0#R1', qw(--stranger-idle 300ms --idle 600ms --accounts), "$T/accounts");
my ($patient, $other) = (panel(), panel());
is_open($patient, 9001, 1, 'an account with an interval');
is_open($other, 3001, 1, 'and one without');
is_closed($other, 'without one it is closed after --idle');
sleep 0.4;
is_open($patient, 9001, 2, 'with one it may be silent');
is stop(), 0, 'stopped';

# Ten places: strangers give way, then unknown accounts, the known last.
spew("$T/accounts", "* * 9001 interval=1h\n* * 9002 interval=1h\n");
start('dc09+tcp://127.0.0.1:0#R1', qw(--max-connections 10 --accounts), "$T/accounts");
my @known = map { my $x = panel(); is_open($x, 9000 + $_, 1, "account 900$_ has a place"); $x } 1, 2;
my @unknown = map { my $x = panel(); is_open($x, "400$_", 1, "unknown account 400$_ has a place"); $x } 1 .. 5;
my @strangers = map { panel() } 1 .. 3;
sleep 0.2;
my $newcomer = panel();
is_open($newcomer, 5001, 1, 'one more is served');
is_closed($strangers[0], 'the oldest stranger gave way');
my $second = panel();
is_open($second, 5002, 1, 'and one more');
is_closed($strangers[1], 'the next stranger gave way');
# The last stranger has something to say by the time it would have to go.
kill 'STOP', $receiver;
my $third = panel();
syswrite $third, event(5003, 1);
syswrite $strangers[2], event(4009, 1);
kill 'CONT', $receiver;
is_acked($strangers[2], 4009, 1, 'who has an alarm waiting is heard first');
is_acked($third, 5003, 1, 'the newcomer as well');
is_closed($unknown[0], 'then the unknown account that was idle longest gave way');
is_open($known[0], 9001, 2, 'a known account stays');
is_open($unknown[4], 4005, 2, 'and who was less idle');
my @crowd = map { my $x = panel(); is_open($x, 9002, 10 + $_, "known account, connection $_"); $x } 1 .. 8;
is_closed($unknown[4], 'all unknown ones have given way');
my $last = panel();
is_open($last, 6001, 1, 'and still there is a place for an alarm');
like said(), qr/gives way/, 'it is told';
is stop(), 0, 'stopped';

# So few open files that they are the limit.
$files = 80;
start('dc09+tcp://127.0.0.1:0#R1');
$files = undef;
my @many = map { panel() } 1 .. 90;
is_open(panel(), 6004, 1, 'at the limit of open files an alarm is served');
is_closed($many[0], 'the oldest stranger gave way');
is stop(), 0, 'stopped';

# Of one address so many that say nothing.
start('dc09+tcp://127.0.0.1:0#R1', qw(--max-per-address 3 --frame-time 300ms));
my @mute = map { panel() } 1 .. 5;
sleep 0.6;
my $elsewhere = panel($ports[0], LocalAddr => '127.0.0.2');
is_open($elsewhere, 6002, 1, 'another address is served');
my $same = panel();
is_open($same, 6003, 1, 'the same address too');
is_closed($mute[0], 'its oldest silent connection gave way');
is stop(), 0, 'stopped';

# Who does not take its answers is not read from for ever, and goes; others are served.
start('dc09+tcp://127.0.0.1:0#R1');
my $slow = panel();
setsockopt $slow, SOL_SOCKET, SO_RCVBUF, 4096;
$slow->blocking(0);
my ($sent, $stuck) = (0, 0);
for my $n (1 .. 400000) {
	my $got = syswrite $slow, poll(7001) x 20;
	$sent += $got // 0;
	last if !defined $got && $stuck++ > 20;
	sleep 0.05 unless defined $got;
}
cmp_ok $stuck, '>', 20, 'a peer that takes no answer is not read from for ever';
my ($rss) = slurp("/proc/$receiver/status") =~ /^VmRSS:\s+(\d+)/m;
is_open(panel(), 7002, 1, 'others are served meanwhile');
is stop(), 0, 'and it ends all the same';

# --- Without a journal: stdout.
$runs++;
($spool, $err) = ("$T/none", "$T/err$runs");
launch('dc09+tcp://127.0.0.1:0');
eventually(sub { said() =~ /listening/ });
@ports = said() =~ m{listening on \S*:(\d+)#}g;
is_open(panel(), 1002, 1, 'without a journal: acknowledged');
like said(), qr/no --spool: /, 'that a crash can lose signals is said';
is scalar(() = said() =~ /--spool/g), 1, 'once';
like slurp("$T/out$runs"), qr/^\{"type":"frame",.*\n\z/, 'the record is on stdout by then';
is stop(), 0, 'stopped';

# On a terminal.
spew("$T/night", qq(2026-01-13T20:14:03.120Z ip:R1 ED25003D"ADM-CID"0101R1L0#1002[#1002|1130 01 003]_20:14:03,01-13-2026\n));
my $shown = qx{script -qec 'alarmrecv wire:$T/night' /dev/null </dev/null};
like $shown, qr/\b1002\b/, 'a person at a terminal sees a line';
unlike $shown, qr/\{"type"/, 'and no JSON';
like scalar(qx{script -qec 'alarmrecv --json wire:$T/night' /dev/null </dev/null}), qr/^\{"type":"frame"/, 'unless asked for';

# Nobody reads.
pipe my $read, my $write or die;
($err) = "$T/err.pipe";
$receiver = fork // die;
if (!$receiver) {
	open STDOUT, '>&', $write or die;
	open STDERR, '>', $err or die;
	close $read;
	exec 'alarmrecv', 'dc09+tcp://127.0.0.1:0' or die;
}
close $write;
eventually(sub { said() =~ /listening/ });
@ports = said() =~ m{listening on \S*:(\d+)#}g;
close $read;
$s = panel();
syswrite $s, event(1002, 1);
is hear($s, 'never'), '', 'nobody reads stdout: no acknowledgement';
is ended(), 3, 'and it exits 3';

# --- Every address, IPv6, and the address that a datagram was sent to.
start('dc09+tcp://:0#R1', 'dc09+udp://:0#R2');
is_open(panel(), 1002, 1, 'a port without a host has IPv4');
my $here = udp($ports[1], '127.0.0.9');
syswrite $here, event(1002, 2);
is hear($here, ack(1002, 2)), ack(1002, 2), 'an answer comes from the address that was asked';
like +(frames())[1]{peer}, qr/^127\.0\.0\.1:/, 'IPv4 is written as IPv4';
SKIP: {
	my $six = IO::Socket::IP->new(PeerHost => '::1', PeerPort => $ports[0], Proto => 'tcp') or skip 'no IPv6 here', 2;
	is_open($six, 1002, 3, 'and IPv6');
	like +(frames())[2]{peer}, qr/^\[::1\]:/, 'with its brackets';
}
is stop(), 0, 'stopped';

# --- A connection that we open, and open again.
my $concentrator = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1') // die;
$runs++;
($spool, $err) = ("$T/spool$runs", "$T/err$runs");
launch('dc09+tcp-connect://127.0.0.1:' . $concentrator->sockport . '#R9', '--spool', $spool, '--reserve', 0);
my $far = $concentrator->accept;
syswrite $far, event(1002, 1);
is_acked($far, 1002, 1, 'what comes over a connection that we opened is acknowledged');
is +(frames())[0]{source}, 'R9', 'under its name';
close $far;
$far = $concentrator->accept;
ok $far, 'and it is opened again when it ends';
is_open($far, 1002, 2, 'and serves');
like said(), qr/tried again/, 'which is told';
is stop(), 0, 'stopped';

done_testing;
