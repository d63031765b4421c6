#!/usr/bin/perl
# A receiver that does as it is told.  Writes its port to PORTFILE and each
# frame it gets, a line each, without LF and CR, to LOG.  Each frame takes
# the next WORD; the last word goes on for ever.
#
#	receiver.pl tcp|udp PORTFILE LOG [port=NUMBER] WORD...
#
# ack duh nak       as the standard has them; nak tells the time
# nak-seq nak-bare  with the number echoed and R1, #0; without a time
# nak-day           with a time a day from now
# ack-binary ack-lower ack-bare ack-crlf   CRC in two bytes; small letters;
#                   no account; LF CR in front, NUL behind
# ack-other ack-account   to another number; to another account
# ack-split         in two pieces
# rsp silent close noise   RSP; nothing; ends the connection; bytes that are no frame
# die               stops without an answer
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use POSIX qw(strftime);

my ($transport, $port_file, $log, @words) = @ARGV;
my $port = $words[0] =~ /^port=(\d+)/ ? (shift @words, $1)[1] : 0;

sub crc {
	my $crc = 0;
	for my $byte (unpack 'C*', shift) {
		$crc ^= $byte;
		$crc = $crc & 1 ? ($crc >> 1) ^ 0xA001 : $crc >> 1 for 1 .. 8;
	}
	return $crc;
}

sub framed {
	my $body = shift;
	return sprintf "\n%04X%04X%s\r", crc($body), length $body, $body;
}

sub lower {
	my $body = shift;
	return sprintf "\n%04x%04x%s\r", crc($body), length $body, $body;
}

sub binary {
	my $body = shift;
	return "\n" . pack('n', crc($body)) . sprintf "%04X%s\r", length $body, $body;
}

sub stamp { strftime '_%H:%M:%S,%m-%d-%Y', gmtime shift }

my %answer = (
	'ack' => sub { framed(qq("ACK"$_[0]$_[1]\[])) },
	'duh' => sub { framed(qq("DUH"$_[0]$_[1]\[])) },
	'rsp' => sub { framed(qq("RSP"$_[0]$_[1]\[|Nri1/CL0])) },
	'nak' => sub { framed(qq("NAK"0000R0L0A0[]) . stamp(time)) },
	'nak-seq' => sub { framed(qq("NAK"$_[0]R1L0#0[]) . stamp(time)) },
	'nak-bare' => sub { framed(qq("NAK"0000R0L0A0[])) },
	'nak-day' => sub { framed(qq("NAK"0000R0L0A0[]) . stamp(time + 86400)) },
	'ack-binary' => sub { binary(qq("ACK"$_[0]$_[1]\[])) },
	'ack-lower' => sub { lower(qq("ACK"$_[0]$_[1]\[])) },
	'ack-bare' => sub { framed(qq("ACK"$_[0]L0[])) },
	'ack-crlf' => sub { "\r\n" . framed(qq("ACK"$_[0]$_[1]\[])) . "\0" },
	'ack-other' => sub { framed(sprintf '"ACK"%04d%s[]', $_[0] + 1, $_[1]) },
	'ack-account' => sub { framed(qq("ACK"$_[0]L0#FFFF[])) },
	'silent' => sub { '' },
	'noise' => sub { "HTTP/1.1 400 Bad Request\r\n\r\n" },
);

my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Proto => $transport,
	($transport eq 'tcp' ? (Listen => 64, ReuseAddr => 1) : ())) or die "listen: $!";
open my $out, '>>', $log or die "$log: $!";
$out->autoflush(1);
open my $file, '>', "$port_file.new" or die "$port_file: $!";
print $file $listener->sockport, "\n";
close $file;
rename "$port_file.new", $port_file;

my %buffer;
my $select = IO::Select->new($listener);
$SIG{PIPE} = 'IGNORE';

# Gives the bytes to answer with, undef to end the connection.
sub serve {
	my ($body, $send) = @_;
	print $out "$body\n";
	my $word = @words > 1 ? shift @words : $words[0];
	exit 0 if $word eq 'die';
	return 0 if $word eq 'close';
	my ($seq, $address) = $body =~ /"(\d{4})((?:R[0-9A-F]*)?L[0-9A-F]*(?:#[^\[]*)?)\[/ ? ($1, $2) : ('0000', 'L0');
	if ($word eq 'ack-split') {
		my $bytes = $answer{ack}->($seq, $address);
		$send->(substr $bytes, 0, 11);
		select undef, undef, undef, 0.05;
		$send->(substr $bytes, 11);
		return 1;
	}
	my $bytes = $answer{$word}->($seq, $address);
	$send->($bytes) if length $bytes;
	return 1;
}

sub read_stream {
	my $socket = shift;
	my $alive = sysread $socket, $buffer{$socket}, 65536, length($buffer{$socket} // '');
	while ($alive && $buffer{$socket} =~ s/^\n?([^\r]*)\r//s) {
		$alive = serve($1, sub { syswrite $socket, $_[0] });
	}
	return if $alive;
	$select->remove($socket);
	delete $buffer{$socket};
	close $socket;
}

sub read_datagram {
	my $peer = recv $listener, my $bytes, 65536, 0;
	return unless defined $peer && $bytes =~ /^\n?([^\r]*)\r/s;
	serve($1, sub { send $listener, $_[0], 0, $peer });
}

while (my @ready = $select->can_read) {
	for my $socket (@ready) {
		if ($transport eq 'udp') {
			read_datagram();
		} elsif ($socket == $listener) {
			$select->add($listener->accept);
		} else {
			read_stream($socket);
		}
	}
}
