# What panels of the tests have in common.
package Panel;
use strict;
use warnings;
use Exporter 'import';
use IO::Select;
use IO::Socket::INET;

our @EXPORT = qw(dial in_pieces obey until_acknowledged);
$SIG{PIPE} = 'IGNORE';

# A connection, tried every 20 ms.
sub dial {
	my ($port, $tries) = @_;
	for (1 .. $tries) {
		my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port);
		if ($socket) {
			$socket->autoflush(1);
			return $socket;
		}
		select undef, undef, undef, 0.02;
	}
	exit 1;
}

# $n bytes at a time; 0: all at once.
sub in_pieces {
	my ($socket, $bytes, $n) = @_;
	$n ||= length $bytes;
	for (my $at = 0; $at < length $bytes; $at += $n) {
		syswrite $socket, substr $bytes, $at, $n;
		select undef, undef, undef, 0.01 if $n < length $bytes;
	}
}

# Words of a command line, "WORD=WITH": each does what the table says.
sub obey {
	my ($do, @words) = @_;
	for (@words) {
		my ($word, $with) = split /=/, $_, 2;
		$do->{$word}->($with);
	}
}

# Alarms 1, 2, 3 …: send(N) gives the line to note in the log once N is acknowledged.
sub until_acknowledged {
	my ($log, $send) = @_;
	open my $out, '>>', $log or die "$log: $!";
	$out->autoflush(1);
	for (my $n = 1;; $n++) {
		print $out $send->($n), "\n";
	}
}

1;
