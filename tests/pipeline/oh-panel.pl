#!/usr/bin/perl
# A panel of Osborne-Hoffman, with a triple DES of its own.  Dials PORT, takes
# the key off its mask, does what each WORD says and prints each answer as it
# came out of the cipher, a line each: "none" where none came, "closed".
#
#	oh-panel.pl PORT WORD...
#
# event=SEQ,ACCOUNT,BLOCK    an event with text, panel id and account
# timed=SEQ,ACCOUNT,BLOCK    the same with the time, as version 3 has it
# cid=SEQ,ACCOUNT,DATA       in Contact ID
# heartbeat old-heartbeat    with an id, without
# damaged=SEQ,ACCOUNT,BLOCK  no CR, and a length that is wrong
# raw=TEXT                   bytes as they are
# pieces=N                   from now on each message in pieces of N bytes
# glue                       the next message leaves together with the one behind it
# wrong-key clear            from now on under another key; not encrypted
# new                        another connection, under its own key
# deaf                       sends the next message and goes, without reading
# until-killed=ACCOUNT,LOG   alarms without end, each until it is acknowledged, and notes which were
use strict;
use warnings;
use lib 'tests/pipeline';
use IO::Select;
use Panel;

my @ip = map { my $row = $_; map { $row - 8 * $_ } 0 .. 7 } 58, 60, 62, 64, 57, 59, 61, 63;
my @ip_back;
@ip_back[map { $_ - 1 } @ip] = 1 .. 64;
my @e = map { ($_ + 31) % 32 + 1 } map { 4 * $_ .. 4 * $_ + 5 } 0 .. 7;
my @p = (16, 7, 20, 21, 29, 12, 28, 17, 1, 15, 23, 26, 5, 18, 31, 10, 2, 8, 24, 14, 32, 27, 3, 9, 19, 13, 30, 6, 22, 11, 4, 25);
my @pc1 = (57, 49, 41, 33, 25, 17, 9, 1, 58, 50, 42, 34, 26, 18, 10, 2, 59, 51, 43, 35, 27, 19, 11, 3, 60, 52, 44, 36,
	63, 55, 47, 39, 31, 23, 15, 7, 62, 54, 46, 38, 30, 22, 14, 6, 61, 53, 45, 37, 29, 21, 13, 5, 28, 20, 12, 4);
my @pc2 = (14, 17, 11, 24, 1, 5, 3, 28, 15, 6, 21, 10, 23, 19, 12, 4, 26, 8, 16, 7, 27, 20, 13, 2,
	41, 52, 31, 37, 47, 55, 30, 40, 51, 45, 33, 48, 44, 49, 39, 56, 34, 53, 46, 42, 50, 36, 29, 32);
my @turns = (1, 1, 2, 2, 2, 2, 2, 2, 1, 2, 2, 2, 2, 2, 2, 1);
my @s = map { [map hex, /[0-9a-f]/g] } (
	'e4d12fb83a6c5907 0f74e2d1a6cb9538 41e8d62bfc973a50 fc8249175b3ea06d',
	'f18e6b34972dc05a 3d47f28ec01a69b5 0e7ba4d158c6932f d8a13f42b67c05e9',
	'a09e63f51dc7b428 d709346a285ecbf1 d6498f30b12c5ae7 1ad069874fe3b52c',
	'7de3069a1285bc4f d8b56f03472c1ae9 a690cb7df13e5284 3f06a1d8945bc72e',
	'2c417ab6853fd0e9 eb2c47d150fa3986 421bad78f9c5630e b8c71e2d6f09a453',
	'c1af92680d34e75b af427c9561de0b38 9ef528c3704a1db6 432c95fabe17608d',
	'4b2ef08d3c975a61 d0b7491ae35c2f86 14bdc37eaf680592 6bd814a7950fe23c',
	'd2846fb1a93e50c7 1fd8a374c56b0e92 7b419ce206adf358 21e74a8dfc90356b',
);

sub pick { my ($bits, @at) = @_; return join '', map { substr $bits, $_ - 1, 1 } @at }
sub turn { my ($bits, $n) = @_; return substr($bits, $n) . substr $bits, 0, $n }
sub differ { return unpack 'B*', pack('B*', $_[0]) ^ pack('B*', $_[1]) }

sub round_keys {
	my $key = pick(unpack('B64', shift), @pc1);
	my ($c, $d) = (substr($key, 0, 28), substr $key, 28);
	return map { ($c, $d) = (turn($c, $_), turn($d, $_)); pick("$c$d", @pc2) } @turns;
}

sub mix {
	my ($half, $key) = @_;
	my @six = unpack '(A6)8', differ(pick($half, @e), $key);
	return pick(join('', map {
		my ($outer, $inner) = $six[$_] =~ /^(.)(....)(.)$/ ? ("$1$3", $2) : die;
		sprintf '%04b', $s[$_][16 * oct("0b$outer") + oct "0b$inner"];
	} 0 .. 7), @p);
}

sub des {
	my ($block, @keys) = @_;
	my $bits = pick(unpack('B64', $block), @ip);
	my ($l, $r) = (substr($bits, 0, 32), substr $bits, 32);
	($l, $r) = ($r, differ($l, mix($r, $_))) for @keys;
	return pack 'B64', pick("$r$l", @ip_back);
}

my @keys;	# of the three stages
sub set_key { @keys = map { [round_keys($_)] } unpack '(a8)3', shift }
sub encrypt { return join '', map { des(des(des($_, @{$keys[0]}), reverse @{$keys[1]}), @{$keys[2]}) } unpack '(a8)*', shift }
sub decrypt { return join '', map { des(des(des($_, reverse @{$keys[2]}), @{$keys[1]}), reverse @{$keys[0]}) } unpack '(a8)*', shift }

set_key(pack 'H*', '0123456789abcdef23456789abcdef01456789abcdef0123');	# the example of NIST SP 800-67
encrypt('The qufck brown fox jump') eq pack 'H*', 'a826fd8ce53b855fcce21c8112256fe668d5c05dd9b6b900' or die "triple DES";

my ($port, @words) = @ARGV;
my ($socket, $key, $clear, $pieces, $glue, $deaf, $held) = (undef, '', 0, 0, 0, 0, '');

sub begin {
	my $first = '';
	for (1 .. 250) {
		$socket = dial($port, 250);
		$first = '';
		while (length $first < 24) {
			sysread $socket, $first, 24 - length $first, length $first or last;
		}
		last if length $first == 24;
		select undef, undef, undef, 0.02;
	}
	exit 1 if length $first < 24;
	$key = $first ^ pack 'H*', '552d6a05234939a84529d3e994c2b58845a3508a44aa6954';
	set_key($key);
}

sub event {
	my ($token, $words, $behind) = @_;
	my ($seq, $account, $data) = split /,/, $words, 3;
	my $body = qq("$token"${seq}R6666L1234[#$account|$data]$behind);
	return sprintf "\n0101%04X%s\r", 8 + length $body, $body;
}

sub answer {
	return 'none' unless IO::Select->new($socket)->can_read(10);
	my $n = sysread $socket, my $bytes, 64;
	return 'closed' unless $n;
	$bytes = decrypt($bytes) unless $clear;
	$bytes =~ s/\0+$//;
	$bytes =~ s/\r/\\r/g;
	$bytes =~ s/\n/\\n/g;
	return $bytes;
}

sub out {
	my $bytes = shift;
	$bytes .= "\0" x (8 - length($bytes) % 8) unless $clear;	# one block more when it was whole
	$held .= $clear ? $bytes : encrypt($bytes);
	return $glue = 0 if $glue;
	in_pieces($socket, $held, $pieces);
	$held = '';
	return $deaf = 0 if $deaf;
	print answer(), "\n";
}

sub until_killed {
	my ($account, $log) = split /,/, shift;
	until_acknowledged($log, sub {
		my $zone = sprintf '%04d', shift;
		my $bytes = event('SIA-DCS', "$zone,$account,NBA$zone", '');
		$bytes .= "\0" x (8 - length($bytes) % 8);
		begin() until syswrite($socket, encrypt($bytes)) && answer() eq 'ACK\r';
		return "$account $zone";
	});
}

my %do = (
	'event' => sub { out(event('SIA-DCS', shift, 'E69B557E0CE8BD98|#001234')) },
	'timed' => sub { out(event('SIA-DCS', shift, 'E69B557E0CE8BD98|#001234T5F0E1C2A')) },
	'cid' => sub { out(event('ADM-CID', shift, '')) },
	'damaged' => sub { out(event('SIA-DCS', shift, '') =~ s/0101..../01010FF0/r =~ s/\r//r) },
	'heartbeat' => sub { out('SR0001L0001    001465XX    [ID5B9490D8]') },
	'old-heartbeat' => sub { out('SR0001L0001    001465XX    ') },
	'raw' => sub { syswrite $socket, shift; print answer(), "\n" },
	'pieces' => sub { $pieces = shift },
	'glue' => sub { $glue = 1 },
	'wrong-key' => sub { set_key(scalar reverse $key) },
	'clear' => sub { $clear = 1 },
	'new' => \&begin,
	'until-killed' => \&until_killed,
	'deaf' => sub { $deaf = 1 },
);
begin();
obey(\%do, @words);
