#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs each fuzz target for FUZZ_SECONDS, from the cases of the corpus; what
# made one fail is left in the folder that is named.
set -u
cd "$(dirname "$0")/../.." || exit 3
build=${BUILD:-build-fuzz}
seconds=${FUZZ_SECONDS:-30}
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0}

# The quoted bytes of the corpus, each a file.
seeds=$build/seeds
rm -rf "$seeds"
mkdir -p "$seeds"
perl -e '
	my ($folder, @files) = @ARGV;
	my $n = 0;
	for my $file (@files) {
		open my $in, "<", $file or die "$file: $!";
		while (<$in>) {
			next unless /^(?:panel|payload|answer) "(.*)"$/;
			my $bytes = $1 =~ s/\\(?:x([0-9A-Fa-f]{2})|(.))/defined $1 ? chr hex $1 : $2 eq "n" ? "\n" : $2 eq "r" ? "\r" : $2/ger;
			open my $out, ">", sprintf("%s/%04d", $folder, $n++) or die $!;
			print $out $bytes;
		}
	}' "$seeds" tests/corpus/*.case tests/fuzz/*.case || exit 3

failed=0
for target in "$build"/fuzz/*_fuzz; do
	name=$(basename "$target")
	mkdir -p "$build/corpus/$name" "$build/found/$name"
	if "$target" -max_total_time="$seconds" -max_len=8192 -print_final_stats=1 -artifact_prefix="$build/found/$name/" \
		"$build/corpus/$name" "$seeds" >"$build/$name.log" 2>&1; then
		echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$name.log") inputs, none failed"
	else
		failed=1
		echo "$name: FAILED, see $build/$name.log and $build/found/$name"
	fi
done
exit $failed
