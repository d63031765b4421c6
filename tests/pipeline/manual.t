#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# The manuals: clean mdoc, the same pages and sections in both languages,
# records and warnings as the tables have them, and examples that run.
#
# Within .Bd -literal, lines that begin with "$ " are typed as they stand, in
# an empty folder, all of one display in one shell; a line that ends in a
# backslash or in | goes on below, as does one with <<'WORD'.  Other lines beneath a command are what it
# prints, and are compared; in them … stands for any text, and a line that is
# only … for any lines.  A command that shows nothing may print anything.
# Every command exits 0, or as the line "$ echo $?" beneath it shows.
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));
use File::Temp qw(tempdir);
use POSIX qw(:sys_wait_h);
use Test::More;

my $top = `pwd`;
chomp $top;
my $build = $ENV{BUILD} // 'build';
$build = "$top/$build" unless $build =~ m{^/};
$ENV{PATH} = "$build/bin:$ENV{PATH}";
$ENV{VIGIE_LOCALEDIR} = "$build/share/locale";
$ENV{NO_COLOR} = 1;

sub slurp { open my $f, '<', $_[0] or die "$_[0]: $!"; local $/; return <$f> }
sub base { return $_[0] =~ s{.*/}{}r }

my @english = sort glob 'man/*.[157]';
my @french = sort glob 'man/fr/*.[157]';
is join(' ', map { base($_) } @french), join(' ', map { base($_) } @english), 'each page in both languages';

for my $page (@english, @french) {
	my $lint = `mandoc -Tlint -W warning $page 2>&1`;
	is $lint, '', "$page: mandoc finds nothing";
}
for my $page (@english) {
	my $translated = "man/fr/" . base($page);
	next unless -f $translated;
	my ($sections, $others) = map { my $n = () = slurp($_) =~ /^\.Sh /mg; $n } $page, $translated;
	is $others, $sections, "$translated: as many sections as in English";
	for my $file ($page, $translated) {
		for my $name (slurp($file) =~ /^\.Xr (vigie\S*|alarm\S*|mcourante\S* \d)/mg) {
			my ($other, $section) = split ' ', $name;
			next unless defined $section;
			ok -f "man/$other.$section", "$file: $other($section) is there";
		}
	}
}

# The words of the tables, each with its .It in the page; no other in that list.
sub table { my ($file, $macro) = @_; return slurp($file) =~ /^$macro\(\w+, "([^"]+)"/mg }
sub listed {
	my ($page, $label) = @_;
	my ($list) = slurp($page) =~ /^\.\\" $label\n(.*?)^\.El/ms;
	return ($list // '') =~ /^\.It (?:Va|Cm|Li) (\S+)/mg;
}
for my $page ('man/vigie-records.5', 'man/fr/vigie-records.5') {
	is join(' ', grep { $_ ne 'type' } listed($page, 'fields.def')), join(' ', table('lib/event/fields.def', 'FIELD')),
		"$page: the keys of an event, in their order";
	is join(' ', listed($page, 'warnings.def')), join(' ', table('lib/event/warnings.def', 'WARNING')),
		"$page: every warning";
}

for my $page ('man/rxprobe.1', 'man/fr/rxprobe.1') {
	is join(' ', grep { $_ ne 'age' } listed($page, 'symptoms.def')), join(' ', table('lib/link/symptoms.def', 'SYMPTOM')),
		"$page: every symptom";
}

# The page of formats is what the tables and the catalogue make of it.
for (['man/vigie-formats.7', 'C.UTF-8'], ['man/fr/vigie-formats.7', 'fr_FR.UTF-8']) {
	my ($page, $locale) = @$_;
	local @ENV{qw(LC_ALL LC_MESSAGES LANG LANGUAGE)} = ('', '', $locale, '');
	ok `$build/formats` eq slurp($page), "$page: as the registries have it; make formats writes it";
}

# mdoc's escapes in literal text.
sub plain { return $_[0] =~ s/\\&//gr =~ s/\\-/-/gr =~ s/\\\(aq/'/gr =~ s/\\\(dq/"/gr =~ s/\\e/\\/gr }

# Each display: a list of [command, shown lines].
sub displays {
	my ($page) = @_;
	my @displays;
	my $text = slurp($page);	# a match in a loop goes on in a variable only
	while ($text =~ /^\.Bd -literal.*?\n(.*?)^\.Ed/msg) {
		my (@steps, $open, $until);
		for my $line (split /\n/, $1) {
			$line = plain($line);
			if ($until) {
				$steps[-1][0] .= "\n$line";
				undef $until if $line eq $until;
				next;
			} elsif ($open) {
				$steps[-1][0] .= "\n$line";
			} elsif ($line =~ s/^\$ //) {
				push @steps, [$line];
			} else {
				push @{$steps[-1]}, $line if @steps;
				next;
			}
			($until) = $line =~ /<<'(\w+)'/;
			$open = $line =~ /(?:\\|\|)$/;
		}
		push @displays, \@steps if @steps;
	}
	return @displays;
}

sub pattern {
	my @lines = @_;
	my $regex = join '', map { $_ eq '…' ? '(?:.*\n)*?' : join('.*?', map { quotemeta } split /…/, $_, -1) . '\n' } @lines;
	return qr/\A$regex\z/;
}

# Runs the display in its own session, so that what it left running can be ended.
sub run {
	my ($folder, $language, @steps) = @_;
	my $script = "set -o pipefail\n";
	for my $i (0 .. $#steps) {
		$script .= "{ $steps[$i][0]\n} >'$folder/.out$i' 2>'$folder/.err$i'; s=\$?; echo \$s >'$folder/.status$i'; (exit \$s)\n";
	}
	my $child = fork // die "fork: $!";
	if (!$child) {
		setpgrp;
		chdir $folder or die;
		open STDIN, '<', '/dev/null' or die;
		my %sandbox = (VIGIE_ETC => "$folder/etc", VIGIE_STATE => "$folder/state", VIGIE_NODE => 'pc1',
			LC_ALL => 'C.UTF-8', LANGUAGE => $language, TZ => 'Europe/Paris', HOME => $folder);
		@ENV{keys %sandbox} = values %sandbox;
		mkdir "$folder/etc";
		mkdir "$folder/state";
		exec 'timeout', '--foreground', '30', 'bash', '-c', $script or die;
	}
	waitpid $child, 0;
	my $timed_out = $? >> 8 == 124;
	kill 'KILL', -$child;
	return $timed_out;
}

for my $page (@english, @french) {
	my $number = 0;
	for my $display (displays($page)) {
		$number++;
		my $folder = tempdir(CLEANUP => 1);
		my $timed_out = run($folder, $page =~ m{/fr/} ? 'fr' : 'en', @$display);
		ok !$timed_out, "$page: example $number ends";
		for my $i (0 .. $#$display) {
			my ($command, @shown) = @{$display->[$i]};
			my $told = ($display->[$i + 1] // [''])->[0] eq 'echo $?';
			my $status = -f "$folder/.status$i" ? slurp("$folder/.status$i") + 0 : 'none';
			my $out = -f "$folder/.out$i" ? slurp("$folder/.out$i") : '';
			my $err = -f "$folder/.err$i" ? slurp("$folder/.err$i") : '';
			if (!$told) {
				is $status, 0, "$page: $command" or diag $err;
			}
			$_ .= "\n" for grep { /[^\n]\z/ } $out, $err;	# a last line without its end
			pop @shown while @shown && $shown[-1] eq '';
			next unless @shown;
			my $shown = pattern(@shown);
			ok $out =~ $shown || "$out$err" =~ $shown, "$page: and prints what is shown"
				or diag "printed:\n$out$err\nshown:\n" . join("\n", @shown);
		}
	}
}
done_testing;
