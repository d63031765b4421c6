# SPDX-License-Identifier: GPL-3.0-or-later
# Writes captures by hand, for tests: packets of connections, whole or
# damaged, on any link layer, as pcap or pcapng.  Loaded by require.
use strict;
use warnings;

# "192.0.2.7:51234" or "[2001:db8::7]:51234": [address bytes, port].
sub endpoint {
	my ($text) = @_;
	my ($host, $port) = $text =~ /^\[?([0-9a-fA-F.:]*?)\]?:(\d+)$/ or die $text;
	return [pack('C4', split /\./, $host), $port] if $host =~ /^\d+\./;
	my ($front, $back) = split /::/, $host, 2;
	my @front = split /:/, $front;
	my @back = defined $back ? split(/:/, $back) : ();
	return [pack('n8', map { hex } @front, (0) x (8 - @front - @back), @back), $port];
}

sub sum16 {
	my $total = 0;
	$total += $_ for unpack 'n*', length($_[0]) % 2 ? "$_[0]\0" : $_[0];
	$total = ($total & 0xFFFF) + ($total >> 16) while $total >> 16;
	return $total;
}

# TCP or UDP header and payload with its checksum; sum => a value to put there, 'partial' for the pseudo-header's alone.
sub summed {
	my ($from, $to, $protocol, $segment, $place, $sum) = @_;
	my $pseudo = $from->[0] . $to->[0] . pack('nn', $protocol, length $segment);
	my $value = !defined $sum ? ~sum16($pseudo . $segment) & 0xFFFF : $sum eq 'partial' ? sum16($pseudo) : $sum;
	$value ||= 0xFFFF unless defined $sum;
	substr $segment, $place, 2, pack 'n', $value;
	return $segment;
}

my $ip_id = 0;

# An IP packet; id, offset and more for fragments, extensions => bytes of [type, header] pairs in front.
sub ip {
	my ($from, $to, $protocol, $payload, %o) = @_;
	if (length $from->[0] == 16) {
		my ($next, $headers) = ($protocol, '');
		for my $extension (reverse @{ $o{extensions} // [] }) {
			my ($type, $body) = @$extension;
			$headers = pack('C', $next) . $body . $headers;
			$next = $type;
		}
		return pack('NnCC', 0x60000000, length($headers . $payload), $next, 64) . $from->[0] . $to->[0] . $headers . $payload;
	}
	my $place = (($o{offset} // 0) >> 3) | ($o{more} ? 0x2000 : 0);
	my $head = pack 'CCnnnCCna4a4', 0x45, 0, 20 + length $payload, $o{id} // (++$ip_id & 0xFFFF), $place, 64, $protocol, 0,
		$from->[0], $to->[0];
	substr $head, 10, 2, pack 'n', defined $o{ip_sum} ? $o{ip_sum} : ~sum16($head) & 0xFFFF;
	return $head . $payload;
}

sub udp {
	my ($from, $to, $payload, %o) = @_;
	my $segment = pack('nnnn', $from->[1], $to->[1], 8 + length $payload, 0) . $payload;
	return ip($from, $to, 17, summed($from, $to, 17, $segment, 6, $o{sum}), %o);
}

my %flag = (F => 1, S => 2, R => 4, P => 8, A => 16);

sub tcp {
	my ($from, $to, $flags, $seq, $ack, $payload, %o) = @_;
	my $bits = 0;
	$bits |= $flag{$_} for split //, $flags;
	my $segment = pack('nnNNCCnnn', $from->[1], $to->[1], $seq & 0xFFFFFFFF, $ack & 0xFFFFFFFF, 0x50, $bits, 65000, 0, 0) . $payload;
	return ip($from, $to, 6, summed($from, $to, 6, $segment, 16, $o{sum}), %o);
}

# A connection whose packets gather in @{ $c->{packets} }, each [time, IP packet].
sub connection {
	my ($client, $server, %o) = @_;
	return {
		ends => [endpoint($client), endpoint($server)], seq => [$o{seq} // 1000, $o{peer_seq} // 5000],
		t => $o{t} // 1768335243, packets => $o{packets} // [], options => $o{options} // {},
	};
}

sub packet {
	my ($c, $d, $flags, $payload, %o) = @_;
	my $ip = tcp($c->{ends}[$d], $c->{ends}[!$d], $flags, $o{seq} // $c->{seq}[$d], $flags eq 'S' ? 0 : $o{ack} // $c->{seq}[!$d],
		$payload // '', %{ $c->{options} }, %o);
	$c->{t} += $o{after} // 0.001;
	push @{ $c->{packets} }, [$c->{t}, $ip] unless $o{lost};
	$c->{seq}[$d] += length($payload // '') + ($flags =~ /[SF]/ ? 1 : 0) unless defined $o{seq};
	return $ip;
}

sub opened { my ($c) = @_; packet($c, 0, 'S'); packet($c, 1, 'SA'); packet($c, 0, 'A'); return $c }
sub closed { my ($c) = @_; packet($c, 0, 'FA'); packet($c, 1, 'FA'); packet($c, 0, 'A'); return $c }
# Says it, and the other side's TCP acknowledges.
sub says { my ($c, $d, $bytes, %o) = @_; packet($c, $d, 'PA', $bytes, %o); packet($c, !$d, 'A', '', after => 0.0001); return $c }
# A frame and its answer.
sub exchange {
	my ($c, $frame, $answer, %o) = @_;
	packet($c, 0, 'PA', $frame, after => $o{after} // 1);
	packet($c, 1, 'PA', $answer, after => $o{delay} // 0.003) if defined $answer;
	return $c;
}

sub crc {
	my $crc = 0;
	for (unpack 'C*', shift) {
		$crc ^= $_;
		$crc = $crc & 1 ? $crc >> 1 ^ 0xA001 : $crc >> 1 for 1 .. 8;
	}
	return $crc;
}

sub framed { my ($body) = @_; return sprintf "\n%04X%04X%s\r", crc($body), length $body, $body }
sub cid { my ($seq, $account, $event, $time) = @_; return framed(qq("ADM-CID"${seq}L0#$account\[#$account|$event]) . ($time // '')) }
sub poll { my ($account, $seq) = @_; $seq //= '0000'; return framed(qq("NULL"${seq}L0#$account\[])) }
sub ack { my ($seq, $account) = @_; return framed(qq("ACK"${seq}L0#$account\[])) }
sub duh { my ($seq, $account) = @_; return framed(qq("DUH"${seq}L0#$account\[])) }
sub nak { my ($time) = @_; return framed(qq("NAK"0000R0L0A0[]$time)) }

sub is_v6 { return ord($_[0]) >> 4 == 6 }
sub ether_type { return is_v6($_[0]) ? 0x86DD : 0x0800 }

# What a link type puts in front.
my %link = (
	ethernet => [1, sub { "\x02\0\0\0\0\1\x02\0\0\0\0\2" . pack('n', ether_type($_[0])) . $_[0] }],
	vlan => [1, sub { "\x02\0\0\0\0\1\x02\0\0\0\0\2" . pack('nnn', 0x8100, 42, ether_type($_[0])) . $_[0] }],
	qinq => [1, sub { "\x02\0\0\0\0\1\x02\0\0\0\0\2" . pack('nnnnn', 0x88A8, 7, 0x8100, 42, ether_type($_[0])) . $_[0] }],
	pppoe => [1, sub { "\x02\0\0\0\0\1\x02\0\0\0\0\2" . pack('nCCnnn', 0x8864, 0x11, 0, 1, 2 + length $_[0], is_v6($_[0]) ? 0x57 : 0x21) . $_[0] }],
	cooked => [113, sub { pack('nnn', 0, 1, 6) . "\x02\0\0\0\0\1\0\0" . pack('n', ether_type($_[0])) . $_[0] }],
	cooked2 => [276, sub { pack('nnNnCC', ether_type($_[0]), 0, 2, 1, 0, 6) . "\x02\0\0\0\0\1\0\0" . $_[0] }],
	null => [0, sub { pack('V', is_v6($_[0]) ? 24 : 2) . $_[0] }],
	loop => [108, sub { pack('N', is_v6($_[0]) ? 24 : 2) . $_[0] }],
	raw => [101, sub { $_[0] }],
);

# A capture file: link => a name from above, nano, big, snaplen.
sub pcap {
	my ($packets, %o) = @_;
	my ($type, $wrap) = @{ $link{ $o{link} // 'ethernet' } };
	my ($n, $s) = $o{big} ? ('N', 'n') : ('V', 'v');
	my $unit = $o{nano} ? 1e9 : 1e6;
	my $file = pack "${n}${s}${s}${n}4", $o{nano} ? 0xA1B23C4D : 0xA1B2C3D4, 2, 4, 0, 0, $o{snaplen} // 262144, $type;
	for my $packet (@$packets) {
		my ($t, $ip) = @$packet;
		my $bytes = $wrap->($ip);
		my $kept = substr $bytes, 0, $o{snaplen} // length $bytes;
		$file .= pack("${n}4", int $t, int(($t - int $t) * 1e6 + 0.5) * ($unit / 1e6), length $kept, length $bytes) . $kept;
	}
	return $file;
}

sub block {
	my ($n, $type, $body) = @_;
	$body .= "\0" x (-length($body) % 4);
	return pack("${n}2", $type, 12 + length $body) . $body . pack $n, 12 + length $body;
}

# Each packet has the index of its interface behind its bytes: [time, IP, index]; interfaces => [link name, …].
sub pcapng {
	my ($packets, %o) = @_;
	my ($n, $s) = $o{big} ? ('N', 'n') : ('V', 'v');
	my @interfaces = map { $link{$_} } @{ $o{interfaces} // ['ethernet'] };
	my $file = block($n, 0x0A0D0D0A, pack "${n}${s}${s}${n}2", 0x1A2B3C4D, 1, 0, 0xFFFFFFFF, 0xFFFFFFFF);
	my $index = 0;
	# Each has a clock of its own: microseconds, nanoseconds.
	$file .= block($n, 1, pack("${s}2${n}", $_->[0], 0, $index ? 65535 : 262144) .
		($index++ ? pack("${s}2Cx3${s}2", 9, 1, 9, 0, 0) : '')) for @interfaces;
	$file .= block($n, 5, "\0" x 12);	# of statistics, to be passed over
	for my $packet (@$packets) {
		my ($t, $ip, $i) = @$packet;
		my $bytes = $interfaces[$i // 0][1]->($ip);
		my $units = $i ? int($t) * 1_000_000_000 + int(($t - int $t) * 1e6 + 0.5) * 1000 : int($t * 1e6 + 0.5);
		$file .= block($n, 6, pack("${n}5", $i // 0, $units >> 32, $units & 0xFFFFFFFF, length $bytes, length $bytes) . $bytes);
	}
	return $file;
}

1;
