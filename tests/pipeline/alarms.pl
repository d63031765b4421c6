#!/usr/bin/perl
# A panel that sends alarms without end, each until it is acknowledged, and
# notes in LOG words of its journal record by which each can be found.
#
#	alarms.pl PROTOCOL PORT ACCOUNT LOG
#
# smtp		250 behind the mail
# scaip		200 with status 0
# vds2465	the RC of whatever the receiver says: it has gone beyond the alarm's TC
use strict;
use warnings;
use lib 'tests/pipeline';
use Panel;

my ($protocol, $port, $account, $log) = @ARGV;
my ($socket, $n);

sub line {
	my $line;
	do { $line = <$socket> // return } while $line =~ /^\d{3}-/;
	return $line;
}

sub mail {
	my $word = sprintf '%s-%06d.', $account, $n;
	$socket or return;
	for my $command ("MAIL FROM:<c\@s>", "RCPT TO:<$account\@c>", 'DATA',
		"Subject: $word\r\nContent-Type: image/jpeg\r\n\r\n" . "$word\r\n" x 300 . '.') {
		print $socket "$command\r\n" or return;
		(line() // '') =~ /^[23]/ or return;
	}
	return "Subject: $word";
}

sub message {
	my $body = sprintf '<mrq><ref>%s%06d</ref><cid>%s</cid><dty>0004</dty><stc>0010</stc></mrq>', $account, $n, $account;
	my $head = join "\r\n", 'MESSAGE sip:arc@127.0.0.1 SIP/2.0', "Via: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK$account$n",
		'From: <sip:u@c>;tag=1', 'To: <sip:arc@c>', "Call-ID: $account-$n\@c", "CSeq: $n MESSAGE",
		'Content-Type: application/scaip+xml', 'Content-Length: ' . length $body;
	print $socket "$head\r\n\r\n$body" or return;
	my $answer = '';
	while ($answer !~ /\r\n\r\n.*<\/mrs>/s) {
		sysread $socket, $answer, 4096, length $answer or return;
	}
	return $answer =~ /^SIP\/2.0 200 .*<snu>0</s ? sprintf '<ref>%s%06d<', $account, $n : undef;
}

# The Internet checksum.
sub checked {
	my $content = shift;
	my $sum = 0;
	$sum += $_ for unpack 'n*', $content . "\0" x (length($content) % 2);
	$sum = ($sum & 0xFFFF) + ($sum >> 16) while $sum >> 16;
	substr $content, 4, 2, pack 'n', ~$sum & 0xFFFF;
	return $content;
}

my ($ours, $theirs) = (1, 0);
sub telegram {
	my ($ik, $records) = @_;
	my $content = checked(pack 'N n N C C C/a*', $ours++, 0, $theirs + 1, $ik, 1, $records);
	return pack 'n n/a*', 0, $content;
}

# The RC of what the receiver says next.
sub heard {
	my $bytes = '';
	while (length $bytes < 4 || length $bytes < 4 + unpack 'x2 n', $bytes) {
		sysread $socket, $bytes, (length $bytes < 4 ? 4 : 4 + unpack 'x2 n', $bytes) - length $bytes, length $bytes or return;
	}
	($theirs, my $rc, my $ik) = unpack 'x4 N x2 N C', $bytes;
	syswrite $socket, telegram(2, "\1") if $ik == 1;
	return $rc;
}

sub event {
	my $number = $ours;
	my $bytes = telegram(4, pack('C C H8', 4, 0x56, $account) . pack 'C2 C5 C2 H12', 5, 2, 1, $n & 0xFF, 0, 1, 0x22, 6, 0xFF, sprintf '%012x', $n);
	syswrite $socket, $bytes or return;
	while (defined(my $rc = heard())) {
		return unpack 'H*', $bytes if $rc == $number + 1;
	}
	return;
}

my %panels = (smtp => [\&mail, \&line], scaip => [\&message, sub { 1 }], vds2465 => [\&event, \&heard]);
my ($send, $greeted) = @{$panels{$protocol}};
until_acknowledged($log, sub {
	$n = shift;
	for (;;) {
		my $words = $socket && $send->();
		return $words if $words;
		$socket = dial($port, 1000);
		$socket = undef unless defined $greeted->();
	}
});
