# What tests of alarmrecv in Perl begin with: the tools that were built in
# PATH, a folder of their own, and a reception that says where it listens.
package Reception;
use strict;
use warnings;
use Exporter 'import';
use File::Temp qw(tempdir);
use Time::HiRes qw(sleep);

our @EXPORT = qw($T slurp spew eventually listening);
our $T = tempdir(CLEANUP => 1);

my $build = $ENV{BUILD} // 'build';
my $top = `pwd`;
chomp $top;
$build = "$top/$build" unless $build =~ m{^/};
%ENV = (%ENV, PATH => "$build/bin:$ENV{PATH}", LC_ALL => 'C.UTF-8', LANGUAGE => '', NO_COLOR => 1,
	VIGIE_ETC => "$T/etc", VIGIE_STATE => "$T/state", VIGIE_NODE => 't1', VIGIE_LOCALEDIR => "$build/share/locale");
mkdir "$T/etc";
mkdir "$T/state";
$SIG{PIPE} = 'IGNORE';
$SIG{ALRM} = sub { die "stuck\n" };
alarm 300;

sub slurp { open my $f, '<:raw', $_[0] or return ''; local $/; return <$f> // '' }
sub spew { my ($path, $text) = @_; open my $f, '>:raw', $path or die "$path: $!"; print $f $text; close $f; chmod 0600, $path }
sub eventually { my ($what) = @_; for (1 .. 500) { return 1 if $what->(); sleep 0.02 } return 0 }

# The ports of so many sources, once the file of what reception says on stderr names them.
sub listening {
	my ($said, $sources) = @_;
	my @ports;
	eventually(sub { (@ports = slurp($said) =~ m{listening on \S*:(\d+)#}g) == $sources }) or die 'alarmrecv does not listen: ' . slurp($said);
	return @ports;
}

1;
