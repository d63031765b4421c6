#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
# What each tool's --help says, held against its manual in both languages and
# against what the completions offer.  --help is the option table itself.
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));
use Test::More;

my $build = $ENV{BUILD} // 'build';
my $top = `pwd`;
chomp $top;
$build = "$top/$build" unless $build =~ m{^/};
$ENV{PATH} = "$build/bin:$ENV{PATH}";
$ENV{VIGIE_LOCALEDIR} = "$build/share/locale";
@ENV{qw(LC_ALL LANGUAGE)} = ('C.UTF-8', '');

sub help { my $text = `@_ --help 2>/dev/null`; is $?, 0, "@_ --help exits 0"; return $text }
sub uniq { my %seen; return sort grep { !$seen{$_}++ } @_ }

# [short, long, argument] of each option line; an argument ends at two blanks.
sub options {
	my @found;
	while ($_[0] =~ /^  (?:(-\S), |    )(--[a-z0-9-]+)(?: (\S+(?: \S+)*?))?  /mg) {
		push @found, [$1 // '', $2, $3 // ''];
	}
	return @found;
}

# .It Fl a , Fl -account Ar ACCOUNT: all options of all lists of the page.
sub manual_options {
	my ($page) = @_;
	open my $f, '<', $page or return;
	my @found;
	while (<$f>) {
		next unless /^\.It Fl/;
		my ($head) = /^\.It (.*)/;
		push @found, map { s/\\&//r =~ s/^/-/r } $head =~ /\bFl (\S+)/g;
	}
	return uniq(@found);
}

# What stands in "usage:" lines, blanks made one.
sub usage {
	my ($help) = @_;
	my ($text) = $help =~ /\A(.*?)\n(?=\S)/s;
	$text =~ s/^\s*(?:usage: |usage : |utilisation : )//;
	return map { s/^\s+//r =~ s/\s+/ /gr } split /\n/, $text;
}

sub rendered_synopsis {
	my ($page) = @_;
	my $text = `mandoc -Tutf8 -Owidth=1000 $page 2>/dev/null`;
	$text =~ s/.\x08//g;
	return $text =~ /^SYNOPSIS\n(.*?)^\S/ms ? $1 =~ s/\s+/ /gr : '';
}

my %shells = map { $_ => !system "command -v $_ >/dev/null" } qw(bash zsh fish);

sub completed {
	my ($shell, @call) = @_;
	my @lines = $shell eq 'bash' ? `bash -c '. completions/bash/vigie && _vigie_options "\$@"' x @call`
		: $shell eq 'zsh' ? `zsh -fc '. completions/zsh/_vigie && _vigie_options "\$@"' x @call`
		: `fish --no-config -c 'source completions/fish/vigie.fish; __vigie_options \$argv' @call`;
	chomp @lines;
	return uniq(map { /^(?:\([^)]*\))?(--?[A-Za-z0-9-]+)/ ? $1 : "unreadable: $_" } @lines);
}

my @tools = map { m{cmd/([^/]+)/} } sort glob 'cmd/*/main.c';
for my $tool (@tools) {
	my $help = help($tool);
	my @verbs = $help =~ /^  ([a-z][a-z-]*)  /mg;
	my @calls = @verbs ? map { [$tool, $_] } @verbs : [$tool];
	my (@all, @usages);
	for my $call (@calls) {
		my $text = @verbs ? help(@$call) : $help;
		my @options = options($text);
		my @names = uniq(map { grep { length } $_->[0], $_->[1] } @options);
		ok @names >= 6, "@$call: has the common options";
		push @all, @names;
		push @usages, usage($text);
		for my $shell (qw(bash zsh fish)) {
			SKIP: {
				skip "no $shell here", 1 unless $shells{$shell};
				is join(' ', completed($shell, @$call)), join(' ', @names), "@$call: $shell offers them";
			}
		}
	}
	for my $page ("man/$tool.1", "man/fr/$tool.1") {
		is join(' ', manual_options($page)), join(' ', uniq(@all)), "$page: the options of --help, no more and no fewer";
		my $synopsis = rendered_synopsis($page);
		for my $verb (@verbs) {
			like $synopsis, qr/\b\Q$tool $verb\E\b/, "$page: $verb is in the synopsis";
		}
	}
	# The English synopsis is what --help calls usage.
	my $synopsis = rendered_synopsis("man/$tool.1");
	for my $usage (@usages) {
		ok index(plain($synopsis), plain($usage)) >= 0, "man/$tool.1: the synopsis has \"$usage\"" or diag plain($synopsis);
	}

	my $version = `$tool --version`;
	like $version, qr/^\Q$tool\E \(vigie\) \d+\.\d+$/, "$tool --version";
	my $refused = `$tool --no-such-option 2>&1 </dev/null`;
	is $? >> 8, 2, "$tool: an unknown option exits 2";
	like $refused, qr/^\Q$tool\E: /, "$tool: and says so";
}

# Manuals set their own blanks and quotes; letters and brackets count.
sub plain { return $_[0] =~ s/[\s’'"]+//gr =~ s/−/-/gr =~ s/\.\.\./…/gr }

SKIP: {
	skip 'no bash here', 2 unless $shells{bash};
	my $offered = `bash -c '. completions/bash/vigie; COMP_WORDS=(alarmspool c); COMP_CWORD=1; _vigie; echo \${COMPREPLY[*]}'`;
	is join(' ', sort split ' ', $offered), 'cat commit', 'bash: verbs by their beginning';
	$offered = `bash -c '. completions/bash/vigie; COMP_WORDS=(alarmspool follow --wa); COMP_CWORD=2; _vigie; echo \${COMPREPLY[*]}'`;
	is $offered, "--warm\n", 'bash: options of the verb';
}
done_testing;
