#!/usr/bin/perl
# Explains every case of the corpus in both languages, the English ones one by
# one, and says what is wrong with the explanations, a line each:
#
#	wide CASE LANGUAGE LINE		wider than 80 columns
#	empty CASE			nothing, or a title alone
#	ragged CASE LANGUAGE LINE	a row that keeps to no column
#	status CASE HAVE WANT		another exit status than without --explain
#	english LABEL			a French row with the label of an English one,
#					that the catalogue does not say to be the same,
#					and no name that the frame itself has
#
# and at the end: cases NUMBER.
#
#	explain.pl CATALOGUE.po FOLDER CASEFILE...
use strict;
use warnings;
use utf8;

my ($po, $folder, @files) = @ARGV;
my (%label, %message, %same, $cases, $wire);
my ($in, $all) = ("$folder/explain.in", "$folder/explain.all");
binmode STDOUT, ':utf8';

# What the catalogue has under the same word in both languages.
sub read_catalogue {
	local $/ = '';
	open my $catalogue, '<:utf8', $po or die "$po: $!";
	while (<$catalogue>) {
		$message{$1} = 1 if /^msgid "(.*)"$/m;
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
	my ($language, $options, $input) = @_;
	local $ENV{LC_ALL} = 'C.UTF-8';
	local $ENV{LANGUAGE} = $language;
	my $out = `alarmdecode $options --language $language <$input 2>&1`;
	my $status = $? >> 8;
	utf8::decode($out);
	return ($out, $status);
}

sub check {
	my ($case, $language, $out) = @_;
	for (split /\n/, $out) {
		print "wide $case $language $_\n" if length > 80;
		next unless /^ /;
		my ($name) = /^ {18}/ ? '' : /^  (\S.{14}) / ? $1 : undef;
		print "ragged $case $language $_\n" unless defined $name;
		$name =~ s/[ 0-9]+$// if $name;
		$label{$language}{$name} = 1 if $name;
	}
}

# A protocol's frame comes as a record, a payload as it is pasted.
sub line_of {
	my ($name, $number, $kind, $bytes) = @_;
	my $hex = unpack 'H*', $bytes;
	return qq({"type":"frame","id":"t1.e-$number","at":"2026-01-31T12:00:01.000Z","proto":"$name","hex":"$hex"}) if $kind eq 'panel';
	return $hex if $name =~ /^(?:vds|telenot|sia-block)$/;
	return $bytes =~ s/([^ -~])/sprintf '\\x%02X', ord $1/ger;
}

sub write_lines {
	my ($path, @lines) = @_;
	open my $file, '>:raw', $path or die "$path: $!";
	print $file "$_\n" for @lines;
	close $file;
}

sub explain {
	my ($case, $options, $line) = @_;
	write_lines($in, $line);
	my (undef, $want) = run('en', $options, $in);
	my ($out, $have) = run('en', "$options --explain", $in);
	print "status $case $have $want\n" if $have != $want;
	print "empty $case\n" if $out !~ /\n  \S/;
	check($case, 'en', $out);
	$cases++;
}

sub explain_all {
	my ($name, $options, @lines) = @_;
	write_lines($all, @lines);
	my ($out) = run('fr', "$options --explain", $all);
	check($name, 'fr', $out);
}

read_catalogue();
for my $file (@files) {
	my ($name) = $file =~ m{([^/]+)\.case$};
	my ($options, @lines) = ('--json');
	open my $corpus, '<:utf8', $file or die "$file: $!";
	while (<$corpus>) {
		next unless /^(panel|payload) "(.+)"$/;
		$options = "--json -f $name" if $1 eq 'payload';
		push @lines, line_of($name, @lines + 1, $1, bytes_of($2));
		$wire .= lc $2;
		explain("$name-" . @lines, $options, $lines[-1]);
	}
	explain_all($name, $options, @lines);
}
for my $name (sort keys %{ $label{fr} }) {
	my $of_frame = !$message{$name} && index($wire, lc $name) >= 0;
	print "english $name\n" if $label{en}{$name} && !$same{$name} && !$of_frame;
}
print "cases $cases\n";
