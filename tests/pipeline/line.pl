#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The receivers' end of serial lines, by commands on stdin; each is answered
# with one line.
#
#	plug NAME LINK    a new pseudo-terminal, LINK shows where it is
#	port NAME DEVICE SPEED MODE   a real port instead (8n1, 7e1, 7o1)
#	pull NAME         its plug is pulled
#	send NAME TEXT    TEXT with \xHH and \\
#	hear NAME COUNT   so many bytes of the answer, as hexadecimal digits; fewer when they do not come
#	quiet NAME        what has come, without waiting for it: "-" is nothing
#	drum COUNT NAME,NAME…    on each line so many Sur-Gard events, each when the one before it
#	                  is acknowledged, and again when it is not after a second; how many were
#	                  acknowledged: "NAME=COUNT NAME=COUNT…"
use strict;
use warnings;
use Fcntl;
use POSIX ();
use Time::HiRes qw(sleep time);

use constant { TIOCGPTN => 0x80045430, TIOCSPTLCK => 0x40045431, PATIENCE => 10 };

my %far;
$| = 1;

sub raw {
	my ($fd, $speed, $mode) = @_;
	my $t = POSIX::Termios->new;
	my %cflag = (n => 0, e => POSIX::PARENB, o => POSIX::PARENB | POSIX::PARODD);
	my ($bits, $parity) = $mode =~ /^([78])([neo])/ or die "mode $mode";
	$t->getattr($fd) or die "getattr: $!";
	$t->setiflag(0);
	$t->setoflag(0);
	$t->setlflag(0);
	$t->setcflag(($bits == 7 ? POSIX::CS7 : POSIX::CS8) | $cflag{$parity} | POSIX::CREAD | POSIX::CLOCAL);
	my $b = POSIX->can("B$speed")->();
	$t->setispeed($b);
	$t->setospeed($b);
	$t->setattr($fd, POSIX::TCSANOW) or die "setattr: $!";
}

sub plug {
	my ($name, $link) = @_;
	sysopen my $master, '/dev/ptmx', O_RDWR | O_NOCTTY | O_NONBLOCK or die "ptmx: $!";
	my ($lock, $number) = (pack('i', 0), pack('i', 0));
	ioctl $master, TIOCSPTLCK, $lock or die "unlock: $!";
	ioctl $master, TIOCGPTN, $number or die "number: $!";
	my $slave = '/dev/pts/' . unpack 'i', $number;
	# Raw before anybody opens it: what is sent early must not be echoed.
	sysopen my $near, $slave, O_RDWR | O_NOCTTY or die "$slave: $!";
	raw(fileno $near, 9600, '8n1');
	symlink $slave, "$link.new" and rename "$link.new", $link or die "$link: $!";
	$far{$name} = { fh => $master, near => $near, link => $link };
	return $slave;
}

sub port {
	my ($name, $device, $speed, $mode) = @_;
	sysopen my $fh, $device, O_RDWR | O_NOCTTY | O_NONBLOCK or die "$device: $!";
	raw(fileno $fh, $speed, $mode);
	POSIX::tcflush(fileno $fh, POSIX::TCIOFLUSH);
	$far{$name} = { fh => $fh };
	return $device;
}

sub pull {
	my $line = delete $far{shift()};
	unlink $line->{link};
	close $line->{near};
	close $line->{fh};
	return 'pulled';
}

sub send_text {
	my ($name, $text) = @_;
	$text =~ s/\\(?:x([0-9A-Fa-f]{2})|(\\))/defined $1 ? chr hex $1 : $2/ge;
	my $end = time + PATIENCE;
	while (length $text && time < $end) {
		my $n = syswrite $far{$name}{fh}, $text;
		substr $text, 0, $n // 0, '';
		sleep 0.01 unless $n;
	}
	return length $text ? 'stuck' : 'sent';
}

sub hear {
	my ($name, $count, $patience) = @_;
	my ($bytes, $end) = ('', time + $patience);
	while (length $bytes < $count) {
		next if sysread $far{$name}{fh}, $bytes, $count - length $bytes, length $bytes;
		last if time >= $end;
		sleep 0.005;
	}
	return length $bytes ? unpack 'H*', $bytes : '-';
}

sub drum {
	my ($count, @names) = @_;
	my (%next, %acked, %since);
	my $end = time + 6 * PATIENCE;
	while (time < $end && grep { ($acked{$_} // 0) < $count } @names) {
		my $busy = 0;
		for my $name (@names) {
			my $done = $acked{$name} //= 0;
			my $first = ($next{$name} // 0) == $done;
			if ($done < $count && ($first || time - $since{$name} > 1)) {
				$next{$name}++ if $first;
				$since{$name} = time;
				send_text($name, sprintf('5021 18%04dE13001%03d', 1 + $done / 1000, $done % 1000) . "\x14");
				$busy = 1;
			}
			my $n = sysread $far{$name}{fh}, my $byte, 1;
			next unless $n && $byte eq "\x06" && $next{$name} > $done;
			$acked{$name}++;
			$busy = 1;
		}
		sleep 0.001 unless $busy;
	}
	return join ' ', map { "$_=$acked{$_}" } @names;
}

while (my $line = <STDIN>) {
	chomp $line;
	my ($command, $name, $rest) = split / /, $line, 3;
	print $command eq 'plug' ? plug($name, $rest)
		: $command eq 'port' ? port($name, split / /, $rest)
		: $command eq 'pull' ? pull($name)
		: $command eq 'send' ? send_text($name, $rest)
		: $command eq 'drum' ? drum($name, split /,/, $rest)
		: $command eq 'hear' ? hear($name, $rest, PATIENCE)
		: hear($name, 1 << 16, 0), "\n";
}
