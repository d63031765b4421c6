#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The architecture, held against every #include: a library calls only those
# to its right in LAYERS, and each foreign library stays behind one of ours.
# Also what else a tree promises at a glance: short files, and for each
# command a manual in both languages, a completion and a test.
use strict;
use warnings;
use Test::More;

sub slurp { open my $f, '<', $_[0] or die "$_[0]: $!"; local $/; return <$f> }

my ($layers) = slurp('Makefile') =~ /^LAYERS := (.+)$/m;
my @layers = split ' ', $layers;
my %place = map { $layers[$_] => $_ } 0 .. $#layers;
ok @layers > 5, 'the Makefile names the layers';

# Header, and the only folder that may include it.
my %walled = (
	'sqlite3.h' => 'lib/store', 'nettle/' => 'lib/crypto', 'jansson.h' => 'lib/json', 'libserialport.h' => 'lib/link',
	'sys/epoll.h' => 'lib/loop', 'libintl.h' => 'lib/text', 'pcap' => 'lib/capture',
);

my @sources = grep { !/^build/ } glob 'lib/*/*.[ch] lib/*/*.def cmd/*/*.[ch] cmd/*/*.def';
my (@upward, @unknown, @escaped, @long, @licence);
for my $file (@sources) {
	my $text = slurp($file);
	my ($root, $folder) = split m{/}, $file;
	for my $header ($text =~ /^\s*#\s*include\s+"([^"]+)"/mg) {
		my ($library, $rest) = $header =~ m{^(\w+)/(.+)};
		if (!defined $library) {
			push @unknown, "$file: $header" unless -f "$root/$folder/$header" && $root eq 'cmd';
		} elsif (!exists $place{$library} || !-f "lib/$header") {
			push @unknown, "$file: $header";
		} elsif ($root eq 'lib' && $place{$library} < $place{$folder}) {
			push @upward, "$file: $header";
		}
	}
	for my $header ($text =~ /^\s*#\s*include\s+<([^>]+)>/mg) {
		for my $wall (keys %walled) {
			push @escaped, "$file: $header" if index($header, $wall) == 0 && $walled{$wall} ne "$root/$folder";
		}
	}
	my $lines = () = $text =~ /\n/g;
	push @long, "$file: $lines" if $lines > ($file =~ m{^cmd/[^/]+/main\.c$} ? 250 : 600);
	push @licence, $file unless $text =~ m{\A(?:#!.*\n)?/\* SPDX-License-Identifier: GPL-3\.0-or-later \*/\n};
}
is "@upward", '', 'no library calls one to its left';
is "@unknown", '', 'every include names a library of ours or a file beside it';
is "@escaped", '', 'foreign libraries stay behind the one that hides them';
is "@long", '', 'no file over 600 lines, no main.c over 250';
is "@licence", '', 'each source begins with its licence';

my @folders = grep { -d } glob 'lib/*';
is join(' ', grep { my ($n) = m{lib/(.+)}; !exists $place{$n} } @folders), '', 'every library is in LAYERS';

# Pages are written per command; words of a command are looked for as words.
my $completions = join '', map { slurp($_) } grep { -f } glob 'completions/*/*';
my $tests = join '', map { slurp($_) } grep { -f } glob 'tests/pipeline/*.t';
my @tools = map { m{cmd/([^/]+)/} } glob 'cmd/*/main.c';
for my $tool (@tools) {
	ok -f "man/$tool.1", "$tool has a manual";
	ok -f "man/fr/$tool.1", "$tool has a manual in French";
	like $completions, qr/\b$tool\b/, "$tool has a completion";
	like $tests, qr/\b$tool\b/, "$tool has a test";
}
done_testing;
