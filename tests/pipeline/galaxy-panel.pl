#!/usr/bin/perl
# A Galaxy.  Dials PORT, does what each WORD says and prints each answer, a
# line each: ack, reject, "none" where none came, "closed", or digits.
#
#	galaxy-panel.pl PORT WORD...
#
# account=ID event=DATA old=DATA text=DATA end   a block, and waits
# block=FDATA quiet=FDATA    of function F; which asks for no answer, and does not wait
# bad=DATA                   an event whose parity is wrong
# again                      the block before, once more
# session=ID,DATA,TEXT       account, event, text and end of data, each when the one before is answered
# path-check=ID,SECONDS
# raw=HEX
# glue                       the next block leaves together with the one behind it
# pieces=N                   from now on each block in pieces of N bytes
# new                        another connection
# deaf                       sends the next block and goes, without reading
# until-killed=ID,LOG        alarms without end, each until it is acknowledged, and notes which were
use strict;
use warnings;
use lib 'tests/pipeline';
use IO::Select;
use Panel;

my ($port, @words) = @ARGV;
my ($socket, $last, $held, $blocks, $pieces, $glue, $deaf) = (undef, '', '', 0, 0, 0, 0);

sub block {
	my ($data, $flags) = @_;
	my $bytes = chr(($flags // 0x40) + length($data) - 1) . $data;
	my $parity = 0xFF;
	$parity ^= ord for split //, $bytes;
	return $bytes . chr $parity;
}

sub answer {
	my $bytes = '';
	while (length $bytes < 3 * $blocks) {
		return 'none' unless IO::Select->new($socket)->can_read(10);
		return 'closed' unless sysread $socket, $bytes, 64, length $bytes;
	}
	my $hex = unpack 'H*', $bytes;
	return join ' ', map { $_ eq '403887' ? 'ack' : $_ eq '403986' ? 'reject' : $_ } $hex =~ /^(?:403[89]8[67])+$/ ? $hex =~ /.{6}/g : $hex;
}

sub out {
	$held .= $last = shift;
	$blocks++;
	return $glue = 0 if $glue;
	in_pieces($socket, $held, $pieces);
	$held = '';
	print answer(), "\n" unless $deaf;
	$blocks = $deaf = 0;
}

sub acknowledged {
	syswrite($socket, block(shift)) or return 0;
	IO::Select->new($socket)->can_read(5) or return 0;
	sysread($socket, my $bytes, 64) or return 0;
	return unpack('H*', $bytes) eq '403887';
}

sub until_killed {
	my ($id, $log) = split /,/, shift;
	my $named = 0;
	until_acknowledged($log, sub {
		my $zone = sprintf '%04d', shift;
		until (($named ||= acknowledged("#$id")) && acknowledged("NBA$zone")) {
			$socket = dial($port, 250);
			$named = 0;
		}
		return "$id $zone";
	});
}

my %do = (
	'account' => sub { out(block('#' . shift)) },
	'event' => sub { out(block('N' . shift)) },
	'old' => sub { out(block('O' . shift)) },
	'text' => sub { out(block('A' . shift)) },
	'end' => sub { out(block('0')) },
	'block' => sub { out(block(shift)) },
	'quiet' => sub { syswrite $socket, block(shift, 0) },
	'bad' => sub { my $bytes = block('N' . shift); out(substr($bytes, 0, -1) . chr(1 ^ ord substr $bytes, -1)) },
	'again' => sub { out($last) },
	'session' => sub { my ($id, $data, $text) = split /,/, shift; out(block($_)) for "#$id", "N$data", "A$text", '0' },
	'path-check' => sub { my ($id, $s) = split /,/, shift; out(pack 'xA8x10CVx2', sprintf('%08d', $id), 0x3C, $s) },
	'raw' => sub { out(pack 'H*', shift) },
	'glue' => sub { $glue = 1 },
	'pieces' => sub { $pieces = shift },
	'new' => sub { $socket = dial($port, 1) },
	'deaf' => sub { $deaf = 1 },
	'until-killed' => \&until_killed,
);
$socket = dial($port, 250);
obey(\%do, @words);
