#!/usr/bin/perl
# Folds the figures of all runs into one JSON object: each FOLDER/NAME holds
# a JSON object a run, a line each; of every number the median is taken.
# A / in NAME, written as %, makes an object within.
#
#	median.pl FOLDER
use strict;
use warnings;
use JSON::PP;

my $folder = shift;
my $json = JSON::PP->new->canonical->pretty;
my %all;

sub median {
	my @sorted = sort { $a <=> $b } @_;
	return $sorted[$#sorted / 2];
}

sub fold {
	my @runs = @_;
	my %folded = (runs => scalar @runs);
	for my $key (keys %{ $runs[0] }) {
		my @values = map { $_->{$key} } @runs;
		$folded{$key} = (grep { !defined || ref || !/^-?[0-9.]+$/ } @values) ? $values[-1] : 0 + median(@values);
	}
	delete $folded{runs} if @runs == 1;
	return \%folded;
}

for my $path (glob "$folder/*") {
	open my $in, '<', $path or die "$path: $!";
	my @runs = map { decode_json($_) } grep { /\S/ } <$in>;
	next unless @runs;
	my @names = split /%/, $path =~ s{.*/}{}r;
	my $last = pop @names;
	my $at = \%all;
	$at = $at->{$_} //= {} for @names;
	$at->{$last} = fold(@runs);
}
print $json->encode(\%all);
