#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# alarmcap on captures that are written by hand: every link layer and file,
# segments in every disorder, damage of packets and of files.
use strict;
use warnings;
use utf8;
use File::Temp qw(tempdir);
use JSON::PP;
use Test::More;
require './tests/pipeline/wire.pl';

my $build = $ENV{BUILD} // 'build';
$build = `pwd` =~ s/\n//r . "/$build" unless $build =~ m{^/};
$ENV{PATH} = "$build/bin:$ENV{PATH}";
$ENV{VIGIE_LOCALEDIR} = "$build/share/locale";
@ENV{qw(LC_ALL LANGUAGE TZ)} = ('C.UTF-8', '', 'UTC');
my $T = tempdir(CLEANUP => 1);
chmod 0755, $T;
$ENV{VIGIE_ETC} = "$T/etc";
$ENV{VIGIE_STATE} = "$T/state";
mkdir "$T/etc";
my $source = 'dc09+tcp://:6001';
my ($panel, $receiver) = ('192.0.2.7:51234', '192.0.2.1:6001');

sub spew { my ($path, $bytes) = @_; open my $f, '>:raw', $path or die "$path: $!"; print $f $bytes; close $f; return $path }
sub slurp { open my $f, '<:raw', $_[0] or die "$_[0]: $!"; local $/; return <$f> // '' }

my ($out, $err, $status);
# The records that a capture gives; $out, $err and $status beside them.
sub cap {
	my ($file, @arguments) = @_;
	spew("$T/capture", $file);
	system "alarmcap -r $T/capture @arguments >$T/out 2>$T/err";
	$status = $? >> 8;
	($out, $err) = (slurp("$T/out"), slurp("$T/err"));
	return map { decode_json($_) } grep { /^\{/ } split /\n/, $out;
}
sub frames { return grep { $_->{type} eq 'frame' } @_ }
sub errors { return grep { $_->{type} eq 'error' } @_ }
sub bytes { my ($r) = @_; return $r->{text} // pack 'H*', $r->{hex} // '' }
sub texts { return join ' ', map { bytes($_) =~ /#(\d+)\|(.*?)\]/ ? "$1:$2" : bytes($_) =~ /"(\w+)"/ ? $1 : '?' } frames(@_) }
sub replies { return join ' ', map { $_->{reply} } frames(@_) }
sub kinds { return join ' ', map { $_->{error} } errors(@_) }

my @signal = map { cid("010$_", '1002', "1130 01 00$_") } 1 .. 5;
my @answer = map { ack("010$_", '1002') } 1 .. 5;
my $all = join ' ', map { "1002:1130 01 00$_" } 1 .. 5;

# A sound connection of five signals, its packets to be damaged: 3 of the
# beginning, then frame and answer in turn, then 3 of the end.
sub five {
	my $c = opened(connection($panel, $receiver, @_));
	exchange($c, $signal[$_], $answer[$_]) for 0 .. 4;
	return closed($c)->{packets};
}

{
	my $capture = pcap(five());
	my @r = cap($capture, $source);
	is $status, 0, 'a sound capture: exit 0';
	is $err, '', 'and nothing to say';
	is texts(@r), $all, 'all signals';
	is replies(@r), 'ack ack ack ack ack', 'all answered';
	is join(' ', map { sprintf '%.0f', $_->{delay_ms} } @r), '3 3 3 3 3', 'after three milliseconds';
	like $out, qr/^\{"type":"frame","id":"capture\.[0-9a-z]{14}-1","at":"2026-01-13T20:14:04\.003Z","proto":"dc09","source":"R1","via":"tcp","peer":"192\.0\.2\.7:51234","local":"192\.0\.2\.1:6001","dir":"in","text":"\\n[^,]*ADM-CID.*","reply":"ack","delay_ms":3\.000,"packet":4\}$/m,
		'keys in their order';
	my $first = $out;
	cap($capture, $source);
	is $out, $first, 'read twice, the same bytes';
	my $events = `alarmcap -r $T/capture $source | alarmdecode`;
	is join(' ', $events =~ /"type":"event".*?"zone":"(\d+)"/g), '001 002 003 004 005', 'alarmdecode gives the events';
	is join(' ', $events =~ /"id":"[^"]*-(\d+)"/g), '1 2 3 4 5', 'under the ids of the frames';
	system "alarmcap -r - $source <$T/capture >$T/stdin 2>/dev/null";
	is slurp("$T/stdin"), $first, 'the same from standard input';
	system "cat $T/capture | alarmcap -r - $source >$T/stdin 2>/dev/null";
	is slurp("$T/stdin"), $first, 'and through a pipe';
	@r = cap(pcap(five()));
	is texts(@r), $all, 'recognised by content when no source is named';
	ok !defined $r[0]{source}, 'then without a source';
	@r = cap(pcap(five()), 'dc09+tcp://:6002');
	is @r + 0, 0, 'other ports are passed over';
	like $err, qr/no connection with these ports/, 'and that is said';
	@r = cap(pcap(five()), 'dc09+tcp://192.0.2.9:6001');
	is @r + 0, 0, 'other hosts too';
	@r = cap(pcap(five()), 'dc09+tcp://192.0.2.1:6001#PRIMARY');
	is $r[0]{source}, 'PRIMARY', 'the name of the source';
	@r = cap(pcap(five()), '-f "tcp port 6001"', $source);
	is texts(@r), $all, 'a filter that fits';
	@r = cap(pcap(five()), '-f "udp"', $source);
	is @r + 0, 0, 'one that does not';
	@r = cap(pcap(five()), '--answers', $source);
	is join(' ', map { $_->{dir} } @r), join(' ', ('in out') x 5), '--answers prints both directions';
	is bytes($r[1]), $answer[0], 'the answers as they came';
}

# Link layers, files.
for my $link (qw(ethernet vlan qinq pppoe cooked cooked2 null loop raw)) {
	is texts(cap(pcap(five(), link => $link), $source)), $all, "$link";
	is texts(cap(pcap(five(), link => $link), '-f "not port 7"', $source)), $all, "$link, filtered";
	next if $link eq 'null' || $link eq 'loop';
	my $c = opened(connection('[2001:db8::7]:51234', '[2001:db8::1]:6001'));
	exchange($c, $signal[$_], $answer[$_]) for 0 .. 4;
	my @r = cap(pcap(closed($c)->{packets}, link => $link), $source);
	is texts(@r), $all, "$link, IPv6";
	is $r[0]{peer}, '[2001:db8::7]:51234', 'the address in brackets';
}
for my $form ({ big => 1 }, { nano => 1 }, { big => 1, nano => 1 }) {
	my $name = join ' and ', sort keys %$form;
	my @r = cap(pcap(five(), %$form), $source);
	is texts(@r), $all, "pcap, $name";
	is $r[0]{at}, '2026-01-13T20:14:04.003Z', 'its times';
}
for my $big (0, 1) {
	my $packets = five();
	$packets->[$_][2] = $_ % 2 for 0 .. $#$packets;
	my @r = cap(pcapng($packets, big => $big, interfaces => [qw(ethernet cooked)]), $source);
	is texts(@r), $all, 'pcapng, one connection over two interfaces of different types' . ($big ? ', big-endian' : '');
	is $r[0]{at}, '2026-01-13T20:14:04.003Z', 'the times of the one';
	is $r[1]{at}, '2026-01-13T20:14:05.006Z', 'and of the other';
	@r = cap(pcapng($packets, big => $big, interfaces => [qw(ethernet cooked)]), '-f "tcp port 6001"', $source);
	is texts(@r), $all, 'with a filter for both';
}

# Segments in disorder.
{
	my $packets = five();
	my @r = cap(pcap([map { ($_, $_) } @$packets]), $source);
	is texts(@r), $all, 'each segment twice: each signal once';
	is scalar(grep { $_->{repeat} } @r), 0, 'no repetition';
	my @checks = cap(pcap([map { ($_, $_) } @$packets]), '--report --json', $source);
	is "$checks[0]{captured_twice} $checks[1]{tcp_again}", '16 0', 'captured twice, not sent twice';

	# Only the panel's side of the wire.
	my $both = connection($panel, $receiver);
	packet($both, 0, 'PA', $signal[$_]) for 0 .. 2;
	@r = cap(pcap($both->{packets}), $source);
	is texts(@r) . ' ' . replies(@r), '1002:1130 01 001 1002:1130 01 002 1002:1130 01 003 none none none', 'one direction only';
	like $err, qr/1 connections were captured in one direction only/, 'which is said';

	my @swapped = @$packets;
	@swapped[3, 5] = @swapped[5, 3];
	@r = cap(pcap(\@swapped), $source);
	is texts(@r), $all, 'two frames in the wrong order';
	is replies(@r), 'ack ack ack ack ack', 'answered all the same';
	is kinds(@r), '', 'without an error';

	@swapped = @$packets;
	@swapped[3, 4] = @swapped[4, 3];
	@r = cap(pcap(\@swapped), $source);
	is replies(@r), 'ack ack ack ack ack', 'an answer captured before its frame';

	@r = cap(pcap([reverse @$packets[3 .. 12], ]), $source);
	ok scalar(frames(@r)) >= 1, 'everything backwards: no crash, no silence';

	# The frame cut into pieces of every length, the pieces shuffled.
	for my $size (1, 2, 7, 20) {
		my $c = opened(connection($panel, $receiver));
		my $stream = join '', @signal;
		my $seq = $c->{seq}[0];
		my @pieces;
		for (my $at = 0; $at < length $stream; $at += $size) {
			push @pieces, [$seq + $at, substr $stream, $at, $size];
		}
		@pieces = map { $pieces[($_ * 7 + 3) % @pieces] } 0 .. $#pieces if @pieces % 7;
		packet($c, 0, 'PA', $_->[1], seq => $_->[0]) for @pieces;
		$c->{seq}[0] += length $stream;
		says($c, 1, $_) for @answer;
		@r = cap(pcap(closed($c)->{packets}), $source);
		is texts(@r), $all, "pieces of $size bytes, shuffled";
		is replies(@r), 'ack ack ack ack ack', 'and answered';
	}

	# Overlapping: the first copy counts.
	my $c = opened(connection($panel, $receiver));
	my ($seq, $n) = ($c->{seq}[0], length $signal[0]);
	packet($c, 0, 'PA', substr($signal[0], 10, 20), seq => $seq + 10);
	packet($c, 0, 'PA', 'x' x 15, seq => $seq + 12);
	packet($c, 0, 'PA', substr($signal[0], 0, 15), seq => $seq);
	packet($c, 0, 'PA', 'y' x 30, seq => $seq);
	packet($c, 0, 'PA', substr($signal[0], 5), seq => $seq + 5);
	$c->{seq}[0] += $n;
	says($c, 1, $answer[0]);
	@r = cap(pcap(closed($c)->{packets}), $source);
	is texts(@r), '1002:1130 01 001', 'overlapping segments: the first copy counts';
	is kinds(@r), '', 'the others are no error';

	# Numbers pass through zero.
	@r = cap(pcap(five(seq => 0xFFFFFFFF - 100, peer_seq => 0xFFFFFFFF - 30)), $source);
	is texts(@r), $all, 'sequence numbers pass through zero';
	is replies(@r), 'ack ack ack ack ack', 'on both sides';
}

# Loss.
{
	my $packets = five();
	my @r = cap(pcap([map { $packets->[$_] } grep { $_ != 5 } 0 .. $#$packets]), $source);
	is texts(@r), $all =~ s/1002:1130 01 002 //r, 'a frame was not captured: the others are';
	is kinds(@r), 'gap', 'and an error says so';
	my ($gap) = errors(@r);
	is $gap->{missing}, length $signal[1], 'how many bytes are missing';
	is $gap->{dir}, 'in', 'in which direction';
	like $err, qr/bytes are missing/, 'stderr too';
	is $status, 0, 'the file is whole all the same';
	my $text = join '', map { $_->{type} . ($_->{error} // '') . ' ' } @r;
	is $text, 'frame errorgap frame frame frame ', 'at its place';

	@r = cap(pcap([map { $packets->[$_] } grep { $_ != 6 } 0 .. $#$packets]), $source);
	is replies(@r), 'ack none ack ack ack', 'an answer was not captured';
	is kinds(@r), 'gap', 'said so too';

	# A frame of two segments of which the second is lost, another behind.
	my $c = opened(connection($panel, $receiver));
	packet($c, 0, 'PA', substr($signal[0], 0, 30));
	packet($c, 0, 'PA', substr($signal[0], 30), lost => 1);
	packet($c, 1, 'PA', $answer[0]);
	exchange($c, $signal[1], $answer[1]);
	@r = cap(pcap(closed($c)->{packets}), $source);
	is texts(@r), '1002:1130 01 002', 'half a frame lost: the next is found';
	is kinds(@r), 'incomplete gap', 'the half that is there is shown';
	is bytes((errors(@r))[0]), substr($signal[0], 0, 30), 'with its bytes';

	# Lost on the wire, and sent again much later.
	$c = opened(connection($panel, $receiver));
	packet($c, 0, 'PA', $signal[0], lost => 1);
	my $seq = $c->{seq}[0] - length $signal[0];
	packet($c, 0, 'PA', $signal[1]);
	packet($c, 1, 'A', '', ack => $seq);
	packet($c, 0, 'PA', $signal[0], seq => $seq, after => 20);
	packet($c, 1, 'PA', $answer[0] . $answer[1]);
	@r = cap(pcap(closed($c)->{packets}), $source);
	is texts(@r), '1002:1130 01 001 1002:1130 01 002', 'lost on the wire and sent again: in order, no gap';
	is kinds(@r), '', 'no error';
	is join(' ', map { sprintf '%.0f', $_->{delay_ms} } @r), '1 1', 'received when the hole was filled';

	# The connection was open when the capture began, within a frame.
	$c = connection($panel, $receiver);
	packet($c, 0, 'PA', substr $signal[0], 17);
	packet($c, 1, 'PA', $answer[0]);
	exchange($c, $signal[1], $answer[1]);
	@r = cap(pcap(closed($c)->{packets}), $source);
	is texts(@r), '1002:1130 01 002', 'open before the capture: the next whole frame';
	is join('', map { bytes($_) } grep { $_->{error} eq 'incomplete' } errors(@r)), substr($signal[0], 17), 'the rest of the first is shown';
	@r = cap(pcap($c->{packets}));
	is texts(@r), '1002:1130 01 002', 'recognised by content too';
}

# Beginnings and ends.
{
	my @packets;
	my $c = opened(connection($panel, $receiver, packets => \@packets));
	exchange($c, $signal[0], $answer[0]);
	packet($c, 0, 'RA');
	$c = opened(connection($panel, $receiver, packets => \@packets, t => $c->{t} + 1, seq => 700000, peer_seq => 900000));
	exchange($c, $signal[1], $answer[1]);
	# No FIN, no RST: the same ports are used again.
	$c = opened(connection($panel, $receiver, packets => \@packets, t => $c->{t} + 1, seq => 42, peer_seq => 77));
	exchange($c, $signal[2], $answer[2]);
	packet($c, 0, 'PA', substr $signal[3], 0, 20);
	packet($c, 0, 'R');
	my @r = cap(pcap(\@packets), $source);
	is texts(@r), '1002:1130 01 001 1002:1130 01 002 1002:1130 01 003', 'reset, and the same ports used again, twice';
	is kinds(@r), 'incomplete', 'what was begun is shown';
	is bytes((errors(@r))[0]), substr($signal[3], 0, 20), 'with its bytes';

	@packets = ();
	$c = connection($panel, $receiver, packets => \@packets);
	packet($c, 0, 'S');
	packet($c, 1, 'RA', '', seq => 0);
	my @c = cap(pcap(\@packets), '--report --json', $source);
	is $c[1]{refused}, 1, 'a refused connection is counted';

	# FIN before the last bytes.
	@packets = ();
	$c = opened(connection($panel, $receiver, packets => \@packets));
	my $fin = packet($c, 0, 'FA', '', seq => $c->{seq}[0] + length $signal[0]);
	packet($c, 0, 'PA', $signal[0]);
	says($c, 1, $answer[0]);
	@r = cap(pcap(\@packets), $source);
	is texts(@r), '1002:1130 01 001', 'FIN overtook the frame';
	is replies(@r), 'ack', 'which is answered still';
}

# Checksums.
{
	my $packets = five();
	my $bad = five(options => { sum => 0x1234 });
	my @r = cap(pcap([@$packets[0 .. 4], $bad->[5], @$packets[6 .. $#$packets]]), $source);
	is texts(@r), $all =~ s/1002:1130 01 002 //r, 'a wrong checksum: the packet is left out';
	like $err, qr/1 packets with a wrong checksum were left out/, 'and counted';
	@r = cap(pcap([@$packets[0 .. 4], $bad->[5], @$packets[6 .. $#$packets]]), '--any-checksum', $source);
	is texts(@r), $all, '--any-checksum takes it';
	@r = cap(pcap(five(options => { sum => 'partial' })), $source);
	is texts(@r), $all, 'the sum of the pseudo-header alone: captured before the card summed it up';
	like $err, qr/\Aalarmcap: 16 packets were captured before their checksum was computed; they were taken\n\z/, 'which is said once';
	@r = cap(pcap(five(options => { ip_sum => 0x4321 })), $source);
	is @r + 0, 0, 'a wrong checksum of IP';
	@r = cap(pcap(five(options => { ip_sum => 0 })), $source);
	is texts(@r), $all, 'none of IP: the card computes it';
}

# UDP, fragments, extension headers.
{
	my ($from, $to) = (endpoint($panel), endpoint($receiver));
	my ($from6, $to6) = (endpoint('[2001:db8::7]:51234'), endpoint('[2001:db8::1]:6001'));
	my $udp = 'dc09+udp://:6001';
	my $t = 1768335243;
	my @packets = ([$t, udp($from, $to, $signal[0])], [$t + 0.004, udp($to, $from, $answer[0])]);
	my @r = cap(pcap(\@packets), $udp);
	is texts(@r) . ' ' . replies(@r) . ' ' . $r[0]{via}, '1002:1130 01 001 ack udp', 'UDP';
	is texts(cap(pcap(\@packets))), '1002:1130 01 001', 'recognised by content';
	@r = cap(pcap([map { ($_, $_) } @packets]), $udp);
	is texts(@r), '1002:1130 01 001', 'a datagram captured twice counts once';
	@packets = ([$t, udp($from, $to, $signal[0])], [$t + 5, udp($from, $to, $signal[0])], [$t + 5.004, udp($to, $from, $answer[0])]);
	@r = cap(pcap(\@packets), $udp);
	is replies(@r), 'none ack', 'sent again: the last one is answered';
	is $r[1]{repeat}, $r[0]{id}, 'and repeats the first';
	is $r[1]{retry}, 1, 'once';
	like sprintf('%.3f', $r[1]{delay_ms}), qr/^4\.00/, 'the delay is from the last';
	is scalar(() = `alarmcap -r $T/capture $udp | alarmdecode` =~ /"type":"event"/g), 1, 'one event';

	my $long = cid('0101', '1002', '1130 01 001') =~ s/\r$//r;
	my $body = qq("SIA-DCS"0107L0#1002[#1002|Nri1/BA001^) . 'x' x 3000 . '^]';
	my $frame = framed($body);
	my $whole = udp($from, $to, $frame, id => 77);
	my $inner = substr $whole, 20;
	my @pieces = map { ip($from, $to, 17, substr($inner, $_ * 1000, 1000), id => 77, offset => $_ * 1000, more => $_ < 3) } 0 .. 3;
	@r = cap(pcap([map { [$t, $pieces[$_]] } 2, 0, 3, 1]), $udp);
	is bytes($r[0]), $frame, 'IPv4 in fragments, in disorder';
	@r = cap(pcap([map { [$t, $pieces[$_]] } 2, 0, 1]), $udp);
	is @r + 0, 0, 'one is missing';
	like $err, qr/1 fragmented datagrams are incomplete/, 'and that is said';
	my $udp6 = substr udp($from6, $to6, $frame), 40;
	my @six = map {
		my $part = substr $udp6, $_ * 1000, 1000;
		ip($from6, $to6, 17, $part, extensions => [[44, pack('Cn', 0, ($_ * 1000) | ($_ < 3)) . pack 'N', 99]])
	} 0 .. 3;
	@r = cap(pcap([map { [$t, $_] } @six]), $udp);
	is bytes($r[0]), $frame, 'IPv6 in fragments';
	my $hop = [0, "\0" . "\1\4\0\0\0\0"];
	my $options = [60, "\0" . "\1\4\0\0\0\0"];
	my $segment = substr udp($from6, $to6, $signal[0]), 40;
	@r = cap(pcap([[$t, ip($from6, $to6, 17, $segment, extensions => [$hop, $options])]]), $udp);
	is texts(@r), '1002:1130 01 001', 'behind extension headers of IPv6';

	@r = cap(pcap([[$t, udp($from, $to, $signal[0])]], snaplen => 70), $udp);
	is kinds(@r), 'cut', 'a datagram that was captured in part';
	is bytes($r[0]), substr($signal[0], 0, 70 - 14 - 28), 'with its bytes';
	@r = cap(pcap(five(), snaplen => 80), $source);
	like $err, qr/captured without their end: capture with a larger snapshot length/, 'segments cut short: said';
	is scalar(grep { $_->{error} eq 'gap' && $_->{dir} eq 'in' } errors(@r)), 5, 'and each is a gap';
}

# Answers of every kind.
{
	my $c = opened(connection($panel, $receiver));
	exchange($c, $signal[0], duh('0101', '1002'));
	exchange($c, $signal[0], duh('0101', '1002'));
	exchange($c, $signal[1], nak('_20:14:09,01-13-2026'));
	exchange($c, $signal[1], $answer[1]);
	exchange($c, $signal[2], undef);
	exchange($c, $signal[2], $answer[2], after => 11);
	packet($c, 0, 'PA', $signal[3] . $signal[4], after => 1);
	packet($c, 1, 'PA', $answer[3] . $answer[4]);
	packet($c, 1, 'PA', $answer[0]);
	packet($c, 0, 'PA', $signal[0] =~ s/#1002\[/#1003[/r, after => 1);
	my $capture = pcap(closed($c)->{packets});
	my @r = cap($capture, $source);
	is replies(@r), 'duh duh nak ack none ack ack ack', 'DUH, NAK, none, and two in one segment';
	is join(' ', map { $_->{retry} // 0 } frames(@r)), '0 1 0 1 0 1 0 0', 'which were sent again';
	is join(' ', map { $_->{repeat} ? 1 : 0 } frames(@r)), '0 0 0 0 0 1 0 0', 'what was refused is no event to be repeated';
	is kinds(@r), 'crc-bad', 'a damaged one is an error';
	is((errors(@r))[0]{account}, '1003', 'with its account');
	my $events = `alarmcap -r $T/capture $source | alarmdecode`;
	is scalar(() = $events =~ /"type":"event"/g), 4, 'events of what was taken';
	like $events, qr/"error":"refused"/, 'a refusal without a reason has a word';
	like $events, qr/"error":"time-window"/, 'NAK is about time';
	my @checks = cap($capture, '--report --json', $source);
	my ($at) = grep { $_->{check} eq 'receiver' } @checks;
	is join(' ', map { $at->{$_} } qw(frames answered unanswered naks duhs retries malformed stray_answers connections)), '8 7 1 1 2 3 1 1 1',
		'all in the report';
	is $at->{drift_s} < 60 && $at->{drift_s} > -60 ? 'known' : 'wrong', 'known', "the receiver's clock, from its NAK";
	my ($of) = grep { $_->{check} eq 'panel' && $_->{account} eq '1002' } @checks;
	is join(' ', map { $of->{$_} } qw(frames answered unanswered naks duhs retries state)), '8 7 1 1 2 3 warning', 'per panel';
	my ($other) = grep { $_->{check} eq 'panel' && $_->{account} eq '1003' } @checks;
	is $other->{malformed}, 1, 'the damaged one with its panel';
	like $other->{example}{text}, qr/#1003\[/, 'with an example';
}

# What a receiver says to a panel is no signal.
{
	my $c = opened(connection($panel, $receiver));
	exchange($c, $signal[0], $answer[0]);
	packet($c, 1, 'PA', cid('0001', '1002', '3400 01 001'));
	my @r = cap(pcap(closed($c)->{packets}), $source);
	is join(' ', map { $_->{dir} } @r), 'in out', 'a command to the panel is printed, though it is no answer';
	is scalar(() = `alarmcap -r $T/capture $source | alarmdecode` =~ /"type":"event"/g), 1, 'and is no event';
}

# Encrypted, with and without keys.
{
	my $frame = "\nFD2F0076\"*SIA-DCS\"0002L0#1234[75EE49DEB90E28685AA76B35124E5C862FF49963BED9136889B4C4536B1042A2EAE00EEA06922DC18E9E7EC212F476CA\r";
	my $answer = "\n84660052\"*ACK\"0002L0#1234[540ED383B72DF29AF3910A81CCA96D8B3218FFA11ED19F7B4F02C63A142FDC3C\r";
	my $c = opened(connection($panel, $receiver, t => 1769860801));
	exchange($c, $frame, $answer);
	my $capture = pcap(closed($c)->{packets});
	my @r = cap($capture, $source);
	is $r[0]{reply}, 'ack', 'encrypted, without a key: the answer is seen';
	is join(' ', @{ $r[0]{flags} }), 'key-missing', 'and the content is not';
	spew("$T/etc/keys", "key 1234 hex:00112233445566778899AABBCCDDEEFF\n");
	chmod 0600, "$T/etc/keys";
	@r = cap($capture, $source);
	is $r[0]{clear}, '#1234|Nri1/BA12]_12:00:00,01-31-2026', 'opened with the keys file';
	ok !$r[0]{flags}, 'and nothing to remark';
	is $r[0]{drift_s} < 0 ? 'late' : 'early', 'late', "the panel's clock is read";
	like `alarmcap -r $T/capture $source | alarmdecode`, qr/"account":"1234","format":"sia","code":"BA"/, 'alarmdecode needs no key then';
	@r = cap($capture, '--no-clear', $source);
	ok !defined $r[0]{clear}, '--no-clear leaves it closed';
	chmod 0644, "$T/etc/keys";
	cap($capture, $source);
	is $status, 2, 'a keys file that others may read is refused';
	spew("$T/etc/keys", "key 1234 hex:FF112233445566778899AABBCCDDEEFF\n");
	chmod 0600, "$T/etc/keys";
	@r = cap($capture, $source);
	is join(' ', @{ $r[0]{flags} }), 'key-wrong', 'a wrong key';
	my ($clear) = $answer =~ /(.*)/s;
	$c = opened(connection($panel, $receiver, t => 1769860801));
	exchange($c, $frame, ack('0002', '1234'));
	my @checks = cap(pcap(closed($c)->{packets}), '--report --json', $source);
	is $checks[1]{clear_answers}, 1, 'a clear answer to an encrypted frame is counted';
	unlink "$T/etc/keys";
}

# Hardware receivers: bytes for answers, both roles.
{
	my $record = "5011 181234E12101001\x14";
	my $heartbeat = "1011           @    \x14";
	my @packets;
	my $c = opened(connection($panel, '192.0.2.1:1025', packets => \@packets));
	exchange($c, $heartbeat, "\x06", after => 30) for 1 .. 3;
	exchange($c, $record, undef);
	exchange($c, $record, "\x06", after => 4);
	exchange($c, "5011 181234R12101001\x14", "\x15");
	exchange($c, "5011 181234R12101001\x14", "\x06\r\n");
	my @r = cap(pcap(\@packets), 'surgard+tcp://:1025');
	is replies(@r), 'ack ack ack none ack nak ack', 'a receiver that dials in: bytes are its answers';
	is join(' ', map { $_->{retry} // 0 } @r), '0 0 0 0 1 0 1', 'retries';
	@r = cap(pcap(\@packets), '--no-polls surgard+tcp://:1025');
	is @r + 0, 4, '--no-polls leaves heartbeats out';
	my @checks = cap(pcap(\@packets), '--report --json surgard+tcp://:1025');
	my ($at) = grep { $_->{check} eq 'panel' && $_->{account} eq '0000' } @checks;
	is $at->{poll_s}, 30, "the heartbeat's period";
	@packets = ();
	$c = opened(connection('192.0.2.5:40000', '192.0.2.1:1024', packets => \@packets));
	packet($c, 1, 'PA', $record);
	packet($c, 0, 'PA', "\x06");
	@r = cap(pcap(\@packets), 'surgard+tcp-connect://192.0.2.1:1024');
	is replies(@r) . " $r[0]{peer} $r[0]{local}", 'ack 192.0.2.1:1024 192.0.2.5:40000', 'a receiver that listens';
}

# A conversation: the account first, then block by block, each acknowledged.
{
	my $block = sub {
		my $text = chr(0x3F + length $_[0]) . $_[0];
		my $check = 0xFF;
		$check ^= $_ for unpack 'C*', $text;
		return $text . chr $check;
	};
	my $c = opened(connection($panel, '192.0.2.1:10002'));
	exchange($c, $block->($_), $block->('8')) for '#023499', 'Nri1/BA001', '0';
	my @r = cap(pcap(closed($c)->{packets}), 'galaxy+tcp://:10002');
	is replies(@r), 'ack', 'a conversation is overheard';
	my @checks = cap(pcap($c->{packets}), '--report --json galaxy+tcp://:10002');
	is join(' ', map { $checks[1]{$_} } qw(frames answered stray_answers)), '1 1 0', 'its small talk is neither frame nor answer';
	like `alarmcap -r $T/capture galaxy+tcp://:10002 | alarmdecode`, qr/"account":"023499".*"code":"BA"/, 'with the account that it named first';
}

# A conversation under a key that the receiver gives: it is on the wire.
{
	my ($key, $event, $answer) = map { pack 'H*', $_ } '540e2f62aae2f447666cb4603f0f5a8900c4d92189456877',
		'6bb7f688568ae5459df2b427be03d30da194b7af9b643a096b1313a8d4d01ad66f8090cc2d72c9eb85289fad8ff1912d', '02f86fd293a1edbe';
	my $c = opened(connection($panel, '192.0.2.1:12300'));
	says($c, 1, $key);
	exchange($c, $event, $answer);
	my @r = cap(pcap(closed($c)->{packets}), 'osborne-hoffman+tcp://:12300');
	is replies(@r), 'ack', 'what is under a key that was captured is opened';
	like $r[0]{text} // '', qr/^\n0101002D"SIA-DCS"0001R1L0\[#001234\|Nri1\/BA001\]\r$/, 'and recorded as it came out of the cipher';
	my @checks = cap(pcap($c->{packets}), '--report --json osborne-hoffman+tcp://:12300');
	is join(' ', map { $checks[1]{$_} } qw(frames answered stray_answers)), '1 1 0', 'the key is neither frame nor answer';
}

# VdS 2465: the receiver speaks first and polls; the counter of whatever it says acknowledges.
{
	my $telegram = sub {
		my ($tc, $rc, $ik, $records) = @_;
		my $content = pack 'N n N C C C/a*', $tc, 0, $rc, $ik, 1, pack 'H*', $records;
		substr $content, 4, 2, pack 'n', ~sum16($content) & 0xFFFF;
		return pack 'n n/a*', 0, $content;
	};
	my $c = opened(connection($panel, '192.0.2.1:7000'));
	says($c, 1, $telegram->(70, 0, 1, '01'));
	exchange($c, $telegram->(1, 71, 2, '01'), $telegram->(71, 2, 3, ''));
	exchange($c, $telegram->(2, 72, 4, '0456214365870502010500012200'), $telegram->(72, 3, 4, '0503010500012200'));
	exchange($c, $telegram->(3, 73, 4, '0502010600012200'), $telegram->(73, 4, 4, '02110003'));
	says($c, 0, $telegram->(4, 74, 3, ''));
	exchange($c, $telegram->(5, 74, 4, '0502010700012200'), $telegram->(74, 5, 3, ''));
	my @r = cap(pcap(closed($c)->{packets}), '--no-polls vds2465+tcp://:7000');
	is replies(@r), 'ack nak none', 'VdS 2465: acknowledged, refused, and not counted';
	my @checks = cap(pcap($c->{packets}), '--report --json vds2465+tcp://:7000');
	is join(' ', map { $checks[1]{$_} } qw(frames answered unanswered naks stray_answers)), '4 2 1 1 0', 'and so says the page';
}

# Others on the port, noise.
{
	my $c = opened(connection($panel, $receiver));
	says($c, 0, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
	says($c, 1, "HTTP/1.1 400 Bad Request\r\n\r\n");
	says($c, 0, "GET / HTTP/1.1\r\n\r\n");
	my @r = cap(pcap(closed($c)->{packets}), $source);
	is kinds(@r), 'neighbour', 'HTTP on the port is named, once';
	like $r[0]{detail}, qr/HTTP/, 'by its name';
	my @checks = cap(pcap($c->{packets}), '--report --json', $source);
	is $checks[1]{other_protocol}, 1, 'and counted';
	$c = opened(connection($panel, '192.0.2.1:80'));
	says($c, 0, "GET / HTTP/1.1\r\n\r\n");
	@r = cap(pcap(closed($c)->{packets}));
	is @r + 0, 0, 'without a source it is nothing of ours';

	$c = opened(connection($panel, $receiver));
	says($c, 0, "rubbish\r");
	exchange($c, $signal[0], $answer[0]);
	@r = cap(pcap(closed($c)->{packets}), $source);
	is join('', map { bytes($_) } grep { $_->{error} eq 'noise' } errors(@r)) . texts(@r), "rubbish\r1002:1130 01 001", 'noise is shown, and hides nothing';
	$c = opened(connection($panel, $receiver));
	says($c, 0, 'z' x 1400) for 1 .. 60;
	@r = cap(pcap(closed($c)->{packets}), $source);
	like $r[-1]{detail}, qr/no more is read/, 'a flood of it ends';
}

# Bounds.
{
	my @packets;
	my @c = map { opened(connection("192.0.2.7:$_", $receiver, packets => \@packets)) } 2001 .. 2040;
	exchange($_, $signal[0] =~ s/x/x/r, $answer[0]) for @c;
	my @r = cap(pcap(\@packets), '--max-connections 10', $source);
	is scalar(frames(@r)), 40, 'more connections than are followed: nothing is lost that came whole';
	like $err, qr/30 connections too many|70 connections too many/, 'and it is said';

	my $c = opened(connection($panel, $receiver));
	packet($c, 0, 'PA', $signal[0], lost => 1);
	packet($c, 0, 'PA', $signal[$_ % 4 + 1]) for 0 .. 400;
	@r = cap(pcap($c->{packets}), '--max-stream 8', $source);
	is kinds(@r), 'gap', 'too much waits for what is missing: it goes on without';
	is scalar(frames(@r)), 401, 'and nothing more is lost';
	like $err, qr/too many bytes waited/, 'and it is said';
	my @checks = cap(pcap(five()), '--report --json --max-panels 1', $source);
	is $checks[2]{frames}, 5, 'as many panels as there may be';
}

# Files that are damaged.
{
	my $file = pcap(five());
	for my $cut (1, 5, 17, 40) {
		my @r = cap(substr($file, 0, -$cut), $source);
		is texts(@r), $all, "cut off by $cut bytes: read to the last whole packet";
		is $status, 1, 'exit 1';
		like $err, qr/behind packet 15: the file ends within a packet/, 'and it says so';
	}
	my $blocks = pcapng(five());
	my @r = cap(substr($blocks, 0, -7), $source);
	is texts(@r) . " $status", "$all 1", 'pcapng cut off';
	like $err, qr/behind packet 15: the file ends within a packet/, 'and it says so';
	is scalar(() = $err =~ /\n/g), 1, 'in one line';
	@r = cap($blocks . "\6\0\0\0\7\0\0\0" . 'x' x 30, $source);
	is texts(@r) . " $status", "$all 1", 'a block of an impossible length';
	@r = cap(substr($file, 0, 24 + 16 * 3 + 54 * 3 + 14) . 'x' x 400, $source);
	is $status, 1, 'a packet of an impossible length';
	for my $case (['', 'the file is empty'], ["\x1f\x8b" . 'x' x 50, 'compressed'], ['GARBAGE' x 10, '.'], ["\xd4\xc3", 'no capture file'],
		[substr($file, 0, 10), '.'], [pcap(five(), link => 'raw') =~ s/\A(.{20})e/$1\x93/sr, 'link type 147']) {
		@r = cap($case->[0], $source);
		is $status, 1, 'no capture at all: exit 1';
		like $err, qr/^alarmcap: \S+: .*$case->[1].*\n\z/, 'in one line';
	}
	@r = cap(pcap([]), $source);
	is "$status @r", '0 ', 'a capture without packets is whole';
	system "alarmcap -r $T/nowhere $source >$T/out 2>$T/err";
	is $? >> 8, 3, 'a file that is not there';
	like slurp("$T/err"), qr/nowhere: No such file/, 'says so';
	# Any byte may be anything.
	srand 7;
	for my $round (1 .. 40) {
		my $bad = $round % 2 ? $file : $blocks;
		substr($bad, 24 + rand(length($bad) - 24), 1) = chr rand 256 for 1 .. 6;
		cap($bad, $source);
		ok $status == 0 || $status == 1, "garbled, round $round";
	}
}

# Calls.
for my $case (['', 2, 'either -r FILE or -i'], ["-r x -i y", 2, 'either'], ['-r x surgard+serial:///dev/ttyS0', 2, 'tcp, tcp-connect and udp'],
	['-r x dc09+tcp://:0', 2, 'a port'], ["-f 'port port' -r x", 2, 'port port: '], ['-i nosuchdevice0', 2, 'there is no such interface'],
	["-n -r x $source", 0, '']) {
	system "alarmcap $case->[0] >$T/out 2>$T/err";
	is $? >> 8, $case->[1], "alarmcap $case->[0]: exit $case->[1]";
	like slurp("$T/err"), qr/\Q$case->[2]\E/, 'and why';
}

# The page.
{
	my @packets;
	my $c = opened(connection($panel, $receiver, packets => \@packets));
	exchange($c, poll('1002'), ack('0000', '1002'), after => 60) for 1 .. 5;
	exchange($c, cid('0101', '1002', '1130 01 001', '_20:19:00,01-13-2026'), $answer[0]);
	exchange($c, cid('0102', '1234567890123456', '1130 01 001'), undef, after => 3600);
	packet($c, 0, 'PA', $signal[0] =~ s/#1002\[/#1003[/r, after => 1);
	my $capture = pcap(\@packets);
	for my $lang (qw(C.UTF-8 fr_FR.UTF-8)) {
		local $ENV{LC_ALL} = $lang;
		local $ENV{LANGUAGE} = $lang =~ /^fr/ ? 'fr' : '';
		cap($capture, '--report', $source);
		utf8::decode(my $page = $out);
		is scalar(grep { length > 80 } split /\n/, $page), 0, "the page fits 80 columns ($lang)";
		like $page, qr/^R1 1002 +6 +6 +3\.0 +3\.0 +3\.0 +· +· +· +·$/m, 'a panel is a line';
		like $page, qr/^R1 1002 +1 +5 +60 s /m, 'its rhythm another';
		like $page, qr/^R1 1234567890123456\n {16,}1 /m, 'a long account has a line of its own';
		like $page, qr/#1003\[#1002/, 'an example of what was malformed';
	}
	ok $out !~ /^\{/m, 'no records beside the page';
}
done_testing;
