#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# Recorded lines from short notes: "+SECONDS PATH FRAME", the time since the
# line before; "xCOUNT +SECONDS PATH FRAME" is that so many times.  In a frame
# <V> is the check byte of the ADEMCO 8000 for what stands in front of it.
use strict;
use warnings;
use POSIX qw(strftime floor);

my $now = 1768467600;	# 2026-01-15T09:00:00Z
sub check_byte {
	my ($text) = @_;
	my $sum = 0;
	$text =~ s/<([0-9A-F]{2})>/chr hex $1/ge;
	$sum += ord for split //, $text;
	return chr(0x40 | $sum & 0x3F);
}
while (<STDIN>) {
	chomp;
	my ($count, $gap, $rest) = /^(?:x(\d+) )?\+([\d.]+) (.*)$/ or die "no note: $_";
	my ($path, $frame) = split / /, $rest, 2;
	$frame =~ s/^(.*?)<V>/$1 . check_byte($1)/e;
	for (1 .. $count // 1) {
		$now += $gap;
		my $ms = floor(1000 * ($now - floor($now)) + 0.5);
		printf "%s.%03dZ %s %s\n", strftime('%Y-%m-%dT%H:%M:%S', gmtime $now), $ms % 1000, $path, $frame;
	}
}
