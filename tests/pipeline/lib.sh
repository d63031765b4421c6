# Sourced by pipeline tests: tools in PATH, a private folder, TAP.
set -u
# A test that hangs ends in the end, and so does all that it has started.
[ -n "${BOUNDED:-}" ] || BOUNDED=1 exec timeout -k 10 $((600 + 20 * ${ROUNDS:-20})) bash "$0" "$@"
unset BOUNDED
build=${BUILD:-build}
case $build in /*) ;; *) build=$PWD/$build ;; esac
PATH=$build/bin:$PATH
top=$PWD
T=$(mktemp -d "${TMPDIR:-/tmp}/vigie-test.XXXXXX")
export BUILD="$build" PATH T LC_ALL=C.UTF-8 LANGUAGE= NO_COLOR=1
export VIGIE_ETC=$T/etc VIGIE_STATE=$T/state VIGIE_NODE=t1 VIGIE_LOCALEDIR=$build/share/locale
mkdir -p "$VIGIE_ETC" "$VIGIE_STATE"

tap_count=0
tap_failed=0
children=

cleanup() {
	for child in $children; do kill -9 "$child" 2>/dev/null; done
	rm -rf "$T"
}
trap cleanup EXIT

# ok STATUS NAME...: STATUS is 0 for good (use $?).
ok() {
	local status=$1; shift
	tap_count=$((tap_count + 1))
	if [ "$status" -eq 0 ]; then
		echo "ok $tap_count - $*"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count - $*"
	fi
}

# is GOT WANT NAME...
is() {
	local got=$1 want=$2; shift 2
	[ "$got" = "$want" ]
	ok $? "$*"
	[ "$got" = "$want" ] || { printf '%s\n' "$got" | sed 's/^/#  got: /'; printf '%s\n' "$want" | sed 's/^/# want: /'; }
}

# like GOT REGEX NAME...
like() {
	local got=$1 want=$2; shift 2
	printf '%s\n' "$got" | grep -qE -- "$want"
	local status=$?
	ok $status "$*"
	[ $status -eq 0 ] || { printf '%s\n' "$got" | head -20 | sed 's/^/#  got: /'; printf '# like: %s\n' "$want"; }
}

# wait_for SECONDS COMMAND...: until the command succeeds; fails when it never does.
wait_for() {
	local tries=$(($1 * 50)); shift
	while ! "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.02
	done
}

# A port to listen on again and again.  It is none that the system gives to
# outgoing connections: a panel that dials it while nobody listens could
# otherwise be connected to itself, and keep the port.
free_port() {
	perl -MIO::Socket::INET -e 'for (1 .. 100) {
		my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1", LocalPort => 12000 + int rand 18000) or next;
		print $s->sockport;
		last;
	}'
}

# reception ARGUMENT...: alarmrecv with one source; sets $receiver, $port.  What it says is in $T/err.
reception() {
	rm -f "$T/err"
	alarmrecv "$@" --reserve 0 2>"$T/err" &
	receiver=$!
	children="$children $receiver"
	wait_for 10 grep -q 'listening on' "$T/err"
	port=$(sed -n 's/.*listening on .*:\([0-9]*\)#.*/\1/p' "$T/err")
}

# receiver TRANSPORT WORD...: a receiver that answers so; sets $port, $to, $log, $receiver.
receivers=0
receiver() {
	receivers=$((receivers + 1))
	log=$T/log.$receivers
	: >"$log"
	perl tests/pipeline/receiver.pl "$1" "$T/port.$receivers" "$log" "${@:2}" &
	receiver=$!
	disown $receiver
	children="$children $receiver"
	wait_for 5 test -s "$T/port.$receivers"
	port=$(cat "$T/port.$receivers")
	to=dc09+tcp://127.0.0.1:$port
}

# line_begin: a serial line over pseudo-terminals; far COMMAND...: what the
# receivers' end of it does (line.pl says how), and what it heard.
line_begin() {
	coproc LINE { exec perl tests/pipeline/line.pl; }
	children="$children $LINE_PID"
	disown $LINE_PID
}
far() {
	local said
	printf '%s\n' "$*" >&"${LINE[1]}"
	read -r said <&"${LINE[0]}"
	printf '%s\n' "$said"
}

plan_done() {
	echo "1..$tap_count"
	[ $tap_failed -eq 0 ]
	exit
}
