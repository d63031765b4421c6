#!/usr/bin/perl
# Holds what panels have been acknowledged (LOG of panel.pl, lines "ACCOUNT
# SEQ ZONE") against the journal.  Prints what is wrong, a line each; nothing
# when all is well.
#
#	journal-check.pl DIR LOG...
use strict;
use warnings;
use JSON::PP;

my ($dir, @logs) = @ARGV;
my $json = JSON::PP->new->utf8;
my (%there, %last);
for my $segment (sort glob "$dir/*.jsonl") {
	open my $f, '<:raw', $segment or die "$segment: $!";
	my @lines = <$f>;
	for my $i (0 .. $#lines) {
		my $r = eval { $json->decode($lines[$i]) };
		if (!$r || $lines[$i] !~ /\n\z/) {
			# Where a write was cut off, at the very end, nobody was acknowledged.
			print "$segment: line ", $i + 1, " is torn\n" if $i < $#lines;
			next;
		}
		my ($epoch, $seq) = $r->{id} =~ /^(\S+)-(\d+)$/ or print "$segment: no id: $lines[$i]";
		print "$segment: $r->{id} follows ", $last{$epoch} // 'nothing', "\n" if $seq != ($last{$epoch} // 0) + 1;
		$last{$epoch} = $seq;
		next unless $r->{type} eq 'frame';
		$there{"$2 $1 $3"}++ if $r->{text} =~ /"ADM-CID"(\d{4})L0#(\d+)\[#\2\|1130 01 (\d{3})\]/;
	}
}
my $acknowledged = 0;
for my $log (@logs) {
	open my $f, '<', $log or die "$log: $!";
	while (<$f>) {
		chomp;
		$acknowledged++;
		print "$_: acknowledged and not in the journal\n" unless $there{$_};
	}
}
print STDERR "$acknowledged\n";
