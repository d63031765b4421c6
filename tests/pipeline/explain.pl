#!/usr/bin/perl
# Explains every case of the corpus in both languages and says what is wrong
# with the explanations, a line each:
#
#	wide CASE LANGUAGE LINE		wider than 80 columns
#	empty CASE LANGUAGE		nothing, or a title alone
#	ragged CASE LANGUAGE LINE	a row that keeps to no column
#	status CASE HAVE WANT		another exit status than without --explain
#	english LABEL			a French row with the label of an English one,
#					that the catalogue does not say to be the same
#
# and at the end: cases NUMBER.
#
#	explain.pl CATALOGUE.po FOLDER CASEFILE...
use strict;
use warnings;
use utf8;

my ($po, $folder, @files) = @ARGV;
my (%label, %same, $cases);
my $in = "$folder/explain.in";
binmode STDOUT, ':utf8';

# What the catalogue has under the same word in both languages.
sub read_catalogue {
	local $/ = '';
	open my $catalogue, '<:utf8', $po or die "$po: $!";
	while (<$catalogue>) {
		$same{$1} = 1 if /^msgid "(.*)"\nmsgstr "\1"$/m;
	}
}

sub bytes_of {
	my ($text) = @_;
	my %plain = (n => "\n", r => "\r");
	utf8::encode($text);
	$text =~ s/\\(x([0-9a-fA-F]{2})|.)/defined $2 ? chr hex $2 : $plain{$1} \/\/ $1/ge;
	return $text;
}

sub run {
	my ($language, $options) = @_;
	local $ENV{LC_ALL} = 'C.UTF-8';
	local $ENV{LANGUAGE} = $language;
	my $out = `alarmdecode $options --language $language <$in 2>&1`;
	my $status = $? >> 8;
	utf8::decode($out);
	return ($out, $status);
}

sub check {
	my ($case, $language, $out) = @_;
	my @lines = split /\n/, $out;
	print "empty $case $language\n" if @lines < 2;
	for (@lines) {
		print "wide $case $language $_\n" if length > 80;
		next unless /^ /;
		my ($name) = /^ {18}/ ? '' : /^  (\S.{14}) / ? $1 : undef;
		print "ragged $case $language $_\n" unless defined $name;
		$name =~ s/[ 0-9]+$// if $name;
		$label{$language}{$name} = 1 if $name;
	}
}

# A protocol's frame comes as a record, a payload as it is pasted.
sub explain {
	my ($name, $number, $kind, $bytes) = @_;
	my $hex = unpack 'H*', $bytes;
	my $case = "$name-$number";
	my $options = '--json';
	open my $input, '>:raw', $in or die "$in: $!";
	if ($kind eq 'panel') {
		print $input qq({"type":"frame","id":"t1.e-$number","at":"2026-01-31T12:00:01.000Z","proto":"$name","hex":"$hex"}\n);
	} else {
		my $text = $name =~ /^(?:vds|telenot|sia-block)$/ ? $hex : $bytes =~ s/([^ -~])/sprintf '\\x%02X', ord $1/ger;
		print $input "$text\n";
		$options .= " -f $name";
	}
	close $input;
	my (undef, $want) = run('en', $options);
	for my $language ('en', 'fr') {
		my ($out, $have) = run($language, "$options --explain");
		print "status $case $have $want\n" if $have != $want;
		check($case, $language, $out);
	}
	$cases++;
}

read_catalogue();
for my $file (@files) {
	my ($name) = $file =~ m{([^/]+)\.case$};
	my $number = 0;
	open my $corpus, '<:utf8', $file or die "$file: $!";
	while (<$corpus>) {
		explain($name, ++$number, $1, bytes_of($2)) if /^(panel|payload) "(.*)"$/ && $2 ne '';
	}
}
for my $name (sort keys %{ $label{fr} }) {
	print "english $name\n" if $label{en}{$name} && !$same{$name};
}
print "cases $cases\n";
