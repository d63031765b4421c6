#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs each fuzz target of FUZZ_TARGETS (all) for FUZZ_SECONDS, or FUZZ_RUNS
# inputs, from the cases of the corpus; what made one fail is left in the
# folder that is named.
set -u
cd "$(dirname "$0")/../.." || exit 3
build=${BUILD:-build-fuzz}
# Many inputs: what choosing among them costs is more than what they do.
limit=-max_total_time=${FUZZ_SECONDS:-30}
[ -z "${FUZZ_RUNS:-}" ] || limit=-runs=$FUZZ_RUNS
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0}

# The quoted bytes of the corpus, each a file; for the registries a byte in
# front that chooses the entry whose corpus it is.
seeds=$build/seeds
rm -rf "$seeds"
mkdir -p "$seeds/registry" "$seeds/other"
perl -e '
	my ($folder, @files) = @ARGV;
	my (%entry, $n);
	for my $table ("lib/proto/protocols.def", "lib/format/formats.def") {
		open my $in, "<", $table or die "$table: $!";
		while (<$in>) { $entry{$1 =~ tr/_/-/r} = $n++ if /^[A-Z]+\((\w+)\)/ }
	}
	sub seed { open my $out, ">", sprintf("%s/%s/%04d", $folder, $_[0], $n++) or die $!; print $out $_[1] }
	for my $file (@files) {
		my ($name) = $file =~ m{([^/]+)\.case$};
		open my $in, "<", $file or die "$file: $!";
		while (<$in>) {
			next unless /^(?:panel|payload|answer) "(.*)"$/;
			my $bytes = $1 =~ s/\\(?:x([0-9A-Fa-f]{2})|(.))/defined $1 ? chr hex $1 : $2 eq "n" ? "\n" : $2 eq "r" ? "\r" : $2/ger;
			seed("other", $bytes);
			seed("registry", chr($entry{$name}) . $bytes) if exists $entry{$name};
		}
	}' "$seeds" tests/corpus/*.case tests/fuzz/*.case || exit 3

failed=0
for target in "$build"/fuzz/*_fuzz; do
	name=$(basename "$target" _fuzz)
	[[ " ${FUZZ_TARGETS:-$name} " = *" $name "* ]] || continue
	from=$seeds/other
	[ ! -d "$seeds/$name" ] || from=$seeds/$name
	mkdir -p "$build/corpus/$name" "$build/found/$name"
	if "$target" "$limit" -entropic=0 -use_counters=0 -reduce_inputs=0 -max_len="${FUZZ_LENGTH:-4096}" -print_final_stats=1 -artifact_prefix="$build/found/$name/" \
		"$build/corpus/$name" "$from" >"$build/$name.log" 2>&1; then
		echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$name.log") inputs, none failed"
	else
		failed=1
		echo "$name: FAILED, see $build/$name.log and $build/found/$name"
	fi
done
exit $failed
