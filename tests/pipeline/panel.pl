#!/usr/bin/perl
# A panel that does not give up: sends COUNT signals of ACCOUNT to PORT, one
# at a time, each until it is acknowledged, and notes what was acknowledged.
#
#	panel.pl PORT ACCOUNT COUNT LOG
use strict;
use warnings;
use IO::Socket::INET;
use IO::Select;
use Time::HiRes qw(sleep);

my ($port, $account, $count, $log) = @ARGV;
my @table = map { my $c = $_; $c = $c & 1 ? ($c >> 1) ^ 0xA001 : $c >> 1 for 1 .. 8; $c } 0 .. 255;

sub crc {
	my $crc = 0;
	$crc = ($crc >> 8) ^ $table[($crc ^ $_) & 255] for unpack 'C*', shift;
	return $crc;
}

sub framed {
	my $body = shift;
	return sprintf "\n%04X%04X%s\r", crc($body), length $body, $body;
}

sub connected {
	my $tries = shift;
	while ($tries--) {
		my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port, Proto => 'tcp');
		return $socket if $socket;
		sleep 0.02;
	}
	exit 1;    # nobody listens any more
}

sub acknowledged {
	my ($socket, $want) = @_;
	my $got = '';
	my $select = IO::Select->new($socket);
	while ($select->can_read(2)) {
		sysread($socket, $got, 4096, length $got) or return 0;
		return 1 if index($got, $want) >= 0;
	}
	return 0;
}

$SIG{PIPE} = 'IGNORE';
open my $out, '>>', $log or die "$log: $!";
$out->autoflush(1);
my $socket = connected(250);
for my $n (1 .. $count) {
	my $seq = sprintf '%04d', ($n - 1) % 9999 + 1;
	my $zone = sprintf '%03d', $n % 1000;
	my $frame = framed(qq("ADM-CID"${seq}L0#$account\[#$account|1130 01 $zone]));
	my $want = framed(qq("ACK"${seq}L0#$account\[]));
	until ($socket->syswrite($frame) && acknowledged($socket, $want)) {
		close $socket;
		$socket = connected(250);
	}
	print $out "$account $seq $zone\n";
}
